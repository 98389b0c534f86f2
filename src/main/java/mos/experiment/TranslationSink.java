package mos.experiment;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.function.Supplier;
import mos.results.TranslationFigures;

/** Where the translations of a set go: to files, or what is printed to a stream. */
@FunctionalInterface
public interface TranslationSink {
  /**
   * Takes them, when all are there.
   *
   * @param printed the lines to print, UTF-8
   * @param madeWith versions and hashes, which take time to find
   */
  void take(
      Translations translations,
      ByteArrayOutputStream printed,
      TranslationFigures figures,
      Supplier<Map<String, String>> madeWith);

  /** What is printed, to a stream such as standard output. */
  static TranslationSink to(PrintStream out) {
    return (translations, printed, figures, madeWith) -> {
      out.writeBytes(printed.toByteArray());
      out.flush();
    };
  }
}
