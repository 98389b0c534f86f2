package mos.base;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Writes a file under a temporary name in the same folder, syncs it, and moves it into place, so
 * that a reader sees the old content or the new, never a part.
 */
public final class AtomicFile {
  /** Ends the names of unfinished files; whatever has it may be deleted when no run is active. */
  public static final String TEMPORARY_SUFFIX = ".tmp";

  private AtomicFile() {}

  /** Writes the content of one file. */
  @FunctionalInterface
  public interface Writer {
    void writeTo(OutputStream out) throws IOException;
  }

  /** Fills the temporary file given by its path (for formats that want a channel or a mapping). */
  @FunctionalInterface
  public interface PathWriter {
    void writeTo(Path temporary) throws IOException;
  }

  /**
   * Writes {@code target} through a buffered stream.
   *
   * @throws MosException naming the file when it cannot be written; {@code target} is untouched
   */
  public static void write(Path target, Writer writer) {
    writePath(
        target,
        temporary -> {
          try (OutputStream out =
              new BufferedOutputStream(Files.newOutputStream(temporary), 1 << 16)) {
            writer.writeTo(out);
          }
        });
  }

  /** Writes {@code text} as UTF-8. */
  public static void writeString(Path target, String text) {
    write(target, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Lets {@code writer} fill a temporary file, then syncs it and moves it to {@code target}. */
  public static void writePath(Path target, PathWriter writer) {
    Path folder = target.toAbsolutePath().getParent();
    Path temporary = folder.resolve(target.getFileName() + TEMPORARY_SUFFIX);
    try {
      Files.createDirectories(folder);
      writer.writeTo(temporary);
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      syncFolder(folder);
    } catch (IOException e) {
      discard(temporary, e);
      throw new MosException("cannot write " + target + ": " + describe(e), e);
    } catch (RuntimeException | Error e) {
      discard(temporary, e);
      throw e;
    }
  }

  /** So that the move outlives a power cut too, on systems where a folder can be synced. */
  private static void syncFolder(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException notHere) {
      // Windows opens no folders; the file itself is in place.
      return;
    }
  }

  private static void discard(Path temporary, Throwable cause) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /**
   * The cause of an input or output error in words, without the class name where it says enough.
   */
  public static String describe(IOException e) {
    String name = e.getClass().getSimpleName();
    return switch (name) {
      case "NoSuchFileException" -> "no such file or folder";
      case "AccessDeniedException" -> "permission denied";
      case "FileSystemException", "IOException" -> e.getMessage();
      case "FileAlreadyExistsException" -> e.getMessage() + " is in the way";
      case "NotDirectoryException" -> e.getMessage() + " is not a folder";
      case "EOFException" -> e.getMessage() == null ? "it ends early" : e.getMessage();
      case "MalformedInputException", "UnmappableCharacterException" -> "not valid UTF-8";
      default -> name + ": " + e.getMessage();
    };
  }
}
