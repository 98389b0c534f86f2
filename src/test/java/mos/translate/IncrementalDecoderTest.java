package mos.translate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import mos.model.ExpertConfig;
import mos.model.Initialization;
import mos.model.ModelConfig;
import mos.model.SuperTransformer;
import mos.model.Transformer;
import mos.model.TransformerWeights;
import mos.nn.DropoutRates;
import mos.space.Activation;
import mos.space.Plain;
import mos.space.SearchSpace;
import mos.space.SubTransformer;
import mos.tensor.Native;
import mos.tensor.Precision;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IncrementalDecoderTest {
  private static final int VOCABULARY = 23;
  private static final long PAD = 1;
  static final SearchSpace SPACE =
      Plain.space(
          List.of(16, 8),
          List.of(16, 8),
          List.of(24, 12),
          List.of(24, 12),
          List.of(3, 2),
          List.of(3, 2, 1),
          List.of(4, 2),
          List.of(4, 2),
          List.of(4, 2),
          List.of(-1, 1, 2));
  static final List<SubTransformer> ARCHITECTURES =
      List.of(
          SPACE.largest(),
          SPACE.smallest(),
          SPACE.largest().withHeadDims(List.of(4, 2, 1), List.of(2, 3, 4)),
          Plain.architecture(
              16,
              8,
              List.of(12, 24, 12),
              List.of(2, 4, 2),
              List.of(24, 12, 24),
              List.of(4, 2, 2),
              List.of(2, 4, 2),
              List.of(-1, 1, 2)),
          Plain.architecture(
              8,
              16,
              List.of(12, 24),
              List.of(2, 4),
              List.of(24),
              List.of(4),
              List.of(2),
              List.of(2)));

  // 70 steps pass the first capacity.
  @ParameterizedTest
  @ValueSource(ints = {5, 70})
  void stepsEqualTeacherForcing(int length) {
    withWeights(
        weights -> {
          Transformer transformer = new Transformer(weights, DropoutRates.NONE);
          Transformer.Encoded encoded = encode(transformer);
          Tensor previous = tokens(3, length);
          Tensor expected = transformer.logits(transformer.decode(encoded, previous));
          try (IncrementalDecoder decoder =
              new IncrementalDecoder(weights, encoded, 3, 1, length)) {
            for (int t = 0; t < length; t++) {
              assertSame(decoder.step(previous.select(1, t).contiguous()), expected.select(1, t));
            }
          }
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void reorderedBeamsContinueTheirAncestors(int beam) {
    withWeights(
        weights -> {
          Transformer transformer = new Transformer(weights, DropoutRates.NONE);
          Transformer.Encoded encoded = encode(transformer);
          int rows = 3 * beam;
          long[][] histories = new long[rows][0];
          try (IncrementalDecoder decoder = new IncrementalDecoder(weights, encoded, 3, beam, 6)) {
            for (int t = 0; t < 6; t++) {
              long[] next = new long[rows];
              for (int r = 0; r < rows; r++) {
                next[r] = 4 + (7 * t + 5 * r) % (VOCABULARY - 4);
                histories[r] = append(histories[r], next[r]);
              }
              Tensor got = decoder.step(Tensors.of(next, Tensors.cpu(), rows));
              assertSame(got, expected(transformer, encoded, histories, beam));
              histories = reorder(decoder, histories, beam, t);
            }
          }
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void remainingSentencesAreUnaffectedByKeep(int beam) {
    withWeights(
        weights -> {
          Transformer transformer = new Transformer(weights, DropoutRates.NONE);
          Transformer.Encoded encoded = encode(transformer);
          Tensor inputs = tokens(3 * beam, 4);
          try (IncrementalDecoder all = new IncrementalDecoder(weights, encoded, 3, beam, 4);
              IncrementalDecoder some = new IncrementalDecoder(weights, encoded, 3, beam, 4)) {
            Tensor first = inputs.select(1, 0).contiguous();
            all.step(first);
            some.step(first);
            some.keep(new int[] {0, 2});
            for (int t = 1; t < 4; t++) {
              Tensor next = inputs.select(1, t).contiguous();
              Tensor expected = outer(all.step(next), beam);
              assertSame(some.step(outer(next, beam)), expected);
            }
            assertThat(some.sentences()).isEqualTo(2);
          }
        });
  }

  /** Rows of the first and the last of three sentences. */
  private static Tensor outer(Tensor rows, int beam) {
    return Tensors.cat(0, rows.narrow(0, 0, beam), rows.narrow(0, 2L * beam, beam)).contiguous();
  }

  private static long[][] reorder(
      IncrementalDecoder decoder, long[][] histories, int beam, int step) {
    long[] order = new long[histories.length];
    long[][] result = new long[histories.length][];
    for (int r = 0; r < order.length; r++) {
      int sentence = r / beam;
      order[r] = (long) sentence * beam + (r * 2 + step) % beam;
      result[r] = histories[(int) order[r]];
    }
    decoder.reorder(Tensors.of(order, Tensors.cpu(), order.length));
    return result;
  }

  /** Teacher-forced logits of the last position, beam by beam. */
  private static Tensor expected(
      Transformer transformer, Transformer.Encoded encoded, long[][] histories, int beam) {
    Tensor[] rows = new Tensor[histories.length];
    for (int r = 0; r < rows.length; r++) {
      long sentence = r / beam;
      List<Tensor> layers =
          encoded.layers().stream().map(layer -> layer.narrow(0, sentence, 1)).toList();
      Transformer.Encoded one =
          new Transformer.Encoded(layers, encoded.mask().narrow(0, sentence, 1));
      int length = histories[r].length;
      Tensor previous = Tensors.of(histories[r], Tensors.cpu(), 1, length);
      rows[r] = transformer.logits(transformer.decode(one, previous)).select(1, length - 1);
    }
    return Tensors.cat(0, rows);
  }

  private static long[] append(long[] values, long value) {
    long[] longer = java.util.Arrays.copyOf(values, values.length + 1);
    longer[values.length] = value;
    return longer;
  }

  private static Transformer.Encoded encode(Transformer transformer) {
    long[] source = {5, 9, 6, 7, 2, 8, 2, 1, 1, 1, 4, 3, 11, 2, 1};
    Tensor tensor = Tensors.of(source, Tensors.cpu(), 3, 5);
    return transformer.encode(tensor, tensor.ne(new Scalar(PAD)));
  }

  private static Tensor tokens(int rows, int length) {
    long[] values = new long[rows * length];
    for (int i = 0; i < values.length; i++) {
      values[i] = 3 + (i * 31L + i / 7) % (VOCABULARY - 3);
    }
    return Tensors.of(values, Tensors.cpu(), rows, length);
  }

  private interface Check {
    void run(TransformerWeights weights);
  }

  private static void withWeights(Check check) {
    Native.setThreads(1);
    for (Activation activation : List.of(Activation.RELU, Activation.GELU)) {
      withWeights(activation, check);
    }
  }

  private static void withWeights(Activation activation, Check check) {
    ModelConfig config =
        ModelConfig.of(SPACE, 16, VOCABULARY, VOCABULARY, true, ExpertConfig.NONE)
            .withActivation(activation);
    try (SuperTransformer model = new SuperTransformer(config, Tensors.cpu(), false)) {
      Initialization.initialise(model, 1);
      for (SubTransformer architecture : ARCHITECTURES) {
        try (Scope scope = Scope.open();
            AutoGradMode off = new AutoGradMode(false)) {
          check.run(model.derive(architecture, Precision.FP32));
        }
      }
    }
  }

  private static void assertSame(Tensor got, Tensor expected) {
    float[] g = Tensors.toFloats(got);
    float[] e = Tensors.toFloats(expected);
    assertThat(g).hasSameSizeAs(e);
    for (int i = 0; i < g.length; i++) {
      assertThat((double) g[i]).isCloseTo(e[i], org.assertj.core.api.Assertions.within(1e-5));
    }
  }
}
