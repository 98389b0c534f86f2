package mos.tensor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;
import mos.base.AtomicFile;
import mos.base.Json;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The writing half of {@link SafeTensors}. */
final class SafeTensorsWriter {
  private SafeTensorsWriter() {}

  /** See {@link SafeTensors#write}. */
  static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) {
    try (Scope scope = Scope.open()) {
      List<Tensor> hosted = new ArrayList<>();
      for (Tensor tensor : tensors.values()) {
        hosted.add(tensor.detach().to(Tensors.cpu(), tensor.scalar_type()).contiguous());
      }
      byte[] unsigned = header(tensors.keySet(), hosted, metadata);
      CRC32C crc = new CRC32C();
      crc.update(unsigned);
      hosted.forEach(tensor -> TensorBytes.forEachChunk(tensor, crc::update));
      byte[] header =
          SafeTensorsHeader.withChecksum(
              unsigned, SafeTensorsHeader.CRC_UNKNOWN, SafeTensors.hex(crc));
      AtomicFile.writePath(file, temporary -> writeTo(temporary, header, hosted));
    }
  }

  private static byte[] header(
      Set<String> names, List<Tensor> tensors, Map<String, String> metadata) {
    ObjectNode header = Json.object();
    ObjectNode meta = header.putObject("__metadata__");
    meta.put(SafeTensorsHeader.CRC_KEY, SafeTensorsHeader.CRC_UNKNOWN); // first: see withChecksum
    metadata.forEach(meta::put);
    long offset = 0;
    int index = 0;
    for (String name : names) {
      Tensor tensor = tensors.get(index++);
      ObjectNode node = header.putObject(name);
      node.put("dtype", typeName(tensor.scalar_type()));
      node.set("shape", Json.tree(tensor.sizes().vec().get()));
      node.putArray("data_offsets").add(offset).add(offset += tensor.nbytes());
    }
    byte[] json = Json.line(header).getBytes(StandardCharsets.UTF_8);
    // Padded with spaces so that the data starts at a multiple of 8 bytes, as the format asks.
    byte[] padded = new byte[(json.length + 7) / 8 * 8];
    Arrays.fill(padded, (byte) ' ');
    System.arraycopy(json, 0, padded, 0, json.length);
    return padded;
  }

  private static String typeName(ScalarType type) {
    for (Map.Entry<String, ScalarType> entry : SafeTensorsHeader.TYPES.entrySet()) {
      if (entry.getValue().value == type.value) {
        return entry.getKey();
      }
    }
    throw new IllegalArgumentException("safetensors has no type for " + type);
  }

  private static void writeTo(Path temporary, byte[] header, List<Tensor> tensors)
      throws IOException {
    try (FileChannel out =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      writeFully(out, length.putLong(header.length).flip());
      writeFully(out, ByteBuffer.wrap(header));
      for (Tensor tensor : tensors) {
        TensorBytes.forEachChunk(tensor, chunk -> writeFully(out, chunk));
      }
    }
  }

  private static void writeFully(FileChannel out, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      out.write(buffer);
    }
  }
}
