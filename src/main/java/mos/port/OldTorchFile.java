package mos.port;

import java.io.EOFException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import mos.base.MosException;

/**
 * The form until PyTorch 1.5: pickles of a magic number, the protocol, the machine, the object and
 * the storages' keys; then per key the number of elements (int64) and the elements.
 */
final class OldTorchFile implements TorchFile.Content, TorchStorage.Source {
  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final long PROTOCOL = 1001;
  private static final int MAX_PICKLE_BYTES = 1 << 26;

  private final Path file;
  private final FileChannel channel;
  private final Map<String, TorchStorage> mentioned = new HashMap<>();
  private final Map<String, Long> starts = new HashMap<>();
  private final Object root;

  private OldTorchFile(Path file, FileChannel channel) throws IOException {
    this.file = file;
    this.channel = channel;
    long headSize = Math.min(channel.size(), MAX_PICKLE_BYTES);
    PickleInput input =
        new PickleInput(channel.map(FileChannel.MapMode.READ_ONLY, 0, headSize), file.toString());
    if (!MAGIC.equals(magic(input))) {
      throw new MosException(file + ": not a file that torch.save wrote");
    }
    Object protocol = PickleMachine.read(input, this);
    if (!Long.valueOf(PROTOCOL).equals(protocol)) {
      throw new MosException(file + ": torch.save protocol must be " + PROTOCOL);
    }
    if (!(PickleMachine.read(input, this) instanceof Map<?, ?> machine)
        || !Boolean.TRUE.equals(machine.get("little_endian"))) {
      throw new MosException(file + ": must come from a little-endian machine");
    }
    root = PickleMachine.read(input, this);
    if (!(PickleMachine.read(input, this) instanceof List<?> keys)) {
      throw new MosException(file + ": no list of storages");
    }
    locate(keys, input.position());
  }

  static OldTorchFile open(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      return new OldTorchFile(file, channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private Object magic(PickleInput input) {
    try {
      return PickleMachine.read(input, this);
    } catch (MosException e) {
      throw new MosException(file + ": not a file that torch.save wrote", e);
    }
  }

  /** Notes where each storage begins, and checks that the file holds all of it. */
  private void locate(List<?> keys, long dataStart) throws IOException {
    long position = dataStart;
    for (Object key : keys) {
      TorchStorage storage = key instanceof String ? mentioned.get(key) : null;
      if (storage == null) {
        throw new MosException(file + ": a storage that no tensor is of");
      }
      long elements =
          ByteBuffer.wrap(bytes(position, Long.BYTES)).order(ByteOrder.LITTLE_ENDIAN).getLong();
      position += Long.BYTES;
      long room = (channel.size() - position) / storage.type().bytes();
      if (elements != storage.elements() || elements < 0 || elements > room) {
        throw new MosException(
            file
                + ": storage "
                + storage.key()
                + " of "
                + elements
                + " elements: the pickle says "
                + storage.elements()
                + ", the file has room for "
                + room);
      }
      starts.put(storage.key(), position);
      position += elements * storage.type().bytes();
    }
  }

  @Override
  public void mentioned(TorchStorage storage) {
    TorchStorage other = mentioned.putIfAbsent(storage.key(), storage);
    if (other != null
        && (other.type() != storage.type() || other.elements() != storage.elements())) {
      throw new MosException(file + ": storage " + storage.key() + " of two types or sizes");
    }
  }

  @Override
  public byte[] read(TorchStorage storage, long offset, int length) throws IOException {
    Long start = starts.get(storage.key());
    if (start == null) {
      throw new MosException(file + ": no data for storage " + storage.key());
    }
    return bytes(start + offset, length);
  }

  private byte[] bytes(long position, int length) throws IOException {
    if (length > channel.size() - position) {
      throw new MosException(
          file + ": ends early, at byte " + channel.size() + " of " + (position + length));
    }
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new EOFException("it ends early");
      }
    }
    return buffer.array();
  }

  @Override
  public Object root() {
    return root;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
