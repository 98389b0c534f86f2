package mos.base;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;

/**
 * The project's one way to write a file. It is written under a temporary name in the same folder,
 * synced, and moved into place, so that a reader sees the old content or the new, never a part.
 *
 * <p>Output goes where it was sent. A link stays, and what it points at gets the content. A pipe, a
 * device or an open file such as {@code /dev/stdout} is written to. A file that is there keeps its
 * mode, its owner and its other hard links; where that or its folder forbids a move, the finished
 * content is copied into it. Nothing but a regular file is ever replaced.
 */
public final class AtomicFile {
  private static final int BUFFER_BYTES = 1 << 16;

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
    try {
      Destination destination = Destination.of(target);
      if (destination.isStream()) {
        stream(destination, writer);
      } else {
        replace(
            destination,
            temporary -> {
              try (OutputStream out =
                  new BufferedOutputStream(Files.newOutputStream(temporary), BUFFER_BYTES)) {
                writer.writeTo(out);
              }
            });
      }
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  private static void stream(Destination destination, Writer writer) throws IOException {
    try (OutputStream out = new BufferedOutputStream(destination.open(), BUFFER_BYTES)) {
      writer.writeTo(out);
    }
  }

  /** Writes {@code text} as UTF-8. */
  public static void writeString(Path target, String text) {
    write(target, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Lets {@code writer} fill a temporary file, then syncs it and moves it to {@code target}. */
  public static void writePath(Path target, PathWriter writer) {
    try {
      Destination destination = Destination.of(target);
      if (destination.isStream()) {
        Path temporary = Temporary.file(systemTemporary(target));
        try {
          writer.writeTo(temporary);
          stream(destination, out -> Files.copy(temporary, out));
        } finally {
          Temporary.done(temporary);
        }
      } else {
        replace(destination, writer);
      }
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  /** Moves a finished, synced file to {@code target}, as if it had been written there. */
  public static void move(Path finished, Path target) {
    try {
      Destination destination = Destination.of(target);
      if (destination.isStream()) {
        stream(destination, out -> Files.copy(finished, out));
      } else {
        Folders.createFor(destination.path());
        putInPlace(finished, destination);
      }
      Files.deleteIfExists(finished);
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  /**
   * Adds {@code bytes} at the end of {@code target}, which is made if it is not there.
   *
   * @throws MosException naming the file when it cannot be written
   */
  public static void append(Path target, byte[] bytes) {
    try {
      Destination destination = Destination.of(target);
      if (destination.isStream()) {
        stream(destination, out -> out.write(bytes));
        return;
      }
      Folders.createFor(destination.path());
      try (FileChannel out =
          FileChannel.open(
              destination.path(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
          out.write(rest);
        }
      }
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  /**
   * The file that a name leads to, for outputs that are continued and read again; its folder is
   * made, the file need not be there.
   *
   * @throws MosException when it is something else than a file
   */
  public static Path continued(Path target) {
    try {
      Destination destination = Destination.of(target);
      if (destination.isStream()) {
        throw new MosException(
            target + ": it is a pipe or a device, need a file, which can be read again");
      }
      Folders.createFor(destination.path());
      return destination.path();
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  /**
   * Deletes an earlier output, which is what a link points at; pipes and devices stay, and what is
   * not there is no error.
   */
  public static void delete(Path target) {
    try {
      Destination destination = Destination.of(target);
      if (!destination.isStream()) {
        Files.deleteIfExists(destination.path());
      }
    } catch (IOException e) {
      throw new MosException("cannot delete " + target + ": " + describe(e), e);
    }
  }

  /** Whether a file has the name of an unfinished one, and so is no output. */
  public static boolean isUnfinished(Path file) {
    return Temporary.is(file);
  }

  private static void replace(Destination destination, PathWriter writer) throws IOException {
    Path path = destination.path();
    boolean old = destination.kind() == Destination.Kind.FILE;
    if (old && !Files.isWritable(path)) {
      throw new FileSystemException(path.toString(), null, "permission denied");
    }
    Path temporary = temporary(path, old);
    try {
      writer.writeTo(temporary);
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      putInPlace(temporary, destination);
    } finally {
      Temporary.done(temporary);
    }
  }

  /** Beside the target; elsewhere when only the target itself may be written. */
  private static Path temporary(Path path, boolean old) throws IOException {
    if (!old) {
      Folders.createFor(path);
      return Temporary.file(path);
    }
    FileAttribute<?>[] mode = FileOwner.of(path).creation();
    try {
      return Temporary.file(path, mode);
    } catch (NoSuchFileException e) {
      throw e;
    } catch (FileSystemException notBeside) {
      return Temporary.file(systemTemporary(path), mode);
    }
  }

  private static Path systemTemporary(Path target) {
    return Path.of(System.getProperty("java.io.tmpdir")).resolve(target.getFileName());
  }

  private static void putInPlace(Path temporary, Destination destination) throws IOException {
    Path path = destination.path();
    if (!destination.isReplaceable()) {
      throw new FileSystemException(
          path.toString(), null, path + " has become something else than a file");
    }
    boolean old = Files.exists(path);
    if (old && !FileOwner.of(path).passTo(temporary)) {
      overwrite(temporary, path);
      return;
    }
    try {
      Files.move(
          temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      syncFolder(path.getParent());
    } catch (FileSystemException e) {
      // Such as a file mounted by itself, which cannot be moved over.
      if (!old || !destination.isReplaceable()) {
        throw e;
      }
      overwrite(temporary, path);
    }
  }

  /** Copies finished content into a file; refuses before it begins when the disk has no room. */
  private static void overwrite(Path finished, Path file) throws IOException {
    try (FileChannel in = FileChannel.open(finished, StandardOpenOption.READ);
        FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
      long size = in.size();
      if (size - out.size() > Files.getFileStore(file).getUsableSpace()) {
        throw new FileSystemException(file.toString(), null, "No space left on device");
      }
      long done = 0;
      while (done < size) {
        done += in.transferTo(done, size - done, out);
      }
      out.truncate(size);
      out.force(true);
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

  private static MosException unwritable(Path target, IOException e) {
    return new MosException("cannot write " + target + ": " + describe(e), e);
  }

  /**
   * The cause of an input or output error in words, without the class name where it says enough.
   */
  public static String describe(IOException e) {
    String name = e.getClass().getSimpleName();
    return switch (name) {
      case "NoSuchFileException" -> "no such file or folder";
      case "AccessDeniedException" -> "permission denied";
      case "FileSystemException" ->
          ((FileSystemException) e).getReason() == null
              ? e.getMessage()
              : ((FileSystemException) e).getReason();
      case "IOException" -> e.getMessage();
      case "FileAlreadyExistsException" -> e.getMessage() + " is in the way";
      case "NotDirectoryException" -> e.getMessage() + " is not a folder";
      case "EOFException" -> e.getMessage() == null ? "it ends early" : e.getMessage();
      case "MalformedInputException", "UnmappableCharacterException" -> "not valid UTF-8";
      default -> name + ": " + e.getMessage();
    };
  }
}
