package mos.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import mos.base.LineReader;
import mos.base.MosException;
import mos.beam.Hypothesis;
import mos.data.ParallelCorpus;
import mos.data.PreprocessListener;
import mos.data.PreprocessOptions;
import mos.data.Preprocessor;
import mos.data.TextTools;
import mos.metrics.Bleu;
import mos.metrics.SacreBleu;
import mos.results.ScoreFigures;
import mos.results.TranslationFigures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Translations that repeat their references, of which the dictionary knows a part. */
class TranslationsTest {
  /** The carriage return is inside of a sentence. */
  private static final String TEST = "a b new c d\rother a b c\na b c d - a\n";

  private static final TranslationFigures FIGURES =
      new TranslationFigures(
          ScoreFigures.NONE, "test", 4, 0.6, 2, 0, TranslationFigures.Speed.NONE, null);

  @TempDir Path folder;

  private DataFolder data() throws IOException {
    for (String language : List.of("en", "de")) {
      Files.writeString(folder.resolve("train." + language), "a b c d\na - b\n");
      Files.writeString(folder.resolve("test." + language), TEST);
    }
    PreprocessOptions.DictionaryOptions all = new PreprocessOptions.DictionaryOptions(-1, 0, null);
    PreprocessOptions options =
        new PreprocessOptions(
            new ParallelCorpus.LanguagePair("en", "de"),
            new PreprocessOptions.Inputs(
                folder.resolve("train"), List.of(), List.of(folder.resolve("test"))),
            folder.resolve("data"),
            new PreprocessOptions.Text(false, PreprocessOptions.Tokenizer.NONE, 0, null, false),
            PreprocessOptions.Cleaning.NONE,
            new PreprocessOptions.Vocabulary(false, all, all, 8),
            1);
    new Preprocessor(options, TextTools.none(), PreprocessListener.SILENT).run();
    return open();
  }

  private DataFolder open() {
    return DataFolder.open(DataSource.of(folder.resolve("data")));
  }

  private static Translations echoed(DataFolder data) {
    try (ParallelCorpus corpus = data.split("test");
        TranslationText text = new TranslationText(data, corpus, "test", List.of(0, 1))) {
      for (int i : new int[] {1, 0}) {
        int[] ids = corpus.target().get(i);
        text.add(i, List.of(new Hypothesis(ids, 0, new float[ids.length])));
      }
      return text.all();
    }
  }

  @Test
  void unknownWordsMatchNothingAndFilesScoreAsTheyWereScored() throws IOException {
    DataFolder data = data();
    Translations translations = echoed(data);
    assertThat(translations.tokens()).containsExactly("a b <unk> c d <unk> a b c", "a b c d - a");
    assertThat(translations.referenceTokens().get(0)).isEqualTo("a b <<unk>> c d <<unk>> a b c");
    assertThat(translations.references()).containsExactlyElementsOf(List.of(TEST.split("\n")));
    ScoreFigures scores = translations.scores();
    assertThat(scores.bleuLine()).startsWith("BLEU = ").contains(" 86.7/");
    Path prefix = folder.resolve("out/t");
    TranslationFiles files = TranslationFiles.of(prefix);
    files.take(translations, new ByteArrayOutputStream(), FIGURES, () -> Map.of("version", "1"));
    assertThat(files.all()).allSatisfy(file -> assertThat(file).exists());
    List<String> system = LineReader.all(files.file(".hyp.tok"));
    List<String> reference = LineReader.all(files.file(".ref.tok"));
    assertThat(Bleu.of(system, reference).line()).isEqualTo(scores.bleuLine());
    assertThat(
            SacreBleu.of(
                    LineReader.all(files.file(".hyp.txt")),
                    LineReader.all(files.file(".ref.txt")),
                    false)
                .line())
        .isEqualTo(scores.sacrebleuLine());
  }

  /** The corpus is unmapped behind it: a thread that reads on would end the process. */
  @Test
  void closingWaitsForThreadsThatReadTheCorpus() throws IOException {
    DataFolder data = data();
    Files.delete(folder.resolve("data/test.raw.de"));
    for (int i = 0; i < 20; i++) {
      try (ParallelCorpus corpus = data.split("test");
          TranslationText text = new TranslationText(data, corpus, "test", List.of(0, 1))) {
        text.add(0, List.of());
      }
      Thread.getAllStackTraces()
          .forEach(
              (thread, calls) -> {
                if (thread.getName().equals(TranslationText.THREAD)) {
                  assertThat(calls).noneMatch(call -> call.getClassName().startsWith("mos."));
                }
              });
    }
  }

  /** Known before anything is translated. */
  @Test
  void rawTextOfAnotherLengthIsRefused() throws IOException {
    DataFolder data = data();
    Files.writeString(folder.resolve("data/test.raw.de"), "one line\n");
    try (ParallelCorpus corpus = data.split("test")) {
      assertThatThrownBy(() -> new TranslationText(data, corpus, "test", List.of(0, 1)))
          .isInstanceOf(MosException.class)
          .hasMessageContaining("test.raw.de: got 1 lines, need 2");
    }
  }

  @Test
  void referencesOfTokensShareNothingWithUnknownWordsEither() throws IOException {
    DataFolder data = data();
    Files.delete(folder.resolve("data/test.raw.de"));
    Translations translations = echoed(data);
    assertThat(translations.plain().get(0)).contains("<unk>");
    assertThat(translations.references().get(0)).doesNotContain("<", "unk");
  }

  @Test
  void foldersOfOtherVersionsAreRefused() throws IOException {
    DataFolder data = data();
    Path file = folder.resolve("data").resolve(Preprocessor.DESCRIPTION);
    String text = Files.readString(file);
    for (String other :
        List.of(
            text.replaceFirst("\"format\" : 1", "\"format\" : 2"),
            text.replaceFirst("\"tokenizer\" : \"none\"", "\"tokenizer\" : \"other\""))) {
      assertThat(other).isNotEqualTo(text);
      Files.writeString(file, other);
      assertThatThrownBy(() -> data.rawText())
          .isInstanceOf(MosException.class)
          .hasMessageContaining("this version knows");
    }
    Files.writeString(file, "\ufeff" + text);
    assertThat(data.rawText().encode().apply("a b")).isEqualTo("a b");
  }
}
