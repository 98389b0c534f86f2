package mos.base;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;

/**
 * Mode, owner and number of names of a file.
 *
 * @param owner null where the system has no such thing; then the rest is, too
 * @param names hard links
 */
record FileOwner(
    UserPrincipal owner, GroupPrincipal group, Set<PosixFilePermission> mode, int names) {

  static FileOwner of(Path file) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (view == null) {
      return new FileOwner(null, null, Set.of(), 1);
    }
    PosixFileAttributes attributes = view.readAttributes();
    return new FileOwner(
        attributes.owner(), attributes.group(), attributes.permissions(), names(file));
  }

  private static int names(Path file) throws IOException {
    try {
      return ((Number) Files.getAttribute(file, "unix:nlink")).intValue();
    } catch (UnsupportedOperationException | IllegalArgumentException notHere) {
      return 1;
    }
  }

  /** For a file that is to be as hidden from its first moment. */
  FileAttribute<?>[] creation() {
    return owner == null
        ? new FileAttribute<?>[0]
        : new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(mode)};
  }

  /** Gives another file the same; false where that cannot be, or would part the file's names. */
  boolean passTo(Path other) throws IOException {
    if (owner == null) {
      return true;
    }
    if (names > 1) {
      return false;
    }
    PosixFileAttributeView view = Files.getFileAttributeView(other, PosixFileAttributeView.class);
    PosixFileAttributes now = view.readAttributes();
    try {
      if (!now.owner().equals(owner)) {
        view.setOwner(owner);
      }
      if (!now.group().equals(group)) {
        view.setGroup(group);
      }
      view.setPermissions(mode);
      return true;
    } catch (IOException notAllowed) {
      return false;
    }
  }
}
