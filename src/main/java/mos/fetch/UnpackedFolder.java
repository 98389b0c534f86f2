package mos.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import mos.base.MosException;

/**
 * The folder that an archive is unpacked to: takes entries, refuses those that it must not have.
 */
final class UnpackedFolder {
  private static final int MAX_NAME = 1024;
  private static final int MAX_DEPTH = 32;

  private final Path root;
  private final SafeArchive.Limits limits;
  private final String archive;
  private int entries;
  private int files;
  private long bytes;

  UnpackedFolder(Path root, SafeArchive.Limits limits, String archive) {
    this.root = root;
    this.limits = limits;
    this.archive = archive;
  }

  int files() {
    return files;
  }

  static MosException refused(String archive, String name, String why) {
    String shown = name.replaceAll("\\p{Cntrl}", "?");
    shown = shown.length() <= 200 ? shown : shown.substring(0, 200) + "…";
    return new MosException(archive + ": refused, the entry '" + shown + "' is " + why);
  }

  void folder(String name) throws IOException {
    count(name);
    Files.createDirectories(path(name));
  }

  /** Takes one file; {@code claimed} is the size its header gives, -1 for none. */
  void file(String name, long claimed, InputStream in) throws IOException {
    count(name);
    Path path = path(name);
    if (path.equals(root)) {
      throw refused(archive, name, "without a name");
    }
    checkSize(name, Math.max(0, claimed));
    if (claimed > Files.getFileStore(root).getUsableSpace()) {
      throw refused(archive, name, "larger (" + claimed + " bytes) than the room on the disk");
    }
    Files.createDirectories(path.getParent());
    if (Files.exists(path)) {
      throw refused(archive, name, "there twice");
    }
    try (OutputStream out = Files.newOutputStream(path, StandardOpenOption.CREATE_NEW)) {
      byte[] buffer = new byte[1 << 16];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        // What comes counts, not what the header claims.
        checkSize(name, read);
        bytes += read;
        out.write(buffer, 0, read);
        Download.checkStop();
      }
    }
    files++;
  }

  private void checkSize(String name, long more) {
    if (more > limits.bytes() - bytes) {
      throw refused(archive, name, "beyond the limit of " + limits.bytes() + " bytes in all");
    }
  }

  private void count(String name) {
    entries++;
    if (entries > limits.entries()) {
      throw refused(archive, name, "beyond the limit of " + limits.entries() + " entries");
    }
  }

  private Path path(String name) {
    if (name.length() > MAX_NAME) {
      throw refused(archive, name, "of a name over " + MAX_NAME + " characters");
    }
    if (name.startsWith("/") || name.indexOf('\\') >= 0 || name.indexOf(':') >= 0) {
      throw refused(archive, name, "not of a plain relative name");
    }
    Path path = root;
    int depth = 0;
    for (String part : name.split("/")) {
      if (part.isEmpty() || part.equals(".")) {
        continue;
      }
      if (part.equals("..") || part.chars().anyMatch(Character::isISOControl)) {
        throw refused(archive, name, "not of a plain relative name");
      }
      if (++depth > MAX_DEPTH) {
        throw refused(archive, name, "over " + MAX_DEPTH + " folders deep");
      }
      try {
        path = path.resolve(part);
      } catch (InvalidPathException e) {
        throw refused(archive, name, "not of a name that this system can have");
      }
    }
    // The checks above suffice; this one does not depend on their being complete.
    if (!path.normalize().startsWith(root)) {
      throw refused(archive, name, "outside the folder");
    }
    return path;
  }
}
