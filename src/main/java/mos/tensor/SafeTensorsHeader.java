package mos.tensor;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.base.Json;
import mos.base.MosException;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The JSON header of a safetensors file: metadata, and each tensor's type, shape and place. */
final class SafeTensorsHeader {
  static final String CRC_KEY = "crc32c";

  /** Stands in the header while its own checksum is computed. */
  static final String CRC_UNKNOWN = "00000000";

  private static final int MAX_DIMENSIONS = 16;
  static final Map<String, ScalarType> TYPES =
      Map.of(
          "F64", ScalarType.Double,
          "F32", ScalarType.Float,
          "F16", ScalarType.Half,
          "BF16", ScalarType.BFloat16,
          "I64", ScalarType.Long,
          "I32", ScalarType.Int,
          "I16", ScalarType.Short,
          "U8", ScalarType.Byte,
          "BOOL", ScalarType.Bool);

  /**
   * A tensor in the file.
   *
   * @param begin its first byte, counted from the start of the data
   * @param end after its last byte
   */
  record Entry(ScalarType type, long[] shape, long begin, long end) {}

  private final Path file;
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /**
   * Reads a header, whose tensors must cover the data without gap or overlap.
   *
   * @param file for messages
   * @param dataSize bytes that follow the header
   * @throws MosException for anything else
   */
  SafeTensorsHeader(byte[] json, long dataSize, Path file) {
    this.file = file;
    parse(Json.parse(new String(json, StandardCharsets.UTF_8), file + " (header)"), dataSize);
    checkCoverage(dataSize);
  }

  Map<String, String> metadata() {
    return metadata;
  }

  /** By name, in the header's order. */
  Map<String, Entry> entries() {
    return entries;
  }

  private void parse(JsonNode header, long dataSize) {
    if (!header.isObject()) {
      throw damaged("its header is not a JSON object");
    }
    for (Map.Entry<String, JsonNode> field : header.properties()) {
      if (field.getKey().equals("__metadata__")) {
        field.getValue().properties().forEach(e -> metadata.put(e.getKey(), e.getValue().asText()));
      } else {
        entries.put(field.getKey(), parseEntry(field.getKey(), field.getValue(), dataSize));
      }
    }
  }

  private Entry parseEntry(String name, JsonNode node, long dataSize) {
    ScalarType type = TYPES.get(node.path("dtype").asText());
    JsonNode shapeNode = node.path("shape");
    JsonNode offsets = node.path("data_offsets");
    if (type == null || !shapeNode.isArray() || !offsets.isArray() || offsets.size() != 2) {
      throw damaged("tensor " + name + " is described as " + Json.line(node));
    }
    long[] shape = parseShape(name, shapeNode);
    long bytes = torch.elementSize(type);
    for (long extent : shape) {
      bytes *= extent;
    }
    long begin = count(offsets.get(0));
    long end = count(offsets.get(1));
    if (begin < 0 || end < begin || end > dataSize || end - begin != bytes) {
      throw damaged(
          "tensor "
              + name
              + " of "
              + bytes
              + " bytes lies at "
              + begin
              + " to "
              + end
              + " of "
              + dataSize
              + " data bytes");
    }
    return new Entry(type, shape, begin, end);
  }

  /** A shape whose number of bytes is a long, even with empty dimensions taken as 1. */
  private long[] parseShape(String name, JsonNode node) {
    if (node.size() > MAX_DIMENSIONS) {
      throw damaged("tensor " + name + " has " + node.size() + " dimensions");
    }
    long[] shape = new long[node.size()];
    long size = Long.BYTES;
    try {
      for (int i = 0; i < shape.length; i++) {
        shape[i] = count(node.get(i));
        size = Math.multiplyExact(size, Math.max(1, shape[i]));
        if (shape[i] < 0) {
          throw new ArithmeticException();
        }
      }
    } catch (ArithmeticException e) {
      throw damaged("tensor " + name + " has the impossible shape " + node);
    }
    return shape;
  }

  /** A non-negative whole number, or −1 if it is anything else. */
  private static long count(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToLong() ? Math.max(-1, node.asLong()) : -1;
  }

  private void checkCoverage(long dataSize) {
    List<Entry> ordered = new ArrayList<>(entries.values());
    ordered.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long covered = 0;
    for (Entry entry : ordered) {
      if (entry.begin != covered) {
        throw damaged(
            "one tensor ends at byte " + covered + ", the next begins at byte " + entry.begin);
      }
      covered = entry.end;
    }
    if (covered != dataSize) {
      throw damaged("its tensors have " + covered + " bytes, the data " + dataSize);
    }
  }

  private MosException damaged(String what) {
    return SafeTensors.damaged(file, what);
  }

  /** The header with another checksum, which is the first one named so. */
  static byte[] withChecksum(byte[] header, String old, String checksum) {
    // One character per byte, so that whatever else is in the header stays as it is.
    String text = new String(header, StandardCharsets.ISO_8859_1);
    String field = "\"" + CRC_KEY + "\":\"";
    return text.replaceFirst(Pattern.quote(field + old), Matcher.quoteReplacement(field + checksum))
        .getBytes(StandardCharsets.ISO_8859_1);
  }
}
