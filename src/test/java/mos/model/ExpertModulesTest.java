package mos.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import mos.nn.DropoutRates;
import mos.nn.FeedForward;
import mos.space.Plain;
import mos.space.SearchSpace;
import mos.space.SubTransformer;
import mos.tensor.Precision;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Experts of attention projections, and low-rank ones. */
class ExpertModulesTest {
  private static final String LAYER_WISE = "archrouting_jack_2L";
  private static final String NEURON_WISE = "neuronrouting_jack_2L";
  private static final SearchSpace SPACE =
      Plain.space(
          List.of(16, 8),
          List.of(24, 8),
          List.of(24, 12),
          List.of(24, 12),
          List.of(2),
          List.of(2, 1),
          List.of(4, 2),
          List.of(4, 2),
          List.of(4, 2),
          List.of(-1, 2));
  private static final SubTransformer SMALL =
      Plain.architecture(
          8, 8, List.of(12, 24), List.of(2, 4), List.of(12), List.of(4), List.of(2), List.of(2));

  private static SuperTransformer model(String routing, ExpertConfig.Modules modules, int rank) {
    ExpertConfig experts =
        new ExpertConfig(3, routing, 6, -1, "aggr", ExpertConfig.NONE.featureNorm())
            .of(modules, rank);
    return model(experts);
  }

  private static SuperTransformer model(ExpertConfig experts) {
    ModelConfig config = ModelConfig.of(SPACE, 16, 17, 17, true, experts);
    SuperTransformer model = new SuperTransformer(config, Tensors.cpu(), false);
    Initialization.initialise(model, 11);
    return model;
  }

  private static float[] output(SuperTransformer model, SubTransformer architecture) {
    try (Scope scope = Scope.open();
        AutoGradMode off = new AutoGradMode(false)) {
      Transformer transformer =
          new Transformer(model.derive(architecture, Precision.FP32), DropoutRates.NONE);
      Tensor source = Tensors.of(new long[] {5, 9, 4, 2}, Tensors.cpu(), 1, 4);
      Tensor previous = Tensors.of(new long[] {2, 6, 5}, Tensors.cpu(), 1, 3);
      return Tensors.toFloats(
          transformer.logits(transformer.decode(transformer.encode(source, null), previous)));
    }
  }

  private static void randomise(SuperTransformer model, Predicate<String> which) {
    try (Scope scope = Scope.open();
        AutoGradMode off = new AutoGradMode(false)) {
      List<String> names = model.parameters().names().stream().filter(which).toList();
      assertThat(names).isNotEmpty();
      for (String name : names) {
        model.parameters().value(name).normal_(0, 0.5, new GeneratorOptional());
      }
    }
  }

  private static void assertClose(float[] got, float[] expected) {
    assertThat(got).containsExactly(expected, within(2e-5f));
  }

  @ParameterizedTest
  @CsvSource({
    "neuronrouting_jack_2L, ATTENTION, 0",
    "archrouting_jack_2L, ALL, 0",
    "neuronrouting_jack_2L, FFN, 2",
    "archrouting_jack_2L, FFN, 1",
    "neuronrouting_jack_2L, ALL, 2"
  })
  void materialisedEqualsDerived(String routing, ExpertConfig.Modules modules, int rank) {
    try (SuperTransformer model = model(routing, modules, rank)) {
      float[] before = output(model, SMALL);
      randomise(model, n -> n.contains("_experts.") || n.contains("_low_rank_"));
      float[] after = output(model, SMALL);
      assertThat(after).isNotEqualTo(before);
      try (SuperTransformer plain = model.materialise(SMALL, false)) {
        assertClose(output(plain, SMALL), after);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {LAYER_WISE, NEURON_WISE})
  void identicalAttentionExpertsMakeRoutersIrrelevant(String routing) {
    try (SuperTransformer model = model(routing, ExpertConfig.Modules.ATTENTION, 0)) {
      float[] mixed = output(model, SMALL);
      for (String name : model.parameters().names()) {
        if (name.contains(".other_")) {
          String first =
              name.replaceAll("other_in_proj_experts\\.\\d\\.", "in_proj_")
                  .replaceAll("other_out_proj_experts\\.\\d", "out_proj");
          model.parameters().value(name).copy_(model.parameters().value(first));
        }
      }
      float[] before = output(model, SMALL);
      assertThat(before).isNotEqualTo(mixed);
      randomise(model, n -> n.contains("_expert."));
      assertClose(output(model, SMALL), before);
    }
  }

  /** At first, then, and whatever the routers say. */
  @ParameterizedTest
  @ValueSource(strings = {LAYER_WISE, NEURON_WISE})
  void zeroDifferencesArePlainWeightSharing(String routing) {
    try (SuperTransformer model = model(routing, ExpertConfig.Modules.ALL, 2);
        SuperTransformer hat = model(ExpertConfig.NONE)) {
      assertClose(output(model, SMALL), output(hat, SMALL));
    }
  }

  /** By loops over whole matrices, cut at the end. */
  @ParameterizedTest
  @ValueSource(strings = {LAYER_WISE, NEURON_WISE})
  void lowRankMatrixIsTheSumOfItsRoutedDifferences(String routing) {
    try (SuperTransformer model = model(routing, ExpertConfig.Modules.FFN, 2);
        Scope scope = Scope.open();
        AutoGradMode off = new AutoGradMode(false)) {
      randomise(model, n -> n.endsWith("_low_rank_a"));
      String fc1 = "encoder.layers.1.fc1";
      float[] base = Tensors.toFloats(model.parameters().value(fc1 + ".weight"));
      float[] left = Tensors.toFloats(model.parameters().value(fc1 + "_low_rank_a"));
      float[] right = Tensors.toFloats(model.parameters().value(fc1 + "_low_rank_b"));
      RouterBank routers = new RouterBank(model, List.of(SMALL), false, false);
      float[] r =
          Tensors.toFloats(
              routers.weights(
                  SMALL,
                  new WeightMatrix(
                      "encoder.layers.1.", "fc1", true, 0, 1, WeightMatrix.Rows.all(24), 8)));
      boolean layerWise = routing.equals(LAYER_WISE);
      float[] got =
          Tensors.toFloats(
              ((FeedForward)
                      model.derive(SMALL, Precision.FP32).encoderLayers().get(1).feedForward())
                  .fc1()
                  .weight());
      for (int i = 0; i < 24; i++) {
        for (int j = 0; j < 8; j++) {
          double sum = base[i * 16 + j];
          for (int e = 0; e < 3; e++) {
            for (int k = 0; k < 2; k++) {
              sum +=
                  r[layerWise ? e : i * 3 + e]
                      * left[i * 6 + 2 * e + k]
                      * right[(2 * e + k) * 16 + j];
            }
          }
          assertThat((double) got[i * 8 + j]).isCloseTo(sum, within(1e-5));
        }
      }
    }
  }

  @Test
  void parametersAreWhatTheDocumentationCounts() {
    int in = 16;
    int out = 24;
    int m = 3;
    int rank = 2;
    ExpertConfig whole =
        new ExpertConfig(m, LAYER_WISE, 6, -1, "aggr", ExpertConfig.NONE.featureNorm());
    long fullRank = count(whole, "encoder.layers.0.fc1", "encoder.layers.0.other_inter");
    long lowRank = count(whole.of(ExpertConfig.Modules.FFN, rank), "encoder.layers.0.fc1");
    assertThat(fullRank).isEqualTo((long) m * (in * out + out));
    assertThat(lowRank).isEqualTo(in * out + out + (long) m * rank * (in + out));
  }

  private static long count(ExpertConfig experts, String... prefixes) {
    ModelConfig config = ModelConfig.of(SPACE, 16, 17, 17, true, experts);
    return SuperTransformer.parameterShapes(config).entrySet().stream()
        .filter(
            e ->
                IntStream.range(0, prefixes.length)
                    .anyMatch(i -> e.getKey().startsWith(prefixes[i])))
        .mapToLong(e -> java.util.Arrays.stream(e.getValue()).reduce(1, (a, b) -> a * b))
        .sum();
  }
}
