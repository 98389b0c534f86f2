package mos.base;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Unfinished files and folders: {@code .NAME.mos-MACHINE-PROCESS-NUMBER.tmp} beside what they are
 * to become. A name that is there is never taken. What a killed process left is deleted when the
 * next one makes something in the same folder.
 */
final class Temporary {
  private static final Pattern NAME =
      Pattern.compile("\\..*\\.mos-([0-9a-f]{8})-(\\d{1,18})-\\d+\\.tmp", Pattern.DOTALL);

  /** Of NAME so many characters are kept: a file name has 255 bytes at most. */
  private static final int LONGEST_NAME = 40;

  /** What another machine has not touched for so long is a leftover. */
  private static final Duration ABANDONED = Duration.ofDays(7);

  private static final String MACHINE = machine();
  private static final Set<Path> OPEN = new HashSet<>();
  private static final Set<Path> SWEPT = new HashSet<>();
  private static long made;

  private Temporary() {}

  /** Makes an empty file beside {@code target}. */
  static Path file(Path target, FileAttribute<?>... attributes) throws IOException {
    return make(target, one -> Files.createFile(one, attributes));
  }

  /** Makes an empty folder beside {@code target}. */
  static Path folder(Path target) throws IOException {
    return make(target, Files::createDirectory);
  }

  private interface Maker {
    Path make(Path path) throws IOException;
  }

  private static Path make(Path target, Maker maker) throws IOException {
    String name = target.getFileName().toString();
    int end = Math.min(name.length(), LONGEST_NAME);
    end -= end > 0 && Character.isHighSurrogate(name.charAt(end - 1)) ? 1 : 0;
    String start = "." + name.substring(0, end) + ".mos-" + MACHINE + "-";
    synchronized (OPEN) {
      Path path = null;
      while (path == null) {
        String number = ProcessHandle.current().pid() + "-" + made++;
        try {
          path = maker.make(target.resolveSibling(start + number + ".tmp").toAbsolutePath());
        } catch (FileAlreadyExistsException taken) {
          // By an earlier process of this number: the next name.
          continue;
        }
      }
      OPEN.add(path);
      sweep(path);
      return path;
    }
  }

  /** Whether a file or folder has the name of an unfinished one. */
  static boolean is(Path path) {
    return NAME.matcher(path.getFileName().toString()).matches();
  }

  /** Says that it is in its place, or deletes it. */
  static void done(Path temporary) throws IOException {
    try {
      Folders.delete(temporary);
    } finally {
      synchronized (OPEN) {
        OPEN.remove(temporary);
      }
    }
  }

  /** Deletes leftovers, once a folder; another process may do the same. */
  private static void sweep(Path made) throws IOException {
    Path folder = made.getParent();
    if (!SWEPT.add(folder)) {
      return;
    }
    FileTime now = Files.getLastModifiedTime(made);
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, ".*.tmp")) {
      for (Path one : all) {
        if (isLeftover(one, now)) {
          Folders.delete(one);
        }
      }
    } catch (IOException e) {
      // A folder that cannot be listed or cleaned can still be written to.
      return;
    }
  }

  private static boolean isLeftover(Path path, FileTime now) throws IOException {
    Matcher name = NAME.matcher(path.getFileName().toString());
    if (!name.matches() || OPEN.contains(path)) {
      return false;
    }
    if (name.group(1).equals(MACHINE)) {
      long process = Long.parseLong(name.group(2));
      return process == ProcessHandle.current().pid()
          || ProcessHandle.of(process).filter(ProcessHandle::isAlive).isEmpty();
    }
    try {
      FileTime touched = Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS);
      return touched.toInstant().plus(ABANDONED).isBefore(now.toInstant());
    } catch (NoSuchFileException gone) {
      return false;
    }
  }

  /** Tells apart where process numbers mean different processes. */
  private static String machine() {
    StringBuilder identity = new StringBuilder();
    try {
      identity.append(Files.readString(Path.of("/proc/sys/kernel/random/boot_id")));
      identity.append(Files.readSymbolicLink(Path.of("/proc/self/ns/pid")));
    } catch (IOException | RuntimeException notLinux) {
      identity.append(System.getenv("COMPUTERNAME")).append(System.getenv("HOSTNAME"));
    }
    return Sha256.of(identity.toString()).substring(0, 8);
  }
}
