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
  private static final int PIECE_CHARS = 1 << 20;

  private final LineReader source;
  private final LineReader target;

  /** Successive lines of both sides, equally many. */
  record Piece(List<String> source, List<String> target) {
    int size() {
      return source.size();
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
   * Some more lines, or null after the last ones.
   *
   * @throws MosException when the sides have different numbers of lines
   */
  Piece next() {
    Piece piece = new Piece(new ArrayList<>(), new ArrayList<>());
    int chars = 0;
    while (piece.size() < PIECE_LINES && chars < PIECE_CHARS) {
      String sourceLine = source.readLine();
      String targetLine = target.readLine();
      if (sourceLine == null && targetLine == null) {
        break;
      }
      if (sourceLine == null || targetLine == null) {
        throw unequal();
      }
      piece.source.add(sourceLine);
      piece.target.add(targetLine);
      chars += sourceLine.length() + targetLine.length();
    }
    return piece.size() == 0 ? null : piece;
  }

  private MosException unequal() {
    for (LineReader reader : List.of(source, target)) {
      String line;
      do {
        // The reader counts the lines that are left.
        line = reader.readLine();
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
