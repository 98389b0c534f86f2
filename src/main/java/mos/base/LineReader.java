package mos.base;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * The lines of a text in UTF-8, the same for every command.
 *
 * <p>Only {@code \n} ends a line, see {@link LineBytes}; the last one may lack it, and a text
 * without bytes has no lines. A byte order mark before the first line is no part of it. All else is
 * part of its line: carriage returns, NUL and the separators of Unicode, most of which divide words
 * as white space.
 */
public final class LineReader implements AutoCloseable {
  /** No sentence is longer; a file without line ends must not fill the memory. */
  static final int MAX_LINE_BYTES = 1 << 24;

  private static final String BYTE_ORDER_MARK = "\ufeff";

  /** What malformed bytes become, or what was written so. */
  private static final char REPLACEMENT = '\ufffd';

  private final String name;
  private final LineBytes in;
  private final CharsetDecoder decoder;
  private final int longest;
  private long lines;

  private LineReader(String name, InputStream in, CodingErrorAction malformed, int longest) {
    this.name = name;
    this.in = new LineBytes(in);
    this.decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(malformed)
            .onUnmappableCharacter(malformed);
    this.longest = longest;
  }

  /**
   * Opens a file, through gzip where its name ends in {@code .gz}; what is not UTF-8 is refused.
   *
   * @throws MosException when it cannot be opened
   */
  public static LineReader of(Path file) {
    InputStream opened = null;
    try {
      opened = Files.newInputStream(file);
      boolean packed = file.getFileName().toString().endsWith(".gz");
      return of(packed ? new GZIPInputStream(opened, 1 << 16) : opened, file.toString());
    } catch (IOException e) {
      closeQuietly(opened, e);
      throw unreadable(file.toString(), e);
    }
  }

  /** Reads a stream, which is closed with this; what is not UTF-8 is refused. */
  public static LineReader of(InputStream in, String name) {
    return new LineReader(name, in, CodingErrorAction.REPORT, MAX_LINE_BYTES);
  }

  /** Reads the lines of a text that is here. */
  public static LineReader ofText(String text, String name) {
    return of(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), name);
  }

  /** Reads a stream that may be anything: what is not UTF-8 becomes U+FFFD. */
  public static LineReader lenient(InputStream in, String name) {
    return new LineReader(name, in, CodingErrorAction.REPLACE, Integer.MAX_VALUE);
  }

  /** All lines of a file, as {@link #of(Path)} reads them. */
  public static List<String> all(Path file) {
    List<String> all = new ArrayList<>();
    try (LineReader reader = of(file)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        all.add(line);
      }
    }
    return all;
  }

  /** The text without a byte order mark at its start. */
  public static String withoutMark(String text) {
    return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
  }

  /** What is read, for messages. */
  public String name() {
    return name;
  }

  /** How many lines were read. */
  public long lines() {
    return lines;
  }

  /** Where the last line was: {@code NAME:NUMBER}, counted from 1. */
  public String where() {
    return name + ":" + lines;
  }

  /** Where the next line starts, in bytes of the (unpacked) text. */
  public long offset() {
    return in.offset();
  }

  /**
   * The next line without its end, or null after the last one.
   *
   * @throws MosException naming file and line when it is not UTF-8 or absurdly long
   */
  public String readLine() {
    byte[] line = readBytes();
    return line == null ? null : decoded(line);
  }

  /** The same as its bytes, which {@link #decode} makes text of. */
  public byte[] readBytes() {
    byte[] line;
    try {
      line = in.next(longest);
    } catch (IOException e) {
      throw unreadable(name, e);
    }
    lines += line == null ? 0 : 1;
    return line;
  }

  /**
   * What {@link #readLine} of a file gives for bytes of {@link #readBytes}; any thread may ask.
   *
   * @param name of the file
   * @param number of the line, from 1
   * @throws MosException as {@link #readLine}
   */
  public static String decode(byte[] line, String name, long number) {
    checkLength(line, MAX_LINE_BYTES, name, number);
    String text = new String(line, StandardCharsets.UTF_8);
    if (text.indexOf(REPLACEMENT) >= 0) {
      text = decoded(line, StandardCharsets.UTF_8.newDecoder(), name, number);
    }
    return number == 1 ? withoutMark(text) : text;
  }

  private String decoded(byte[] line) {
    checkLength(line, longest, name, lines);
    String text = decoded(line, decoder, name, lines);
    return lines == 1 ? withoutMark(text) : text;
  }

  private static void checkLength(byte[] line, int longest, String name, long number) {
    if (line.length > longest) {
      throw new MosException(
          name + ":" + number + ": the line is longer than " + longest + " bytes; is this text?");
    }
  }

  /** A new decoder reports what is malformed. */
  private static String decoded(byte[] line, CharsetDecoder decoder, String name, long number) {
    try {
      return decoder.decode(ByteBuffer.wrap(line)).toString();
    } catch (CharacterCodingException e) {
      throw new MosException(name + ":" + number + ": not valid UTF-8", e);
    }
  }

  private static MosException unreadable(String name, IOException e) {
    return new MosException("cannot read " + name + ": " + AtomicFile.describe(e), e);
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw unreadable(name, e);
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
