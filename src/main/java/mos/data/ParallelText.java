package mos.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import mos.base.LineReader;
import mos.base.MosException;

/** Two texts read side by side, line by line. */
final class ParallelText implements AutoCloseable {
  private static final int PIECE_LINES = 1000;
  private static final int PIECE_BYTES = 1 << 20;

  private final LineReader source;
  private final LineReader target;

  /**
   * Successive lines of both sides, equally many, as bytes: whoever works on them decodes them.
   *
   * @param before lines before them
   */
  record Piece(
      List<byte[]> source, List<byte[]> target, String sourceName, String targetName, long before) {
    int size() {
      return source.size();
    }

    /** A line of the source. */
    String sourceLine(int i) {
      return LineReader.decode(source.get(i), sourceName, before + i + 1);
    }

    /** A line of the target. */
    String targetLine(int i) {
      return LineReader.decode(target.get(i), targetName, before + i + 1);
    }
  }

  ParallelText(Path sourceFile, Path targetFile) {
    source = LineReader.of(sourceFile);
    try {
      target = LineReader.of(targetFile);
    } catch (MosException e) {
      source.close();
      throw e;
    }
  }

  /**
   * The text of one language: {@code PREFIX.LANGUAGE}, or the same with {@code .gz}.
   *
   * @throws MosException when there is neither
   */
  static Path file(Path prefix, String language) {
    Path plain = prefix.resolveSibling(prefix.getFileName() + "." + language);
    Path packed = prefix.resolveSibling(plain.getFileName() + ".gz");
    if (!Files.exists(plain) && !Files.exists(packed)) {
      throw new MosException("no text " + plain + " (or " + packed.getFileName() + ")");
    }
    return Files.exists(plain) ? plain : packed;
  }

  /**
   * Leaves out so many pairs.
   *
   * @throws MosException when there are fewer
   */
  void skip(long pairs) {
    for (long i = 0; i < pairs; i++) {
      if (source.readBytes() == null || target.readBytes() == null) {
        throw unequal();
      }
    }
  }

  /**
   * Some more lines, or null after the last ones.
   *
   * @throws MosException when the sides have different numbers of lines
   */
  Piece next() {
    Piece piece =
        new Piece(
            new ArrayList<>(), new ArrayList<>(), source.name(), target.name(), source.lines());
    int bytes = 0;
    while (piece.size() < PIECE_LINES && bytes < PIECE_BYTES) {
      byte[] sourceLine = source.readBytes();
      byte[] targetLine = target.readBytes();
      if (sourceLine == null && targetLine == null) {
        break;
      }
      if (sourceLine == null || targetLine == null) {
        checkLast(piece, sourceLine, source);
        checkLast(piece, targetLine, target);
        throw unequal();
      }
      piece.source.add(sourceLine);
      piece.target.add(targetLine);
      bytes += sourceLine.length + targetLine.length;
    }
    return piece.size() == 0 ? null : piece;
  }

  /** What is no text explains more than that the sides differ. */
  private static void checkLast(Piece piece, byte[] line, LineReader side) {
    for (int i = 0; i < piece.size(); i++) {
      piece.sourceLine(i);
      piece.targetLine(i);
    }
    if (line != null) {
      LineReader.decode(line, side.name(), side.lines());
    }
  }

  private MosException unequal() {
    for (LineReader reader : List.of(source, target)) {
      byte[] line;
      do {
        // The reader counts the lines that are left.
        line = reader.readBytes();
      } while (line != null);
    }
    return new MosException(
        "the two sides must have equally many lines: "
            + source.name()
            + " has "
            + source.lines()
            + ", "
            + target.name()
            + " has "
            + target.lines());
  }

  @Override
  public void close() {
    try (source;
        target) {
      return;
    }
  }
}
