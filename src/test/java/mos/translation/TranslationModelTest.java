package mos.translation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.beam.Hypothesis;
import mos.beam.TranslationOptions;
import mos.beam.Translator;
import mos.data.Dictionary;
import mos.data.ParallelCorpus;
import mos.data.PreprocessListener;
import mos.data.PreprocessOptions;
import mos.data.Preprocessor;
import mos.data.TokenizerLists;
import mos.port.ExportedModel;
import mos.tensor.Precision;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import mos.text.BpeEncoder;
import mos.text.MosesDetokenizer;
import mos.text.MosesTokenizer;
import mos.text.NonbreakingPrefixes;
import mos.text.ProtectedPatterns;
import mos.text.TokenizerOptions;
import mos.translate.TorchTranslator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TranslationModelTest {
  private static final String ENGLISH = "Foo. The cat's mat, at 11:00!\nDr. Who isn't (5) here.\n";
  private static final String FINNISH = "Kissan matto: EU:n klo 11:00!\nTri. Kuka (5) ei ole.\n";
  private static final TranslationOptions FOUR_BEST = TranslationModel.options(5, 1, 4);

  @TempDir private static Path folder;
  private static Path exported;

  /** Preprocesses two sentences, and exports a model of random weights with the data. */
  @BeforeAll
  static void exportModel() throws IOException {
    Files.writeString(folder.resolve("t.en"), ENGLISH);
    Files.writeString(folder.resolve("t.fi"), FINNISH);
    Path list = Files.writeString(folder.resolve("list"), "Foo\n");
    Path patterns = Files.writeString(folder.resolve("patterns"), "\\d+:\\d+\n");
    Path data = folder.resolve("data");
    PreprocessOptions.DictionaryOptions all = new PreprocessOptions.DictionaryOptions(-1, 0, null);
    PreprocessOptions options =
        new PreprocessOptions(
            new ParallelCorpus.LanguagePair("en", "fi"),
            new PreprocessOptions.Inputs(folder.resolve("t"), List.of(), List.of()),
            data,
            new PreprocessOptions.Text(
                true,
                PreprocessOptions.Tokenizer.MOSES,
                20,
                null,
                false,
                new TokenizerLists(Map.of("en", list), Optional.of(patterns))),
            PreprocessOptions.Cleaning.NONE,
            new PreprocessOptions.Vocabulary(true, all, all, 8),
            1);
    new Preprocessor(options, new StandardText(), PreprocessListener.SILENT).run();
    exported = folder.resolve("model");
    export(Optional.of(data), exported);
  }

  private static void export(Optional<Path> data, Path to) {
    Path dictionary = folder.resolve("data/dict.en.txt");
    RandomModel.export(Dictionary.load(dictionary), "en", "fi", data, to);
  }

  @Test
  void theFolderHasAllThatRawTextNeeds() {
    assertThat(exported)
        .isDirectoryContaining("glob:**/{dict.en.txt,dict.fi.txt}")
        .isDirectoryContaining("glob:**/codes")
        .isDirectoryContaining("glob:**/preprocess.json")
        .isDirectoryContaining("glob:**/nonbreaking_prefix.en")
        .isDirectoryContaining("glob:**/protected-patterns");
  }

  @Test
  void rawTextIsTranslatedAsByItsParts() {
    String line = "Foo. The mat isn’t here: (11:00)";
    TokenizerOptions tokenizer =
        TokenizerOptions.DEFAULTS.with(
            Optional.of(NonbreakingPrefixes.read(folder.resolve("list"))),
            ProtectedPatterns.read(folder.resolve("patterns")));
    String tokens = new MosesTokenizer("en", tokenizer).tokenize(line.replace('’', '\''));
    assertThat(tokens).isEqualTo("Foo. The mat isn &apos;t here : ( 11:00 )");
    try (TranslationModel model = TranslationModel.load(exported, "cpu");
        ExportedModel same = ExportedModel.load(exported, Tensors.cpu());
        Scope scope = Scope.open();
        Translator translator =
            new TorchTranslator(
                same.model().derive(same.architecture(), Precision.FP32), FOUR_BEST)) {
      Dictionary dictionary = Dictionary.load(exported.resolve("dict.en.txt"));
      RawText text = RawText.of(exported, "en", "fi");
      assertThat(BpeEncoder.remove(text.encode().apply(line))).isEqualTo(tokens);
      List<Hypothesis> expected =
          translator.translate(List.of(dictionary.encode(text.encode().apply(line)))).get(0);
      Translation translation = model.translate(List.of(line), FOUR_BEST).get(0);
      MosesDetokenizer detokenizer = new MosesDetokenizer("fi");
      assertThat(translation.nBest())
          .hasSize(4)
          .extracting(Translation.Alternative::text)
          .containsExactlyElementsOf(
              expected.stream()
                  .map(h -> detokenizer.detokenize(dictionary.string(h.tokens(), true)))
                  .toList());
      assertThat(translation.nBest())
          .extracting(Translation.Alternative::score)
          .containsExactlyElementsOf(expected.stream().map(Hypothesis::score).toList());
      assertThat(translation.text()).isEqualTo(translation.nBest().get(0).text()).isNotEmpty();
      assertThat(translation.score()).isNegative();
      assertThat(model.sourceLanguage() + model.targetLanguage()).isEqualTo("enfi");
    }
  }

  @Test
  void emptyLinesStayEmptyAndOthersKeepTheirPlace() {
    try (TranslationModel model = TranslationModel.load(exported, "cpu")) {
      String one = model.translate("The cat").text();
      List<Translation> all =
          model.translate(List.of("", "The cat", " \t", "Foo. (5) The mat", ""));
      assertThat(all).extracting(Translation::text).element(1).isEqualTo(one);
      assertThat(all).hasSize(5);
      for (int empty : new int[] {0, 2, 4}) {
        assertThat(all.get(empty)).isEqualTo(Translation.EMPTY);
      }
      assertThat(model.translate(List.of())).isEmpty();
    }
  }

  @Test
  void severalThreadsGetWhatOneGets() throws Exception {
    List<String> lines = List.of("The cat", "Dr. Who", "at 11:00 !", "(5) mat");
    ExecutorService threads = Executors.newFixedThreadPool(3);
    TranslationModel model = TranslationModel.load(exported, "cpu");
    try {
      List<Translation> expected = model.translate(lines, FOUR_BEST);
      List<Future<List<Translation>>> futures = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        boolean four = i % 2 == 0;
        futures.add(
            threads.submit(
                () -> four ? model.translate(lines, FOUR_BEST) : model.translate(lines)));
      }
      for (int i = 0; i < 6; i += 2) {
        assertThat(futures.get(i).get()).isEqualTo(expected);
        assertThat(futures.get(i + 1).get()).isEqualTo(futures.get(1).get());
      }
      threads.submit(model::close).get();
    } finally {
      threads.shutdown();
    }
    model.close();
    assertThatThrownBy(() -> model.translate("x"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void aLineThatIsTooLongIsNamed() {
    try (TranslationModel model = TranslationModel.load(exported, "cpu")) {
      assertThatThrownBy(() -> model.translate(List.of("a", "cat ".repeat(2000))))
          .isInstanceOf(MosException.class)
          .hasMessageContaining("line 2")
          .hasMessageContaining("must be at most 1024");
    }
  }

  @Test
  void whatCannotBeLoadedIsNamed() throws IOException {
    assertThatThrownBy(() -> TranslationModel.load(folder.resolve("none")))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("none")
        .hasMessageContaining("no such folder");
    assertThatThrownBy(() -> TranslationModel.load(folder.resolve("data"), "cpu"))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("config.json");
    assertThatThrownBy(() -> TranslationModel.load(exported, "tpu"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("tpu");
    Path bare = folder.resolve("bare");
    export(Optional.empty(), bare);
    assertThatThrownBy(() -> TranslationModel.load(bare, "cpu"))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("dict.en.txt")
        .hasMessageContaining("--data");
    Path other = folder.resolve("other");
    export(Optional.of(folder.resolve("data")), other);
    Files.writeString(other.resolve("dict.fi.txt"), "a 1\n");
    assertThatThrownBy(() -> TranslationModel.load(other, "cpu"))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("the fi dictionary");
  }
}
