package mos.base;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** Whole folders. Links in them are links, never what they point at. */
public final class Folders {
  private Folders() {}

  /**
   * Makes a folder and those above it; one that is there already, or is a link to one, is left as
   * it is.
   */
  public static Path create(Path folder) throws IOException {
    return Files.isDirectory(folder) ? folder : Files.createDirectories(folder);
  }

  /** Makes the folder that a file is to lie in. */
  public static Path createFor(Path file) throws IOException {
    return create(file.toAbsolutePath().getParent());
  }

  /**
   * Deletes a file or a folder with all it holds, of a link the link alone; what is not there is no
   * error.
   */
  public static void delete(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Fills a folder. */
  @FunctionalInterface
  public interface Work<T> {
    T in(Path folder) throws IOException;
  }

  /**
   * Lets {@code work} use an empty folder beside {@code path}, on the same disk, which is gone
   * afterwards.
   */
  public static <T> T beside(Path path, Work<T> work) throws IOException {
    createFor(path);
    Path temporary = Temporary.folder(path.toAbsolutePath());
    try {
      return work.in(temporary);
    } finally {
      Temporary.done(temporary);
    }
  }

  /** Gives a finished folder its name, which must be free. */
  public static void move(Path finished, Path target) throws IOException {
    Files.move(finished, target);
  }
}
