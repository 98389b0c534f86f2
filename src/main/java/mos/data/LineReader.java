package mos.data;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import mos.base.AtomicFile;
import mos.base.LineBytes;
import mos.base.MosException;

/** Lines of a file in UTF-8, see {@link LineBytes}; what is not UTF-8 is refused. */
final class LineReader implements Closeable {
  /** No sentence is longer; a file without line ends must not fill the memory. */
  static final int MAX_LINE_BYTES = 1 << 24;

  private final Path file;
  private final LineBytes in;
  private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
  private long lines;

  /** Opens {@code file}, through gzip where its name ends in {@code .gz}. */
  LineReader(Path file) {
    this.file = file;
    InputStream opened = null;
    try {
      opened = Files.newInputStream(file);
      boolean packed = file.getFileName().toString().endsWith(".gz");
      in = new LineBytes(packed ? new GZIPInputStream(opened, 1 << 16) : opened);
    } catch (IOException e) {
      closeQuietly(opened, e);
      throw unreadable(e);
    }
  }

  Path file() {
    return file;
  }

  /** How many lines were read. */
  long lines() {
    return lines;
  }

  /** Where the next line starts, in bytes of the (unpacked) text. */
  long offset() {
    return in.offset();
  }

  /**
   * The next line without its end, or null after the last one.
   *
   * @throws MosException naming file and line when it is not UTF-8 or absurdly long
   */
  String readLine() {
    byte[] line;
    try {
      line = in.next(MAX_LINE_BYTES);
    } catch (IOException e) {
      throw unreadable(e);
    }
    return line == null ? null : decoded(line);
  }

  private String decoded(byte[] line) {
    if (line.length > MAX_LINE_BYTES) {
      throw new MosException(
          where() + ": the line is longer than " + MAX_LINE_BYTES + " bytes; is this text?");
    }
    try {
      String text = decoder.decode(ByteBuffer.wrap(line)).toString();
      lines++;
      return text;
    } catch (CharacterCodingException e) {
      throw new MosException(where() + ": not valid UTF-8", e);
    }
  }

  private String where() {
    return file + ":" + (lines + 1);
  }

  private MosException unreadable(IOException e) {
    return new MosException("cannot read " + file + ": " + AtomicFile.describe(e), e);
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private static void closeQuietly(InputStream in, IOException cause) {
    if (in != null) {
      try {
        in.close();
      } catch (IOException e) {
        cause.addSuppressed(e);
      }
    }
  }
}
