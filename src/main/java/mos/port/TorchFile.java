package mos.port;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import mos.base.AtomicFile;
import mos.base.MosException;

/**
 * A file that {@code torch.save} wrote, in its old or its zip form, as data: see {@link
 * PickleMachine} for what its values become. Tensors are read on demand, while the file is open.
 *
 * <p>Source: the two file forms as PyTorch's serialisation notes describe them.
 */
public final class TorchFile implements AutoCloseable {
  private static final int ZIP_MAGIC = 0x04034b50;

  /** What the two forms have in common. */
  interface Content extends AutoCloseable {
    Object root();

    @Override
    void close() throws IOException;
  }

  private final Path file;
  private final Content content;

  private TorchFile(Path file, Content content) {
    this.file = file;
    this.content = content;
  }

  /**
   * Opens a file and reads its pickle.
   *
   * @throws MosException if it is missing, damaged, not written by {@code torch.save}, or names
   *     anything that models are not made of
   */
  public static TorchFile open(Path file) {
    try {
      return new TorchFile(file, isZip(file) ? ZipTorchFile.open(file) : OldTorchFile.open(file));
    } catch (IOException e) {
      throw new MosException("cannot read " + file + ": " + AtomicFile.describe(e), e);
    }
  }

  private static boolean isZip(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer start = ByteBuffer.allocate(4).order(java.nio.ByteOrder.LITTLE_ENDIAN);
      while (start.hasRemaining() && channel.read(start) >= 0) {}
      return !start.hasRemaining() && start.getInt(0) == ZIP_MAGIC;
    }
  }

  public Path file() {
    return file;
  }

  /** What was saved. */
  public Object root() {
    return content.root();
  }

  @Override
  public void close() {
    try {
      content.close();
    } catch (IOException e) {
      throw new MosException("cannot close " + file, e);
    }
  }
}
