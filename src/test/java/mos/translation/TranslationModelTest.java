package mos.translation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.beam.Hypothesis;
import mos.beam.TranslationOptions;
import mos.beam.Translator;
import mos.data.Dictionary;
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
  private static final TextOptions FOUR_BEST = TextOptions.DEFAULTS.withBeam(5, 1).withNBest(4);

  @TempDir private static Path folder;
  private static Path exported;

  @BeforeAll
  static void exportModel() throws IOException {
    exported = RandomModel.in(folder);
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
                same.model().derive(same.architecture(), Precision.FP32),
                new TranslationOptions(FOUR_BEST.beam(), 4, 64, 4096))) {
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
  void blankLinesComeBackAsTheyAreAndOthersKeepTheirPlace() {
    try (TranslationModel model = TranslationModel.load(exported, "cpu")) {
      String one = model.translate("The cat").text();
      List<String> lines = List.of("", "The cat", " \t", "Foo. (5) The mat", "\u00a0", "\u0001");
      List<Translation> all = model.translate(lines);
      assertThat(all).extracting(Translation::text).element(1).isEqualTo(one);
      assertThat(all).hasSize(6);
      for (int blank : new int[] {0, 2, 4, 5}) {
        assertThat(all.get(blank)).isEqualTo(Translation.of(lines.get(blank)));
      }
      assertThat(model.translate(List.of())).isEmpty();
      TranslationCounts counts = model.counts();
      assertThat(counts.sentences()).isEqualTo(3);
      assertThat(counts.batches()).isEqualTo(2);
      assertThat(counts.targetTokens()).isPositive();
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
        assertAlike(futures.get(i).get(), expected);
        assertAlike(futures.get(i + 1).get(), futures.get(1).get());
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

  /** Sums of other batches are rounded otherwise. */
  private static void assertAlike(List<Translation> some, List<Translation> others) {
    assertThat(some).hasSameSizeAs(others);
    for (int i = 0; i < some.size(); i++) {
      assertThat(some.get(i).text()).isEqualTo(others.get(i).text());
      assertThat(some.get(i).nBest()).hasSameSizeAs(others.get(i).nBest());
      assertThat(some.get(i).score()).isCloseTo(others.get(i).score(), within(1e-4));
    }
  }

  @Test
  void longLinesAreCutAndJoinedOrCutShortOrSkipped() {
    String long_ = "The cat's mat. Dr. Who isn't here. " + "Foo ".repeat(2000);
    TextOptions two = TextOptions.DEFAULTS.withNBest(2);
    try (TranslationModel model = TranslationModel.load(exported, "cpu")) {
      Translation cut = model.translate(List.of(long_), two).get(0);
      assertThat(model.counts().sentences()).isGreaterThan(10);
      assertThat(cut.nBest()).hasSize(2);
      assertThat(cut.score()).isGreaterThanOrEqualTo(cut.nBest().get(1).score());
      String first = model.translate("The cat's mat.").text();
      String second = model.translate("Dr. Who isn't here.").text();
      assertThat(cut.text()).startsWith(first + " " + second + " ");
      TextOptions skip = two.withLongLines(LongLines.SKIP, 200);
      assertThat(model.translate(List.of(long_), skip)).containsExactly(Translation.of(""));
      TextOptions shorter = two.withLongLines(LongLines.TRUNCATE, 5);
      assertThat(model.translate(List.of("cat ".repeat(2000)), shorter))
          .isEqualTo(model.translate(List.of("cat ".repeat(3000)), shorter));
    }
  }

  @Test
  void aStreamIsTranslatedAsItComes() {
    List<String> lines = List.of("The cat", "", "Dr. Who", "at 11:00 !", "(5) mat");
    AtomicInteger read = new AtomicInteger();
    AtomicBoolean ended = new AtomicBoolean();
    try (TranslationModel model = TranslationModel.load(exported, "cpu")) {
      List<String> expected = model.translate(lines).stream().map(Translation::text).toList();
      try (Stream<Translation> all =
          model.translate(
              Stream.iterate(0, i -> i + 1)
                  .map(i -> lines.get(i % 5))
                  .peek(line -> read.incrementAndGet())
                  .onClose(() -> ended.set(true)))) {
        List<String> some = all.limit(1000).map(Translation::text).toList();
        assertThat(some.subList(0, 5)).isEqualTo(expected);
        assertThat(some.subList(995, 1000)).isEqualTo(expected);
      }
    }
    assertThat(read.get()).isBetween(1000, 1000 + 256 + 64);
    assertThat(ended).isTrue();
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
    RandomModel.export(folder, Optional.empty(), bare);
    assertThatThrownBy(() -> TranslationModel.load(bare, "cpu"))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("dict.en.txt")
        .hasMessageContaining("--data");
    Path other = folder.resolve("other");
    RandomModel.export(folder, Optional.of(folder.resolve("data")), other);
    Files.writeString(other.resolve("dict.fi.txt"), "a 1\n");
    assertThatThrownBy(() -> TranslationModel.load(other, "cpu"))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("the fi dictionary");
  }
}
