package mos.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.function.BiConsumer;
import mos.model.ExpertConfig;
import mos.model.Initialization;
import mos.model.ModelConfig;
import mos.model.SuperTransformer;
import mos.model.Transformer;
import mos.model.TransformerWeights;
import mos.nn.DropoutRates;
import mos.space.Activation;
import mos.space.SearchSpace;
import mos.space.SubTransformer;
import mos.tensor.DeviceGraph;
import mos.tensor.Devices;
import mos.tensor.Native;
import mos.tensor.Precision;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FixedDecoderTest {
  private static final int VOCABULARY = 23;
  private static final int STEPS = 10;
  private static final SearchSpace SPACE = IncrementalDecoderTest.SPACE;
  private static final List<SubTransformer> ARCHITECTURES = IncrementalDecoderTest.ARCHITECTURES;

  /** One recorded step serves all steps of all sentences, whatever their lengths. */
  @ParameterizedTest
  @CsvSource({"cpu, 1", "cpu, 3", "cuda, 1", "cuda, 5"})
  void replayedStepsEqualIncrementalOnes(String name, int beam) {
    withWeights(name, (weights, device) -> check(weights, device, beam));
  }

  private static void withWeights(String name, BiConsumer<TransformerWeights, Device> check) {
    assumeTrue(name.equals("cpu") || Native.hasGpu(), "no GPU");
    Native.setThreads(1);
    Precision.FP32.apply();
    ModelConfig config =
        ModelConfig.of(SPACE, 32, VOCABULARY, VOCABULARY, true, ExpertConfig.NONE)
            .withActivation(Activation.GELU);
    try (Scope outer = Scope.open();
        SuperTransformer model = new SuperTransformer(config, Devices.of(name), false)) {
      Initialization.initialise(model, 1);
      for (SubTransformer architecture : ARCHITECTURES) {
        try (Scope scope = Scope.open();
            AutoGradMode off = new AutoGradMode(false)) {
          check.accept(model.derive(architecture, Precision.FP32), model.device());
        }
      }
    }
  }

  private static void check(TransformerWeights weights, Device device, int beam) {
    Transformer transformer = new Transformer(weights, DropoutRates.NONE);
    Tensor tokens = Tensors.of(new long[beam], device, beam);
    Tensor order = Tensors.of(new long[beam], device, beam);
    Tensor logits = Tensors.of(new float[beam * VOCABULARY], device, beam, VOCABULARY);
    try (FixedDecoder fixed = new FixedDecoder(weights, 6, beam, STEPS);
        DeviceGraph step = DeviceGraph.of(device, () -> logits.copy_(fixed.step(tokens)));
        DeviceGraph reorder = DeviceGraph.of(device, () -> fixed.reorder(order))) {
      for (long[] source : new long[][] {{5, 9, 6, 7, 4, 2}, {8, 3, 2}, {4, 11, 12, 2}}) {
        Transformer.Encoded encoded =
            transformer.encode(Tensors.of(source, device, 1, source.length), null);
        fixed.start(encoded);
        try (IncrementalDecoder plain = new IncrementalDecoder(weights, encoded, 1, beam, STEPS)) {
          for (int t = 0; t < STEPS; t++) {
            Tensor next = Tensors.of(next(t, beam), device, beam);
            tokens.copy_(next);
            step.launch();
            assertSame(logits, plain.step(next));
            Tensor parents = Tensors.of(parents(t, beam), device, beam);
            order.copy_(parents);
            reorder.launch();
            plain.reorder(parents);
          }
        }
      }
    }
  }

  /** Long sentences move to larger recordings, later ones begin with small ones again. */
  @ParameterizedTest
  @CsvSource({"cpu, 1", "cpu, 3", "cuda, 5"})
  void recordedDecodingGoesOnPastItsFirstLength(String name, int beam) {
    withWeights(
        name,
        (weights, device) -> {
          Transformer transformer = new Transformer(weights, DropoutRates.NONE);
          try (RecordedDecoder recorded = new RecordedDecoder(weights, beam)) {
            for (int steps : new int[] {3, 131, 70}) {
              Transformer.Encoded encoded =
                  transformer.encode(Tensors.of(new long[] {9, 4, 7, 2}, device, 1, 4), null);
              try (StepDecoder got = recorded.start(encoded);
                  StepDecoder plain = new IncrementalDecoder(weights, encoded, 1, beam, steps)) {
                for (int t = 0; t < steps; t++) {
                  try (Scope scope = Scope.open()) {
                    Tensor next = Tensors.of(next(t, beam), device, beam);
                    assertSame(got.step(next), plain.step(next));
                    Tensor parents = Tensors.of(parents(t, beam), device, beam);
                    got.reorder(parents);
                    plain.reorder(parents);
                  }
                }
              }
            }
          }
        });
  }

  private static long[] next(int step, int beam) {
    long[] tokens = new long[beam];
    java.util.Arrays.setAll(tokens, b -> 4 + (7L * step + 5L * b) % (VOCABULARY - 4));
    return tokens;
  }

  private static long[] parents(int step, int beam) {
    long[] order = new long[beam];
    java.util.Arrays.setAll(order, b -> (2L * b + step) % beam);
    return order;
  }

  private static void assertSame(Tensor got, Tensor expected) {
    float[] g = Tensors.toFloats(got);
    float[] e = Tensors.toFloats(expected);
    assertThat(g).hasSameSizeAs(e);
    for (int i = 0; i < g.length; i++) {
      assertThat((double) g[i]).isCloseTo(e[i], within(1e-4));
    }
  }
}
