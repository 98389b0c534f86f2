package mos.fetch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import mos.base.AtomicFile;
import mos.base.Json;
import mos.base.MosException;

/**
 * An unfinished download: {@code NAME.part} with the first bytes and {@code NAME.part.json} with
 * where they come from, so that bytes of two versions of a remote file are never joined. Locked
 * while open.
 */
final class PartFile implements AutoCloseable {
  private final Path target;
  private final Path part;
  private final Path side;
  private final FileChannel channel;

  /**
   * Where bytes come from.
   *
   * @param validator ETag or Last-Modified, for the header If-Range; empty when the server gives
   *     neither
   */
  record Origin(String url, String validator) {}

  private PartFile(Path target, Path part, FileChannel channel) {
    this.target = target;
    this.part = part;
    this.side = part.resolveSibling(part.getFileName() + ".json");
    this.channel = channel;
  }

  static PartFile open(Path target) {
    Path part = target.resolveSibling(target.getFileName() + ".part");
    try {
      Path file = AtomicFile.continued(part);
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!locked(channel)) {
        channel.close();
        throw new MosException(part + ": another download is writing this file");
      }
      PartFile opened = new PartFile(target, part, channel);
      if (channel.size() > 0 && !Files.exists(opened.side)) {
        channel.close();
        throw new MosException(
            part + ": is there and not from here (no " + opened.side + "); move it away");
      }
      return opened;
    } catch (IOException e) {
      throw new MosException("cannot write " + part + ": " + AtomicFile.describe(e), e);
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  /** Bytes present. */
  long size() {
    try {
      return channel.size();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** The validator with which the rest may be asked for; empty when only a fresh start will do. */
  String validatorFor(String url) {
    if (size() == 0 || !Files.isRegularFile(side)) {
      return "";
    }
    try {
      JsonNode origin = Json.read(side);
      return origin.path("url").asText().equals(url) ? origin.path("validator").asText() : "";
    } catch (MosException e) {
      // An unreadable side file costs the bytes it describes, no more.
      return "";
    }
  }

  /** Forgets the bytes present; the next ones come from {@code origin}. */
  void restart(Origin origin) {
    try {
      channel.truncate(0);
    } catch (IOException e) {
      throw failed(e);
    }
    ObjectNode json = Json.object().put("url", origin.url()).put("validator", origin.validator());
    AtomicFile.writeString(side, Json.line(json));
  }

  void append(byte[] bytes, int length) {
    try {
      ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
      long at = channel.size();
      while (buffer.hasRemaining()) {
        at += channel.write(buffer, at);
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /**
   * Checks the bytes and moves them to the target. What does not match is deleted: the next try
   * would only continue it.
   */
  void finish(Expected expected) {
    try {
      if (expected.size() >= 0 && size() != expected.size()) {
        throw wrong("size", size() + " bytes", expected.size() + " bytes");
      }
      if (!expected.sha256().isEmpty()) {
        String got = sha256(part);
        if (!got.equals(expected.sha256())) {
          throw wrong("SHA-256", got, expected.sha256());
        }
      }
      channel.force(true);
      // Windows moves no open file.
      channel.close();
      AtomicFile.move(part, target);
      Files.deleteIfExists(side);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private MosException wrong(String what, String got, String need) throws IOException {
    channel.close();
    Files.deleteIfExists(part);
    Files.deleteIfExists(side);
    return new MosException(
        target + ": " + what + ": got " + got + ", need " + need + "; the download is deleted");
  }

  /** SHA-256 of a file in hexadecimal digits. */
  static String sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file);
        DigestInputStream digesting =
            new DigestInputStream(in, MessageDigest.getInstance("SHA-256"))) {
      byte[] buffer = new byte[1 << 16];
      int read = 0;
      while (read >= 0) {
        read = digesting.read(buffer);
      }
      return HexFormat.of().formatHex(digesting.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** Bytes that the disk still has room for. */
  long room() {
    try {
      return Files.getFileStore(part).getUsableSpace();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private MosException failed(IOException e) {
    return new MosException("cannot write " + part + ": " + AtomicFile.describe(e), e);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw failed(e);
    }
  }
}
