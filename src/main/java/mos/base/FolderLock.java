package mos.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps two processes from writing in one folder: a file {@value #NAME} in it, locked by the
 * operating system, that names its process. The system drops the lock when the process ends in
 * whatever way, so what a dead process left is taken over without asking. The file stays, empty:
 * deleting it would let two processes lock two files of one name.
 */
public final class FolderLock implements AutoCloseable {
  public static final String NAME = ".lock";

  /** The byte that is locked: beyond the text, which others must be able to read on Windows. */
  private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

  private static final int LONGEST_OWNER = 1000;

  /**
   * Folders locked by this process. Where locks are POSIX ones, even opening and closing the file
   * once more would drop the lock, so this is asked first.
   */
  private static final Set<Path> HERE = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final FileChannel channel;

  private FolderLock(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /**
   * Locks a folder, which is made if it is not there.
   *
   * @throws MosException naming the other process when there is one, and what to do
   */
  public static FolderLock of(Path folder) {
    try {
      Path real = Files.createDirectories(folder).toRealPath();
      if (!HERE.add(real)) {
        throw taken(folder, "another task of this process");
      }
      FolderLock lock = null;
      try {
        lock = lock(real, folder);
        return lock;
      } finally {
        if (lock == null) {
          HERE.remove(real);
        }
      }
    } catch (IOException e) {
      throw new MosException("cannot lock " + folder + ": " + AtomicFile.describe(e), e);
    }
  }

  private static FolderLock lock(Path real, Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(
            real.resolve(NAME),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    try {
      if (channel.tryLock(LOCKED_BYTE, 1, false) == null) {
        throw taken(folder, owner(channel));
      }
      channel.truncate(0).write(ByteBuffer.wrap(me().getBytes(StandardCharsets.UTF_8)), 0);
      return new FolderLock(real, channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static MosException taken(Path folder, String owner) {
    return new MosException(
        folder
            + ": in use by "
            + owner
            + "; wait for it or end it, the same command then continues, or name another folder");
  }

  private static String me() {
    ObjectNode me = Json.object();
    me.put("process", ProcessHandle.current().pid());
    me.put("since", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    return Json.line(me);
  }

  private static String owner(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(LONGEST_OWNER);
    channel.read(bytes, 0);
    try {
      String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
      JsonNode owner = Json.parse(text, NAME);
      return "process " + owner.path("process").asLong() + " since " + owner.path("since").asText();
    } catch (MosException unreadable) {
      // It has locked the file and not yet written its name.
      return "another process";
    }
  }

  @Override
  public void close() {
    try {
      channel.truncate(0);
      channel.close();
    } catch (IOException e) {
      throw new MosException("cannot unlock " + folder + ": " + AtomicFile.describe(e), e);
    } finally {
      HERE.remove(folder);
    }
  }
}
