package mos.experiment;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import mos.base.AtomicFile;
import mos.results.Made;
import mos.results.ResultJson;
import mos.results.TranslationFigures;

/**
 * Files of translations: tokens ({@code .hyp.tok}, {@code .ref.tok}) and plain text ({@code
 * .hyp.txt}, {@code .ref.txt}, {@code .src.txt}), ready for {@code score}; what is printed ({@code
 * .out}); and last their description, {@code .json}.
 *
 * @param prefix folder and start of their names
 * @param told the settings that they were asked for with, by key, for the description
 */
public record TranslationFiles(Path prefix, Map<String, Object> told) implements TranslationSink {
  /** Those that have a prefix, to be read. */
  public static TranslationFiles of(Path prefix) {
    return new TranslationFiles(prefix, Map.of());
  }

  /** The file with an ending, such as {@code .hyp.txt}. */
  public Path file(String ending) {
    return prefix.resolveSibling(prefix.getFileName() + ending);
  }

  /** All of them. */
  public List<Path> all() {
    return Stream.of(".hyp.tok", ".ref.tok", ".src.txt", ".hyp.txt", ".ref.txt", ".out", ".json")
        .map(this::file)
        .toList();
  }

  @Override
  public void take(
      Translations translations,
      ByteArrayOutputStream printed,
      TranslationFigures figures,
      Supplier<Map<String, String>> madeWith) {
    write(".hyp.tok", translations.tokens());
    write(".ref.tok", translations.referenceTokens());
    write(".src.txt", translations.sources());
    write(".hyp.txt", translations.plain());
    write(".ref.txt", translations.references());
    AtomicFile.write(file(".out"), printed::writeTo);
    // Last, so that translations with a description are complete.
    ResultJson.write(file(".json"), figures.described(Made.of(madeWith.get(), told)));
  }

  private void write(String ending, List<String> lines) {
    AtomicFile.writeString(file(ending), String.join("\n", lines) + "\n");
  }
}
