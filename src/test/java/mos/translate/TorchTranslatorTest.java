package mos.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.beam.BeamOptions;
import mos.beam.Hypothesis;
import mos.beam.TranslationOptions;
import mos.command.settings.DecodingSettings;
import mos.config.Settings;
import mos.data.Dictionary;
import mos.model.ExpertConfig;
import mos.model.Initialization;
import mos.model.ModelConfig;
import mos.model.StackSizes;
import mos.model.SuperTransformer;
import mos.model.Transformer;
import mos.model.TransformerWeights;
import mos.nn.DropoutRates;
import mos.space.Plain;
import mos.space.SubTransformer;
import mos.tensor.Native;
import mos.tensor.Precision;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class TorchTranslatorTest {
  private static final int VOCABULARY = 19;
  private static final SubTransformer ARCHITECTURE =
      Plain.architecture(
          16,
          16,
          List.of(24, 24),
          List.of(2, 2),
          List.of(24, 24),
          List.of(2, 4),
          List.of(4, 2),
          List.of(1, -1));

  private static BeamOptions beam(int beam, int noRepeat) {
    return new BeamOptions(beam, 1, true, 0, 12, 1, noRepeat, 0);
  }

  private static List<int[]> sentences(int count) {
    Random random = new Random(3);
    List<int[]> sentences = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] sentence = random.ints(1 + random.nextInt(6), 4, VOCABULARY).toArray();
      sentences.add(Arrays.copyOf(sentence, sentence.length + 1));
      sentences.get(i)[sentence.length] = Dictionary.EOS;
    }
    return sentences;
  }

  @Test
  void resultsComeInInputOrderWhateverTheBatching() {
    withWeights(
        weights -> {
          List<int[]> sources = sentences(9);
          List<Integer> told = new ArrayList<>();
          var together = new TorchTranslator(weights, new TranslationOptions(beam(3, 0), 2, 4, 20));
          var alone = new TorchTranslator(weights, new TranslationOptions(beam(3, 0), 2, 1, 1));
          List<List<Hypothesis>> got = together.translate(sources);
          together.translate(
              sources,
              (sentence, nBest) -> {
                told.add(sentence);
                assertThat(nBest.get(0).tokens()).isEqualTo(got.get(sentence).get(0).tokens());
              });
          List<List<Hypothesis>> expected = alone.translate(sources);
          for (int i = 0; i < 9; i++) {
            assertThat(got.get(i)).hasSize(2);
            assertThat(got.get(i).get(0).tokens()).isEqualTo(expected.get(i).get(0).tokens());
          }
          assertThat(told).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8);
        });
  }

  @Test
  void batchesKeepWithinTokensAndSentences() {
    withWeights(
        weights -> {
          List<int[]> sources = sentences(50);
          var translator =
              new TorchTranslator(weights, new TranslationOptions(beam(1, 0), 1, 6, 20));
          List<int[]> batches = translator.batches(sources);
          for (int[] batch : batches) {
            int longest = Arrays.stream(batch).map(i -> sources.get(i).length).max().orElseThrow();
            assertThat(batch.length).isBetween(1, 6);
            assertThat(batch.length * longest).isLessThanOrEqualTo(20);
          }
          assertThat(batches.stream().flatMapToInt(Arrays::stream).boxed())
              .containsExactlyInAnyOrderElementsOf(
                  java.util.stream.IntStream.range(0, 50).boxed().toList());
        });
  }

  @Test
  void beamOfOneIsGreedy() {
    withWeights(
        weights -> {
          for (int[] source : sentences(4)) {
            Hypothesis got =
                new BeamSearch(weights, beam(1, 0)).search(List.of(source)).get(0).get(0);
            assertThat(got.tokens()).isEqualTo(greedy(weights, source, 12));
          }
        });
  }

  private static int[] greedy(TransformerWeights weights, int[] source, int maxLength) {
    Transformer transformer = new Transformer(weights, DropoutRates.NONE);
    long[] ids = Arrays.stream(source).asLongStream().toArray();
    Transformer.Encoded encoded =
        transformer.encode(Tensors.of(ids, Tensors.cpu(), 1, ids.length), null);
    List<Integer> tokens = new ArrayList<>();
    long[] previous = {Dictionary.EOS};
    while (tokens.size() < maxLength) {
      Tensor input = Tensors.of(previous, Tensors.cpu(), 1, previous.length);
      float[] scores =
          Tensors.toFloats(
              transformer
                  .logits(transformer.decode(encoded, input))
                  .select(1, previous.length - 1));
      int best = tokens.isEmpty() ? 0 : Dictionary.EOS;
      for (int v = 0; v < VOCABULARY; v++) {
        boolean allowed = v != Dictionary.PAD && !(tokens.isEmpty() && v == Dictionary.EOS);
        best = allowed && scores[v] > scores[best] ? v : best;
      }
      if (best == Dictionary.EOS) {
        break;
      }
      tokens.add(best);
      previous = Arrays.copyOf(previous, previous.length + 1);
      previous[previous.length - 1] = best;
    }
    tokens.add(Dictionary.EOS);
    return tokens.stream().mapToInt(t -> t).toArray();
  }

  @Test
  void noNgramRepeats() {
    withWeights(
        weights -> {
          for (int[] source : sentences(4)) {
            for (Hypothesis h :
                new BeamSearch(weights, beam(3, 1)).search(List.of(source)).get(0)) {
              assertThat(h.tokens()).doesNotHaveDuplicates();
            }
          }
        });
  }

  @Test
  void sourcesThatDoNotFitAreErrors() {
    withWeights(
        weights -> {
          BeamSearch search = new BeamSearch(weights, beam(2, 0));
          for (int[] source :
              List.of(
                  new int[0],
                  new int[] {VOCABULARY, 2},
                  new int[] {-1},
                  new int[] {1, 2},
                  new int[SuperTransformer.MAX_POSITIONS + 1])) {
            assertThatThrownBy(() -> search.search(List.of(source)))
                .isInstanceOf(MosException.class)
                .hasMessageContaining("source");
          }
          assertThat(search.search(List.of())).isEmpty();
        });
  }

  @Test
  void settingsHaveTheDocumentedDefaults() {
    Settings settings = Settings.parse("", "test", DecodingSettings.ofTranslation());
    TranslationOptions options = DecodingSettings.translation(settings);
    assertThat(options.beam()).isEqualTo(new BeamOptions(4, 0.6, true, 0, 200, 1, 0, 0));
    assertThat(options.beam()).isEqualTo(BeamOptions.of(4, 0.6));
    assertThat(options.nBest()).isEqualTo(1);
  }

  @Test
  void moreTranslationsThanTheBeamAreRefused() {
    assertThatThrownBy(() -> new TranslationOptions(beam(2, 0), 3, 1, 1))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("nbest: got 3, must be in 1..2, the beam");
  }

  private static void withWeights(Consumer<TransformerWeights> check) {
    Native.setThreads(1);
    StackSizes side = StackSizes.of(16, List.of(24, 24));
    ModelConfig config =
        new ModelConfig(VOCABULARY, VOCABULARY, true, side, side, 16, ExpertConfig.NONE);
    try (SuperTransformer model = new SuperTransformer(config, Tensors.cpu(), false)) {
      Initialization.initialise(model, 5);
      try (Scope scope = Scope.open();
          AutoGradMode off = new AutoGradMode(false)) {
        check.accept(model.derive(ARCHITECTURE, Precision.FP32));
      }
    }
  }
}
