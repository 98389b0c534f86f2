package mos.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Where JavaCPP unpacks libraries: below the home folder or, where that cannot be written, below
 * the folder for temporary files.
 */
final class LibraryCache {
  private static final String PROPERTY = "org.bytedeco.javacpp.cachedir";

  private LibraryCache() {}

  /** Chooses, unless the user has; to be called before JavaCPP looks for its folder. */
  static void choose() {
    if (System.getProperty(PROPERTY) == null
        && System.getProperty("org.bytedeco.javacpp.cacheDir") == null
        && !writable(System.getProperty("user.home"))) {
      try {
        System.setProperty(PROPERTY, temporary().toString());
      } catch (IOException e) {
        // Then it is JavaCPP's own choice, and the doctor says what is wrong with it.
        return;
      }
    }
  }

  /** Whether the cache below a home folder can be written, or made. */
  static boolean writable(String home) {
    try {
      // A user without a home has "?" for it.
      Path folder = Path.of(home == null ? "?" : home, ".javacpp", "cache");
      if (!folder.isAbsolute()) {
        return false;
      }
      while (!Files.exists(folder)) {
        folder = folder.getParent();
      }
      return Files.isDirectory(folder) && Files.isWritable(folder);
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** A folder of this user's own: libraries of somebody else's are not loaded. */
  private static Path temporary() throws IOException {
    Path own = Files.createTempDirectory("mos-libraries-");
    Path shared = own.resolveSibling("mos-libraries-of-" + Files.getOwner(own).getName());
    try {
      Files.move(own, shared);
      return shared;
    } catch (IOException taken) {
      boolean mine =
          Files.isDirectory(shared, LinkOption.NOFOLLOW_LINKS)
              && Files.getOwner(shared, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(own));
      if (!mine) {
        return own;
      }
      Files.delete(own);
      return shared;
    }
  }
}
