package mos.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import mos.base.ConfigurationException;
import mos.model.ExpertConfig;
import mos.model.Initialization;
import mos.model.ModelConfig;
import mos.model.StackSizes;
import mos.model.SuperTransformer;
import mos.model.Transformer;
import mos.model.TransformerWeights;
import mos.nn.DropoutRates;
import mos.onnx.OnnxDecoder;
import mos.onnx.OnnxModel;
import mos.onnx.OnnxPrecision;
import mos.space.Activation;
import mos.space.Plain;
import mos.space.SubTransformer;
import mos.tensor.Native;
import mos.tensor.Precision;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import mos.train.ModelDescription;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Steps of exported models are those of libtorch's forward pass. */
class OnnxExportTest {
  private static final int SOURCE_VOCABULARY = 23;
  private static final int TARGET_VOCABULARY = 29;
  private static final StackSizes SIDE = StackSizes.of(24, List.of(24, 24, 24));

  @TempDir Path folder;

  /** One kind of model. */
  private record Kind(String name, SubTransformer architecture, Activation model, boolean shared) {
    @Override
    public String toString() {
      return name;
    }
  }

  @BeforeAll
  static void oneThread() {
    Native.setThreads(1);
  }

  static Stream<Kind> kinds() {
    SubTransformer uneven =
        Plain.architecture(
            20,
            12,
            List.of(12, 24, 7),
            List.of(2, 4, 8),
            List.of(24, 5),
            List.of(4, 2),
            List.of(2, 8),
            List.of(2, 1));
    SubTransformer equal =
        Plain.architecture(
            16, 16, List.of(8), List.of(4), List.of(16), List.of(4), List.of(4), List.of(-1));
    return Stream.of(
        new Kind("widths, heads and attention of every layer", uneven, Activation.RELU, false),
        new Kind("one matrix of two widths", uneven, Activation.GELU, true),
        new Kind("one matrix", equal, Activation.SWISH, true),
        new Kind("equal widths, nothing shared", equal, Activation.RELU, false),
        new Kind(
            "head sizes and activations of their own",
            uneven
                .withHeadDims(List.of(4, 2, 1), List.of(2, 1))
                .withActivations(List.of(1, 2, 3), List.of(3, 2)),
            Activation.RELU,
            false),
        new Kind(
            "more encoder layers attended to than there are",
            equal.with(mos.space.Dimension.ARBITRARY_ATTENTION, List.of(2)),
            Activation.RELU,
            false));
  }

  private interface Use {
    void with(TransformerWeights weights, OnnxModel model);
  }

  private void export(Kind kind, OnnxPrecision precision, Use use) throws Exception {
    Files.writeString(folder.resolve("dict.en.txt"), "a 1\n");
    Files.writeString(folder.resolve("dict.de.txt"), "b 1\n");
    ModelConfig config =
        new ModelConfig(
                kind.shared() ? TARGET_VOCABULARY : SOURCE_VOCABULARY,
                TARGET_VOCABULARY,
                kind.shared(),
                SIDE,
                SIDE,
                8,
                ExpertConfig.NONE)
            .withActivation(kind.model());
    ModelDescription description =
        new ModelDescription(config, null, null, "en", "de", "x", "y", Map.of());
    try (SuperTransformer model = new SuperTransformer(config, Tensors.cpu(), false);
        AutoGradMode off = new AutoGradMode(false)) {
      Initialization.initialise(model, 3);
      try (SuperTransformer plain = model.materialise(kind.architecture(), false);
          Scope scope = Scope.open()) {
        Path out = folder.resolve("out");
        OnnxExport.write(
            out, description, plain, kind.architecture(), Optional.of(folder), precision);
        try (OnnxModel open = OnnxModel.open(out, 1)) {
          use.with(plain.derive(kind.architecture(), Precision.FP32), open);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void stepsEqualTeacherForcing(Kind kind) throws Exception {
    export(
        kind,
        OnnxPrecision.FP32,
        (weights, model) -> assertThat(new Walk(weights, model).largestError(21)).isLessThan(1e-5));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void eightBitsAreClose(Kind kind) throws Exception {
    export(
        kind,
        OnnxPrecision.INT8,
        (weights, model) -> {
          double error = new Walk(weights, model).largestError(5);
          assertThat(error).isBetween(1e-5, 0.1);
        });
  }

  /**
   * Three sentences of several lengths, one begun later and moved to another place, whose beams
   * change their ancestors at every step.
   */
  private static final class Walk {
    private static final int BEAM = 3;
    private static final int STRIDE = 64;
    private final List<int[]> sources =
        List.of(new int[] {5, 9, 11, 4, 2}, new int[] {7, 2}, new int[] {8, 8, 6, 10, 12, 4, 2});
    private final SplittableRandom random = new SplittableRandom(1);
    private final Transformer transformer;
    private final OnnxModel model;

    /** Of each place: its sentence, its steps, and what each beam has read. */
    private final int[] sentence = new int[3];

    private final int[] taken = new int[3];
    private final int[][][] read = new int[3][BEAM][0];
    private final int[] ancestors = new int[3 * BEAM * STRIDE];
    private double largest;

    Walk(TransformerWeights weights, OnnxModel model) {
      transformer = new Transformer(weights, DropoutRates.NONE);
      this.model = model;
    }

    double largestError(int steps) {
      try (OnnxDecoder decoder = new OnnxDecoder(model, 3, BEAM)) {
        decoder.encode(sources.subList(0, 2), new int[] {0, 1});
        sentence[1] = 1;
        int n = 2;
        for (int t = 0; t < steps; t++) {
          if (t == 2) {
            decoder.encode(sources.subList(2, 3), new int[] {2});
            sentence[2] = 2;
            n = 3;
          }
          if (t == steps - 2) {
            move(decoder, 2, 0);
            n = 2;
          }
          step(decoder, n);
        }
      }
      return largest;
    }

    private void move(OnnxDecoder decoder, int from, int to) {
      decoder.move(from, to);
      sentence[to] = sentence[from];
      taken[to] = taken[from];
      read[to] = read[from];
      System.arraycopy(
          ancestors, from * BEAM * STRIDE, ancestors, to * BEAM * STRIDE, BEAM * STRIDE);
    }

    private void step(OnnxDecoder decoder, int n) {
      int[] tokens = new int[n * BEAM];
      for (int i = 0; i < n; i++) {
        for (int b = 0; b < BEAM; b++) {
          int token = taken[i] == 0 ? 2 : 4 + random.nextInt(TARGET_VOCABULARY - 4);
          tokens[i * BEAM + b] = token;
          int[] longer = Arrays.copyOf(read[i][b], taken[i] + 1);
          longer[taken[i]] = token;
          read[i][b] = longer;
        }
      }
      float[] got = new float[n * BEAM * TARGET_VOCABULARY];
      decoder.step(n, taken, tokens, ancestors, STRIDE).get(got);
      for (int i = 0; i < n; i++) {
        float[] expected = expected(i);
        for (int j = 0; j < expected.length; j++) {
          largest =
              Math.max(largest, Math.abs(expected[j] - got[i * BEAM * TARGET_VOCABULARY + j]));
        }
        reorder(i);
      }
    }

    /**
     * Log-probabilities of the last step of every beam of a place, each decoded from its beginning.
     */
    private float[] expected(int place) {
      try (Scope scope = Scope.open()) {
        int[] source = sources.get(sentence[place]);
        long[] symbols = new long[BEAM * source.length];
        Arrays.setAll(symbols, i -> source[i % source.length]);
        int length = taken[place] + 1;
        long[] previous = new long[BEAM * length];
        Arrays.setAll(previous, i -> read[place][i / length][i % length]);
        Transformer.Encoded encoded =
            transformer.encode(Tensors.of(symbols, Tensors.cpu(), BEAM, source.length), null);
        Tensor decoded =
            transformer.decode(encoded, Tensors.of(previous, Tensors.cpu(), BEAM, length));
        Tensor logits = transformer.logits(decoded.select(1, length - 1));
        return Tensors.toFloats(torch.log_softmax(logits, 1));
      }
    }

    /** Gives each beam a parent. */
    private void reorder(int place) {
      int[] parents = new int[BEAM];
      int[][] older = read[place].clone();
      int[][] table = new int[BEAM][];
      for (int b = 0; b < BEAM; b++) {
        int from = (place * BEAM + b) * STRIDE;
        table[b] = Arrays.copyOfRange(ancestors, from, from + STRIDE);
      }
      for (int b = 0; b < BEAM; b++) {
        parents[b] = random.nextInt(BEAM);
        read[place][b] = older[parents[b]];
        int at = (place * BEAM + b) * STRIDE;
        System.arraycopy(table[parents[b]], 0, ancestors, at, STRIDE);
        ancestors[at + taken[place]] = parents[b];
      }
      taken[place]++;
    }
  }

  @Test
  void tokenExpertsAreRefusedByName() {
    SubTransformer routed =
        kinds()
            .findFirst()
            .orElseThrow()
            .architecture()
            .withOtherExperts(true, List.of(List.of(4), List.of(), List.of()));
    assertThatThrownBy(() -> new mos.onnx.ModelSizes(routed, 8, 9, 9, false, "relu", 1024))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("token-routed experts");
  }
}
