package mos.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;

/**
 * Keeps two processes from writing in one folder, or one file: a file {@value #NAME} in the folder,
 * or {@code .NAME.lock} beside the file, locked by the operating system, that names its process.
 * The system drops the lock when the process ends in whatever way, so what a dead process left is
 * taken over without asking. The lock's file stays, empty: deleting it would let two processes lock
 * two files of one name.
 *
 * <p>A thread may lock again what it holds: a stage of a run is the run.
 */
public final class FolderLock implements AutoCloseable {
  public static final String NAME = ".lock";

  /** The byte that is locked: beyond the text, which others must be able to read on Windows. */
  private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

  private static final int LONGEST_OWNER = 1000;

  /**
   * What this process holds, by the lock's file. Where locks are POSIX ones, even opening and
   * closing the file once more would drop the lock, so this is asked first.
   */
  private static final Map<Path, FolderLock> HERE = new HashMap<>();

  private final Path file;
  private final FileChannel channel;
  private final Thread holder = Thread.currentThread();
  private int holds = 1;

  private FolderLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Locks a folder, which is made if it is not there.
   *
   * @throws MosException naming the other process when there is one, and what to do
   */
  public static FolderLock of(Path folder) {
    return lock(folder, folder, NAME, "folder");
  }

  /**
   * Locks a file, which need not be there, so that others may write beside it; its folder is made.
   *
   * @throws MosException as {@link #of}
   */
  public static FolderLock ofFile(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    return lock(file, folder, "." + file.getFileName() + NAME, "file");
  }

  /** Whether a file is a lock's, and so no output. */
  public static boolean isLock(Path file) {
    String name = file.getFileName().toString();
    return name.startsWith(".") && name.endsWith(NAME);
  }

  /**
   * Whether a process is at work in a folder. Nothing is written, and where the lock cannot be read
   * the answer is no.
   */
  public static boolean isHeld(Path folder) {
    synchronized (HERE) {
      try {
        Path file = folder.toRealPath().resolve(NAME);
        if (HERE.containsKey(file)) {
          return true;
        }
        // Whoever is at work wrote its name; what a dead process left is locked by nobody.
        if (!Files.isRegularFile(file) || Files.size(file) == 0) {
          return false;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
            FileLock free = channel.tryLock(LOCKED_BYTE, 1, true)) {
          return free == null;
        }
      } catch (IOException | OverlappingFileLockException e) {
        return false;
      }
    }
  }

  private static FolderLock lock(Path what, Path folder, String name, String kind) {
    synchronized (HERE) {
      try {
        Path file = made(folder).toRealPath().resolve(name);
        FolderLock held = HERE.get(file);
        if (held == null) {
          held = new FolderLock(file, open(file, what, kind));
          HERE.put(file, held);
        } else if (held.holder == Thread.currentThread()) {
          held.holds++;
        } else {
          throw taken(what, "another task of this process", kind);
        }
        return held;
      } catch (IOException e) {
        throw new MosException("cannot lock " + what + ": " + AtomicFile.describe(e), e);
      }
    }
  }

  /** Makes a folder; what is in its way is said of the folder, not of a lock. */
  private static Path made(Path folder) {
    try {
      return Folders.create(folder);
    } catch (IOException e) {
      Path there = folder.toAbsolutePath().normalize();
      while (!Files.exists(there)) {
        there = there.getParent();
      }
      // Some file systems, as that of /proc, answer "no such file" to whoever makes one.
      String why =
          e instanceof NoSuchFileException && Files.isDirectory(there)
              ? there + " takes no new folders"
              : AtomicFile.describe(e);
      throw new MosException("cannot make the folder " + folder + ": " + why, e);
    }
  }

  private static FileChannel open(Path file, Path what, String kind) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock(LOCKED_BYTE, 1, false) == null) {
        throw taken(what, owner(channel), kind);
      }
      channel.truncate(0).write(ByteBuffer.wrap(me().getBytes(StandardCharsets.UTF_8)), 0);
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static MosException taken(Path what, String owner, String kind) {
    return new MosException(
        what
            + ": in use by "
            + owner
            + "; wait for it or end it, the same command then continues, or name another "
            + kind);
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
    synchronized (HERE) {
      holds--;
      if (holds > 0) {
        return;
      }
      HERE.remove(file);
      try {
        channel.truncate(0);
        channel.close();
      } catch (IOException e) {
        throw new MosException("cannot unlock " + file + ": " + AtomicFile.describe(e), e);
      }
    }
  }
}
