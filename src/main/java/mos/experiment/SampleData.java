package mos.experiment;

import java.nio.file.Path;
import java.util.List;
import mos.base.FolderLock;
import mos.data.ParallelCorpus;
import mos.data.PreprocessOptions;
import mos.data.Preprocessor;
import mos.distributed.Processes;
import mos.results.PreprocessFigures;
import mos.sample.SampleCorpus;
import mos.sample.SampleCorpusSettings;
import mos.translation.StandardText;

/**
 * Makes the data of the embedded task: text from CLDR, then the ordinary preprocessing. The same
 * seed gives the same bytes.
 *
 * @param folder for the data; the text goes to its folder raw
 * @param seed of the text
 * @param bpeOperations merges to learn, at least 1
 */
public record SampleData(Path folder, long seed, int bpeOperations)
    implements Experiment<PreprocessFigures> {
  private static final ParallelCorpus.LanguagePair LANGUAGES =
      new ParallelCorpus.LanguagePair("en", "de");

  /** Symbols of a dictionary are a multiple of this. */
  private static final int PADDING = 8;

  @Override
  public PreprocessFigures run(Processes processes) {
    try (FolderLock lock = FolderLock.of(folder)) {
      Path raw = folder.resolve("raw");
      SampleCorpus.write(raw, SampleCorpusSettings.withSeed(seed));
      return new Preprocessor(options(raw), new StandardText(), new PreprocessProgress()).run();
    }
  }

  private PreprocessOptions options(Path raw) {
    PreprocessOptions.DictionaryOptions all = new PreprocessOptions.DictionaryOptions(-1, 0, null);
    return new PreprocessOptions(
        LANGUAGES,
        new PreprocessOptions.Inputs(
            raw.resolve("train"), List.of(raw.resolve("valid")), List.of(raw.resolve("test"))),
        folder,
        new PreprocessOptions.Text(
            false, PreprocessOptions.Tokenizer.MOSES, bpeOperations, null, false),
        PreprocessOptions.Cleaning.NONE,
        new PreprocessOptions.Vocabulary(true, all, all, PADDING),
        Runtime.getRuntime().availableProcessors());
  }
}
