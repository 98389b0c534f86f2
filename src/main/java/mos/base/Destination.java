package mos.base;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the content of a named output goes: links are followed to what they point at, which need
 * not be there yet.
 *
 * @param path behind all links
 * @param kind what is there
 */
record Destination(Path path, Kind kind) {
  /** What an output's name leads to. */
  enum Kind {
    /** Nothing yet: a file is made. */
    NEW,
    /** A regular file: it gets new content. */
    FILE,
    /** A pipe or a device: it is written to, and never replaced. */
    STREAM,
    /** One of this process's open files, such as {@code /dev/stdout}. */
    DESCRIPTOR
  }

  private static final int MOST_LINKS = 40;
  private static final Pattern OPEN_FILE =
      Pattern.compile("(?:/proc/\\d+/(?:task/\\d+/)?|/dev/)fd/(\\d+)");

  /**
   * Follows the links of {@code target}.
   *
   * @throws IOException saying why nothing can be written there
   */
  static Destination of(Path target) throws IOException {
    Path path = target.toAbsolutePath();
    for (int links = 0; !isOpenFile(path); links++) {
      if (!Files.isSymbolicLink(path)) {
        return plain(path, target, links > 0);
      }
      if (links == MOST_LINKS) {
        throw new FileSystemException(target.toString(), null, "too many links");
      }
      path = path.resolveSibling(Files.readSymbolicLink(path));
    }
    return new Destination(path, Kind.DESCRIPTOR);
  }

  private static Destination plain(Path path, Path target, boolean linked) throws IOException {
    if (Files.isDirectory(path)) {
      throw new FileSystemException(target.toString(), null, "it is a folder, need a file");
    }
    if (Files.isRegularFile(path)) {
      return new Destination(path, Kind.FILE);
    }
    if (Files.exists(path)) {
      return new Destination(path, Kind.STREAM);
    }
    if (linked && !Files.isDirectory(path.getParent())) {
      throw new FileSystemException(
          target.toString(), null, "it is a link to " + path + ", whose folder is not there");
    }
    return new Destination(path, Kind.NEW);
  }

  private static boolean isOpenFile(Path path) throws IOException {
    if (path.equals(Path.of("/dev/stdout")) || path.equals(Path.of("/dev/stderr"))) {
      return true;
    }
    Path folder = path.getParent();
    if (folder == null || !folder.endsWith("fd")) {
      return false;
    }
    try {
      return OPEN_FILE.matcher(real(path).toString()).matches();
    } catch (NoSuchFileException notThere) {
      return false;
    }
  }

  private static Path real(Path path) throws IOException {
    return path.getParent().toRealPath().resolve(path.getFileName());
  }

  /** Whether there is something that must not be replaced. */
  boolean isStream() {
    return kind == Kind.STREAM || kind == Kind.DESCRIPTOR;
  }

  /** Opens what is not replaced, for what comes after all that it has. */
  OutputStream open() throws IOException {
    if (kind == Kind.STREAM) {
      return Files.newOutputStream(path, StandardOpenOption.WRITE);
    }
    if (path.equals(Path.of("/dev/stdout"))) {
      return new Kept(FileDescriptor.out);
    }
    if (path.equals(Path.of("/dev/stderr"))) {
      return new Kept(FileDescriptor.err);
    }
    Path real = real(path);
    Matcher name = OPEN_FILE.matcher(real.toString());
    boolean mine = real.startsWith("/dev") || real.startsWith("/proc/" + me());
    if (name.matches() && mine && name.group(1).equals("1")) {
      return new Kept(FileDescriptor.out);
    }
    if (name.matches() && mine && name.group(1).equals("2")) {
      return new Kept(FileDescriptor.err);
    }
    return Files.newOutputStream(path, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
  }

  private static String me() {
    return Long.toString(ProcessHandle.current().pid());
  }

  /** Whether {@code path} may still be replaced: it is a regular file, or nothing. */
  boolean isReplaceable() {
    return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
        || !Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  /** A standard stream, which stays open. */
  private static final class Kept extends FileOutputStream {
    Kept(FileDescriptor descriptor) {
      super(descriptor);
    }

    @Override
    public void close() {
      // Others write to it after this.
    }
  }
}
