package mos.tensor;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import mos.base.AtomicFile;
import mos.base.Json;
import mos.base.MosException;
import mos.base.Sha256;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Reads and writes safetensors files: an 8-byte little-endian header length, a JSON header of
 * names, types, shapes and offsets, then the data. Files written here carry a CRC-32C of header and
 * data in the metadata, which is checked when present.
 *
 * <p>Source: the safetensors format description, version 0.x; as it demands, tensors must cover the
 * data without gap or overlap.
 */
public final class SafeTensors implements AutoCloseable {
  private static final long MAX_HEADER_BYTES = 100_000_000;
  static final int CHUNK_BYTES = 1 << 26;
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

  private record Entry(ScalarType type, long[] shape, long begin, long end) {}

  private final Path file;
  private final FileChannel channel;
  private final long dataStart;
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final byte[] header;

  private SafeTensors(Path file, FileChannel channel) throws IOException {
    this.file = file;
    this.channel = channel;
    long fileSize = channel.size();
    ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    readFully(length, 0);
    long headerSize = length.getLong(0);
    if (headerSize < 2 || headerSize > MAX_HEADER_BYTES || headerSize > fileSize - 8) {
      throw damaged("header length " + headerSize + " in a file of " + fileSize + " bytes");
    }
    header = new byte[(int) headerSize];
    readFully(ByteBuffer.wrap(header), 8);
    dataStart = 8 + headerSize;
    parseHeader(
        Json.parse(new String(header, StandardCharsets.UTF_8), file + " (header)"),
        fileSize - dataStart);
    checkCoverage(fileSize - dataStart);
  }

  /**
   * Opens a file and checks its header; with {@code verify}, also the checksum.
   *
   * @throws MosException if it is missing, truncated or not a safetensors file
   */
  public static SafeTensors open(Path file, boolean verify) {
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ);
      SafeTensors result = new SafeTensors(file, channel);
      if (verify) {
        result.verifyChecksum();
      }
      return result;
    } catch (IOException | RuntimeException e) {
      closeQuietly(channel, e);
      throw e instanceof IOException io
          ? new MosException("cannot read " + file + ": " + AtomicFile.describe(io), e)
          : (RuntimeException) e;
    }
  }

  private static void closeQuietly(FileChannel channel, Exception cause) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        cause.addSuppressed(e);
      }
    }
  }

  private void parseHeader(JsonNode header, long dataSize) {
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
    return new MosException(file + ": damaged or not a safetensors file: " + what);
  }

  /** SHA-256 of all tensors' bytes; metadata does not count. */
  public String dataHash() {
    MessageDigest digest = Sha256.digest();
    try {
      eachChunk(digest::update);
    } catch (IOException e) {
      throw new MosException("cannot read " + file + ": " + AtomicFile.describe(e), e);
    }
    return Sha256.hex(digest);
  }

  private void eachChunk(Consumer<ByteBuffer> consumer) throws IOException {
    long size = channel.size();
    int buffered = (int) Math.min(CHUNK_BYTES, size - dataStart);
    ByteBuffer buffer = ByteBuffer.allocateDirect(buffered);
    for (long position = dataStart; position < size; position += buffer.limit()) {
      buffer.clear().limit((int) Math.min(buffered, size - position));
      readFully(buffer, position);
      consumer.accept(buffer.flip());
    }
  }

  private void verifyChecksum() throws IOException {
    String expected = metadata.get(CRC_KEY);
    if (expected == null) {
      return;
    }
    CRC32C crc = new CRC32C();
    crc.update(withChecksum(header, expected, CRC_UNKNOWN));
    eachChunk(crc::update);
    String found = hex(crc);
    if (!expected.equals(found)) {
      throw damaged("its checksum is " + found + ", the header says " + expected);
    }
  }

  static String hex(CRC32C crc) {
    return String.format(Locale.ROOT, "%08x", crc.getValue());
  }

  /** The header with another checksum, which is the first one named so. */
  static byte[] withChecksum(byte[] header, String old, String checksum) {
    // One character per byte, so that whatever else is in the header stays as it is.
    String text = new String(header, StandardCharsets.ISO_8859_1);
    String field = "\"" + CRC_KEY + "\":\"";
    return text.replaceFirst(Pattern.quote(field + old), Matcher.quoteReplacement(field + checksum))
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  public Path file() {
    return file;
  }

  public Map<String, String> metadata() {
    return metadata;
  }

  public Set<String> names() {
    return entries.keySet();
  }

  public boolean contains(String name) {
    return entries.containsKey(name);
  }

  /** The shape of a tensor, without reading it. */
  public long[] shape(String name) {
    return entry(name).shape.clone();
  }

  /**
   * Reads one tensor to the CPU.
   *
   * @return in the innermost scope
   * @throws MosException if there is none of that name
   */
  public Tensor read(String name) {
    Entry entry = entry(name);
    Tensor tensor = Tensors.empty(entry.type, Tensors.cpu(), entry.shape);
    try (BytePointer bytes = new BytePointer(tensor.data_ptr())) {
      for (long done = 0, size = entry.end - entry.begin; done < size; ) {
        int chunk = (int) Math.min(CHUNK_BYTES, size - done);
        ByteBuffer buffer = bytes.position(done).capacity(done + chunk).asByteBuffer();
        readFully(buffer, dataStart + entry.begin + done);
        done += chunk;
      }
    } catch (IOException e) {
      throw new MosException("cannot read " + file + ": " + AtomicFile.describe(e), e);
    }
    return tensor;
  }

  private Entry entry(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new MosException(file + ": no tensor named " + name);
    }
    return entry;
  }

  private void readFully(ByteBuffer buffer, long position) throws IOException {
    while (buffer.hasRemaining()) {
      int n = channel.read(buffer, position);
      if (n < 0) {
        throw new EOFException("it ends early, at byte " + position);
      }
      position += n;
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new MosException("cannot close " + file, e);
    }
  }

  /**
   * Writes tensors of any device atomically, in the map's order.
   *
   * @param metadata free text by key, stored in the header
   * @throws MosException if the file cannot be written; an old file stays untouched
   */
  public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) {
    SafeTensorsWriter.write(file, tensors, metadata);
  }
}
