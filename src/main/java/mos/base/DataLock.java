package mos.base;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * Many may read a folder of data, or one may replace it: the file {@value #NAME} in it, locked by
 * the operating system, which drops the lock when a process ends in whatever way. A folder that
 * cannot be written needs no lock: nobody replaces it.
 */
public final class DataLock implements AutoCloseable {
  static final String NAME = ".reading.lock";

  /**
   * What this process holds. Where locks are POSIX ones, opening and closing the file once more
   * would drop the lock, so this is asked first.
   */
  private static final Map<Path, DataLock> HERE = new HashMap<>();

  private final Path file;
  private final FileChannel channel;
  private final boolean shared;
  private int holds = 1;

  private DataLock(Path file, FileChannel channel, boolean shared) {
    this.file = file;
    this.channel = channel;
    this.shared = shared;
  }

  /**
   * For a reader.
   *
   * @throws MosException when somebody is replacing the folder's files
   */
  public static DataLock reading(Path folder) {
    return lock(folder, true, " is being replaced by another process; wait for it");
  }

  /**
   * For who replaces what is there.
   *
   * @throws MosException when somebody reads the folder
   */
  public static DataLock replacing(Path folder) {
    return lock(
        folder,
        false,
        " is being read, by a training or a run, so its files are not replaced; wait for it or end"
            + " it, or name another folder");
  }

  private static DataLock lock(Path folder, boolean shared, String taken) {
    synchronized (HERE) {
      try {
        Path file = folder.toRealPath().resolve(NAME);
        DataLock held = HERE.get(file);
        if (held != null) {
          if (!held.shared || !shared) {
            throw new MosException(folder + taken);
          }
          held.holds++;
          return held;
        }
        if (shared && !Files.isWritable(Files.exists(file) ? file : folder)) {
          return new DataLock(null, null, true);
        }
        DataLock lock = new DataLock(file, open(file, shared, folder + taken), shared);
        HERE.put(file, lock);
        return lock;
      } catch (IOException e) {
        throw new MosException("cannot lock " + folder + ": " + AtomicFile.describe(e), e);
      }
    }
  }

  private static FileChannel open(Path file, boolean shared, String taken) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock(0, Long.MAX_VALUE, shared);
      if (lock == null) {
        throw new MosException(taken);
      }
      return channel;
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw new MosException(taken, e);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public void close() {
    synchronized (HERE) {
      holds--;
      if (holds > 0 || channel == null) {
        return;
      }
      HERE.remove(file);
      try {
        channel.close();
      } catch (IOException e) {
        throw new MosException("cannot unlock " + file + ": " + AtomicFile.describe(e), e);
      }
    }
  }
}
