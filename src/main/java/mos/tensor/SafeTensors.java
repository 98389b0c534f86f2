package mos.tensor;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import mos.base.AtomicFile;
import mos.base.MosException;
import mos.base.Sha256;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.Tensor;

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

  private final Path file;
  private final FileChannel channel;
  private final long dataStart;
  private final byte[] headerBytes;
  private final SafeTensorsHeader header;

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
    headerBytes = new byte[(int) headerSize];
    readFully(ByteBuffer.wrap(headerBytes), 8);
    dataStart = 8 + headerSize;
    header = new SafeTensorsHeader(headerBytes, fileSize - dataStart, file);
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

  private MosException damaged(String what) {
    return damaged(file, what);
  }

  static MosException damaged(Path file, String what) {
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
    String expected = metadata().get(SafeTensorsHeader.CRC_KEY);
    if (expected == null) {
      return;
    }
    CRC32C crc = new CRC32C();
    crc.update(
        SafeTensorsHeader.withChecksum(headerBytes, expected, SafeTensorsHeader.CRC_UNKNOWN));
    eachChunk(crc::update);
    String found = hex(crc);
    if (!expected.equals(found)) {
      throw damaged("its checksum is " + found + ", the header says " + expected);
    }
  }

  static String hex(CRC32C crc) {
    return String.format(Locale.ROOT, "%08x", crc.getValue());
  }

  public Path file() {
    return file;
  }

  public Map<String, String> metadata() {
    return header.metadata();
  }

  public Set<String> names() {
    return header.entries().keySet();
  }

  public boolean contains(String name) {
    return header.entries().containsKey(name);
  }

  /** The shape of a tensor, without reading it. */
  public long[] shape(String name) {
    return entry(name).shape().clone();
  }

  /**
   * Reads one tensor to the CPU.
   *
   * @return in the innermost scope
   * @throws MosException if there is none of that name
   */
  public Tensor read(String name) {
    SafeTensorsHeader.Entry entry = entry(name);
    Tensor tensor = Tensors.empty(entry.type(), Tensors.cpu(), entry.shape());
    try (BytePointer bytes = new BytePointer(tensor.data_ptr())) {
      for (long done = 0, size = entry.end() - entry.begin(); done < size; ) {
        int chunk = (int) Math.min(CHUNK_BYTES, size - done);
        ByteBuffer buffer = bytes.position(done).capacity(done + chunk).asByteBuffer();
        readFully(buffer, dataStart + entry.begin() + done);
        done += chunk;
      }
    } catch (IOException e) {
      throw new MosException("cannot read " + file + ": " + AtomicFile.describe(e), e);
    }
    return tensor;
  }

  private SafeTensorsHeader.Entry entry(String name) {
    SafeTensorsHeader.Entry entry = header.entries().get(name);
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
