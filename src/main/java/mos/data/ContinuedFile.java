package mos.data;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import mos.base.MosException;

/** A file that is written on from where it was known to be whole. */
final class ContinuedFile implements AutoCloseable {
  private final FileChannel channel;
  private final OutputStream out;

  /**
   * @param bytes to keep; what is behind them is dropped
   * @throws MosException when there are fewer
   */
  ContinuedFile(Path file, long bytes) throws IOException {
    channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (channel.size() < bytes) {
      channel.close();
      throw new MosException(
          file + ": has fewer than the " + bytes + " bytes that were written; was it changed?");
    }
    channel.truncate(bytes);
    channel.position(bytes);
    out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 20);
  }

  void write(byte[] bytes) throws IOException {
    out.write(bytes);
  }

  /** Brings what was written to the disk. */
  void force() throws IOException {
    out.flush();
    channel.force(false);
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
