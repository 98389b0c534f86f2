package mos.text;

import java.nio.file.Path;
import java.util.List;
import mos.base.LineReader;

/** Files that users give with one entry a line. */
final class ListFile {
  private ListFile() {}

  /**
   * The lines, without the carriage returns of Windows.
   *
   * @throws mos.base.MosException when the file cannot be read, or is no UTF-8
   */
  static List<String> lines(Path file) {
    return LineReader.all(file).stream().map(ListFile::withoutReturn).toList();
  }

  private static String withoutReturn(String line) {
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }
}
