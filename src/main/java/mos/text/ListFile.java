package mos.text;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import mos.base.ConfigurationException;

/** Files that users give with one entry a line. */
final class ListFile {
  private static final String BYTE_ORDER_MARK = "\ufeff";

  private ListFile() {}

  /**
   * The lines, without a byte order mark and without the carriage returns of Windows.
   *
   * @throws ConfigurationException when a line is no UTF-8
   * @throws mos.base.MosException when the file cannot be read
   */
  static List<String> lines(Path file) {
    try (Stream<String> lines = LineReader.lines(file)) {
      List<String> all = lines.map(ListFile::withoutReturn).toList();
      for (int i = 0; i < all.size(); i++) {
        if (all.get(i).indexOf('\ufffd') >= 0) {
          throw new ConfigurationException(file + ":" + (i + 1) + ": must be UTF-8, and is not");
        }
      }
      return all;
    }
  }

  private static String withoutReturn(String line) {
    String text = line.startsWith(BYTE_ORDER_MARK) ? line.substring(1) : line;
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }
}
