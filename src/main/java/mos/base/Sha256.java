package mos.base;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** SHA-256 in hexadecimal digits. */
public final class Sha256 {
  /** What a hash of {@link #sampled} starts with. */
  public static final String SAMPLED = "sampled:";

  private static final int SAMPLES = 256;
  private static final int SAMPLE = 1 << 16;

  private Sha256() {}

  /** A new digest, for content that comes in parts. */
  public static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** The digits of what {@code digest} was given. */
  public static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Of a text's UTF-8. */
  public static String of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  public static String of(byte[] bytes) {
    MessageDigest digest = digest();
    digest.update(bytes);
    return hex(digest);
  }

  /**
   * Of the names and contents of files, in their order; folders do not matter.
   *
   * @throws MosException when one cannot be read
   */
  public static String of(List<Path> files) {
    MessageDigest digest = digest();
    for (Path file : files) {
      digest.update((file.getFileName() + "\n").getBytes(StandardCharsets.UTF_8));
      add(file, digest);
    }
    return hex(digest);
  }

  /**
   * Of the names, sizes and {@value #SAMPLES} pieces of files, of each 64 KiB, evenly spread, first
   * and last one included: in time that does not depend on their sizes. Small files are read whole.
   *
   * @throws MosException when one cannot be read
   */
  public static String sampled(List<Path> files) {
    MessageDigest digest = digest();
    ByteBuffer piece = ByteBuffer.allocate(SAMPLE);
    for (Path file : files) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        long size = channel.size();
        digest.update((file.getFileName() + " " + size + "\n").getBytes(StandardCharsets.UTF_8));
        long step = Math.max(SAMPLE, (size - SAMPLE) / (SAMPLES - 1));
        for (long position = 0; position < size; position += step) {
          piece.clear();
          while (piece.hasRemaining() && channel.read(piece, position + piece.position()) >= 0) {
            continue; // until it is full or the file ends
          }
          digest.update(piece.flip());
        }
      } catch (IOException e) {
        throw new MosException("cannot read " + file + ": " + AtomicFile.describe(e), e);
      }
    }
    return SAMPLED + hex(digest);
  }

  /** Of the content of one file. */
  public static String of(Path file) {
    MessageDigest digest = digest();
    add(file, digest);
    return hex(digest);
  }

  private static void add(Path file, MessageDigest digest) {
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new MosException("cannot read " + file + ": " + AtomicFile.describe(e), e);
    }
  }
}
