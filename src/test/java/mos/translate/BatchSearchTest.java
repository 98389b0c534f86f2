package mos.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import mos.base.MosException;
import mos.beam.BatchSearch;
import mos.beam.BeamOptions;
import mos.beam.Hypothesis;
import mos.data.Dictionary;
import mos.model.ExpertConfig;
import mos.model.Initialization;
import mos.model.ModelConfig;
import mos.model.SuperTransformer;
import mos.model.TransformerWeights;
import mos.space.SubTransformer;
import mos.tensor.Devices;
import mos.tensor.Native;
import mos.tensor.Precision;
import mos.tensor.Scope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link BeamSearch} says what is right. */
class BatchSearchTest {
  private static final int VOCABULARY = 23;

  private static final List<SubTransformer> ARCHITECTURES = IncrementalDecoderTest.ARCHITECTURES;

  private static final List<BeamOptions> OPTIONS =
      List.of(
          new BeamOptions(4, 0.6, true, 0, 20, 1, 0, 0),
          new BeamOptions(1, 1, true, 0, 20, 1, 0, 0),
          new BeamOptions(5, 0, true, 1, 3, 1, 0, 0),
          new BeamOptions(3, 1, false, 0.5, 2, 3, 0, 0),
          new BeamOptions(4, 1, true, 0, 15, 1, 2, 0),
          new BeamOptions(3, 1, true, 0, 12, 0, 1, 0.7),
          new BeamOptions(6, 1.3, true, 0, 9, 9, 3, -2),
          new BeamOptions(16, 1, true, 0, 30, 2, 0, 0),
          new BeamOptions(2, 1, true, 0, 80, 70, 0, 1),
          new BeamOptions(2, 1, true, 0, 1, 1, 0, 0));

  private static List<int[]> sentences(int count, long seed) {
    Random random = new Random(seed);
    List<int[]> sentences = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] sentence = random.ints(1 + random.nextInt(12), 3, VOCABULARY).toArray();
      sentence[sentence.length - 1] = Dictionary.EOS;
      sentences.add(sentence);
    }
    return sentences;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
  void findsWhatBeamSearchFinds(int option) {
    for (int each = option % 2; each < ARCHITECTURES.size(); each += 2) {
      compare("cpu", ARCHITECTURES.get(each), OPTIONS.get(option), 7 + each);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
  void findsWhatBeamSearchFindsOnGpu(int option) {
    assumeTrue(Native.hasGpu(), "no GPU");
    compare("cuda", ARCHITECTURES.get(0), OPTIONS.get(option), 7);
    compare("cuda", ARCHITECTURES.get(1), OPTIONS.get(option), 8);
    compare("cuda", ARCHITECTURES.get(3), OPTIONS.get(option), 9);
  }

  private static void compare(
      String device, SubTransformer architecture, BeamOptions options, int seed) {
    List<int[]> sources = sentences(20, seed);
    withWeights(
        device,
        architecture,
        seed,
        weights -> {
          assertThat(new TorchBatchModel(weights).obstacle(options)).isNull();
          List<List<Hypothesis>> expected;
          try (BeamSearch search = new BeamSearch(weights, options)) {
            expected = search.search(sources);
          }
          for (int batch : new int[] {1, 6, 100}) {
            try (BatchSearch search =
                new BatchSearch(new TorchBatchModel(weights), options, batch, 30)) {
              // The second time in the room of the first.
              assertSame(search(search, options, sources), expected);
              assertSame(search(search, options, sources.subList(3, 12)), expected.subList(3, 12));
            }
          }
        });
  }

  private static List<List<Hypothesis>> search(
      BatchSearch search, BeamOptions options, List<int[]> sources) {
    List<List<Hypothesis>> got = new ArrayList<>();
    sources.forEach(source -> got.add(null));
    int[] limits = sources.stream().mapToInt(s -> options.maxLength(s.length)).toArray();
    search.search(
        sources,
        limits,
        (sentence, nBest) -> {
          assertThat(got.set(sentence, nBest)).isNull();
        });
    return got;
  }

  private static void assertSame(List<List<Hypothesis>> got, List<List<Hypothesis>> expected) {
    for (int i = 0; i < expected.size(); i++) {
      assertThat(got.get(i)).as("sentence %s", i).hasSameSizeAs(expected.get(i));
      for (int rank = 0; rank < expected.get(i).size(); rank++) {
        Hypothesis have = got.get(i).get(rank);
        Hypothesis want = expected.get(i).get(rank);
        assertThat(have.tokens()).as("sentence %s, rank %s", i, rank).isEqualTo(want.tokens());
        assertThat(have.score()).isCloseTo(want.score(), within(2e-4));
        for (int t = 0; t < want.tokens().length; t++) {
          assertThat(have.positionalScores()[t])
              .isCloseTo(want.positionalScores()[t], within(2e-4f));
        }
      }
    }
  }

  @Test
  void everySentenceEndsAtItsOwnLongestLength() {
    BeamOptions options = new BeamOptions(2, 1, true, 0, 50, 50, 0, 0);
    List<int[]> sources = sentences(9, 1);
    int[] limits = {3, 0, 7, 1, 2, 9, 5, 4, 8};
    withWeights(
        "cpu",
        ARCHITECTURES.get(0),
        1,
        weights -> {
          try (BatchSearch search =
              new BatchSearch(new TorchBatchModel(weights), options, 4, 100)) {
            search.search(
                sources,
                limits,
                (sentence, nBest) ->
                    nBest.forEach(h -> assertThat(h.tokens()).hasSize(limits[sentence] + 1)));
          }
        });
  }

  /** A step that finds nothing is an error; the search is then good for others. */
  @ParameterizedTest
  @CsvSource({"cpu", "cuda"})
  void scoresThatAreNoNumbersAreAnError(String device) {
    assumeTrue(device.equals("cpu") || Native.hasGpu(), "no GPU");
    BeamOptions options = new BeamOptions(2, 1, true, 0, 5, 1, 0, 0);
    withWeights(
        device,
        ARCHITECTURES.get(0),
        1,
        weights -> {
          weights.outputEmbedding().mul_(new Scalar(Double.NaN));
          try (BatchSearch search =
              new BatchSearch(new TorchBatchModel(weights), options, 4, 100)) {
            for (int i = 0; i < 2; i++) {
              assertThatThrownBy(() -> search(search, options, sentences(5, 1)))
                  .isInstanceOf(MosException.class)
                  .hasMessageContaining("no hypothesis");
            }
          }
        });
  }

  @Test
  void sourcesThatDoNotFitAreErrors() {
    BeamOptions options = new BeamOptions(2, 1, true, 0, 5, 1, 0, 0);
    withWeights(
        "cpu",
        ARCHITECTURES.get(0),
        1,
        weights -> {
          try (BatchSearch search =
              new BatchSearch(new TorchBatchModel(weights), options, 4, 100)) {
            assertThatThrownBy(
                    () ->
                        search(
                            search, options, List.of(new int[] {5, 2}, new int[] {VOCABULARY, 2})))
                .isInstanceOf(MosException.class)
                .hasMessageContaining("source token");
            assertThat(search(search, options, List.of())).isEmpty();
          }
        });
  }

  private interface Check {
    void with(TransformerWeights weights);
  }

  private static void withWeights(String name, SubTransformer architecture, int seed, Check check) {
    Native.setThreads(1);
    Precision.FP32.apply();
    ModelConfig config =
        ModelConfig.of(
            IncrementalDecoderTest.SPACE, 32, VOCABULARY, VOCABULARY, true, ExpertConfig.NONE);
    try (Scope outer = Scope.open();
        SuperTransformer model = new SuperTransformer(config, Devices.of(name), false)) {
      Initialization.initialise(model, seed);
      // Weights as they come give flat scores, and beams rarely part.
      try (Scope scope = Scope.open();
          AutoGradMode off = new AutoGradMode(false)) {
        model.parameters().values().mul_(new Scalar(2.0));
        check.with(model.derive(architecture, Precision.FP32));
      }
    }
  }
}
