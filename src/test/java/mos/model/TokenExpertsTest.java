package mos.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import mos.base.ConfigurationException;
import mos.nn.DropoutRates;
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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenExpertsTest {
  private static final int VOCABULARY = 17;
  private static final SearchSpace DENSE =
      Plain.space(
          List.of(16, 8),
          List.of(16, 8),
          List.of(24, 12),
          List.of(24, 12),
          List.of(2),
          List.of(2, 1),
          List.of(4, 2),
          List.of(4, 2),
          List.of(4, 2),
          List.of(-1, 1));
  private static final SearchSpace ROUTED =
      DENSE.withTokenExperts(List.of(1, 2, 3), List.of(24, 12, 0), List.of(1, 2));
  private static final String LAYER_WISE = "archrouting_jack_2L";
  private static final String NEURON_WISE = "neuronrouting_jack_2L";

  /** With experts in attention alone, token experts have matrices and sizes of their own. */
  @Test
  void eachTokenExpertHasItsOwnLargestSizeWhereWeightsAreNotMixed() {
    ExpertConfig attention = sets(2, NEURON_WISE).of(ExpertConfig.Modules.ATTENTION, 0);
    ModelConfig narrow =
        ModelConfig.of(
            DENSE.withTokenExperts(List.of(2), List.of(12), List.of(1)),
            16,
            VOCABULARY,
            VOCABULARY,
            true,
            attention);
    SubTransformer wide = DENSE.withTokenExperts(List.of(2), List.of(24), List.of(1)).largest();
    assertThatThrownBy(() -> narrow.check(wide))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("encoder FFN size: the architecture has 24, the model at most 12");
  }

  @BeforeAll
  static void oneThread() {
    Native.setThreads(1);
  }

  private static ExpertConfig sets(int count, String variant) {
    return count == 1
        ? ExpertConfig.NONE
        : new ExpertConfig(count, variant, 6, -1, "aggr", ExpertConfig.NONE.featureNorm());
  }

  private static SuperTransformer model(SearchSpace space, ExpertConfig experts) {
    ModelConfig config = ModelConfig.of(space, 16, VOCABULARY, VOCABULARY, true, experts);
    SuperTransformer model = new SuperTransformer(config, Tensors.cpu(), true);
    Initialization.initialise(model, 11);
    return model;
  }

  private static Tensor logits(TransformerWeights weights, long... ids) {
    Transformer transformer = new Transformer(weights, DropoutRates.NONE);
    Tensor source = Tensors.of(ids, Tensors.cpu(), 2, ids.length / 2);
    Tensor previous = Tensors.of(new long[] {2, 6, 5, 2, 8, 4}, Tensors.cpu(), 2, 3);
    return transformer.logits(
        transformer.decode(transformer.encode(source, source.ne(new Scalar(1))), previous));
  }

  private static float[] logits(SuperTransformer model, SubTransformer a, long... ids) {
    try (Scope scope = Scope.open();
        AutoGradMode off = new AutoGradMode(false)) {
      return Tensors.toFloats(logits(model.derive(a, Precision.FP32), ids));
    }
  }

  private static float[] logits(SuperTransformer model, SubTransformer a) {
    return logits(model, a, 5, 9, 4, 2, 7, 2, 1, 1);
  }

  private static void assertClose(float[] got, float[] expected) {
    assertThat(got).hasSameSizeAs(expected);
    for (int i = 0; i < got.length; i++) {
      assertThat((double) got[i]).isCloseTo(expected[i], within(2e-5));
    }
  }

  private static void copy(Tensor from, Tensor to) {
    try (AutoGradMode off = new AutoGradMode(false)) {
      to.copy_(from);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {LAYER_WISE, NEURON_WISE})
  void spacesWithOneTokenExpertAreMixtureOfSupernetsExactly(String variant) {
    SearchSpace one = DENSE.withTokenExperts(List.of(1), List.of(24, 12), List.of(1));
    assertThat(one).isEqualTo(DENSE);
    try (SuperTransformer mixture = model(DENSE, sets(2, variant));
        SuperTransformer both = model(one, sets(2, variant))) {
      assertThat(both.parameters().names()).isEqualTo(mixture.parameters().names());
      SubTransformer a = DENSE.sample(new Random(1));
      assertThat(logits(both, a)).isEqualTo(logits(mixture, a));
    }
  }

  /** The router over weight sets sends token expert k to set k alone. */
  @ParameterizedTest
  @ValueSource(strings = {LAYER_WISE, NEURON_WISE})
  void mixturesThatChooseOneSetAreTokenExpertsExactly(String variant) {
    SearchSpace space = DENSE.withTokenExperts(List.of(1, 2), List.of(24, 12), List.of(1, 2));
    try (Scope scope = Scope.open();
        SuperTransformer plain = model(space, ExpertConfig.NONE);
        SuperTransformer both = model(space, sets(2, variant))) {
      for (String name : both.parameters().names()) {
        if (name.contains("_expert.2.")) {
          Tensor logits = both.parameters().value(name);
          try (AutoGradMode off = new AutoGradMode(false)) {
            logits.zero_();
            if (name.endsWith("bias")) {
              // Rows of token expert 0, then those of 1; in each row one logit a set.
              Tensor rows = logits.view(2, -1, 2);
              rows.select(0, 0).select(1, 0).fill_(new Scalar(100));
              rows.select(0, 1).select(1, 1).fill_(new Scalar(100));
            }
          }
        } else if (plain.parameters().names().contains(name)) {
          copy(plain.parameters().value(name), both.parameters().value(name));
        }
      }
      for (String side : List.of("encoder", "decoder")) {
        for (int i = 0; i < 2; i++) {
          String layer = side + ".layers." + i + ".";
          for (String kind : List.of("weight", "bias")) {
            for (int k = 0; k < 2; k++) {
              for (String fc : List.of("fc1", "fc2")) {
                String from = ParameterLayout.tokenExpertName(layer, k, fc) + "." + kind;
                String to = ParameterLayout.expertNames(layer, fc, kind, 2).get(k);
                copy(plain.parameters().value(from), both.parameters().value(to));
              }
            }
          }
        }
      }
      Random random = new Random(4);
      for (int n = 0; n < 4; n++) {
        SubTransformer a = space.sample(random);
        assertClose(logits(both, a), logits(plain, a));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void materialisedEqualsInherited(int sets) {
    Random random = new Random(2);
    try (SuperTransformer model = model(ROUTED, sets(sets, NEURON_WISE))) {
      for (int n = 0; n < 6; n++) {
        SubTransformer a = n == 0 ? ROUTED.largest() : ROUTED.sample(random);
        try (SuperTransformer plain = model.materialise(a, false)) {
          assertThat(plain.config().tokenRouted()).isEqualTo(a.tokenRouted());
          assertClose(logits(plain, a), logits(model, a));
        }
      }
    }
  }

  @Test
  void paddingChangesNothing() {
    try (SuperTransformer model = model(ROUTED, sets(2, LAYER_WISE))) {
      SubTransformer a = ROUTED.largest();
      assertClose(
          logits(model, a, 5, 9, 4, 2, 1, 1, 7, 2, 1, 1, 1, 1),
          logits(model, a, 5, 9, 4, 2, 7, 2, 1, 1));
    }
  }

  /** Central differences of the summed squares of all logits. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void gradientsAgreeWithDifferences(int sets) {
    try (Scope scope = Scope.open();
        SuperTransformer model = model(ROUTED, sets(sets, NEURON_WISE))) {
      SubTransformer a = ROUTED.largest();
      TrainableWeights weights = model.deriveTrainable(a, Precision.FP32, false);
      Tensor y = logits(weights.weights(), 5, 9, 4, 2, 7, 2, 1, 1);
      y.mul(y).sum().backward();
      weights.backpropagate();
      for (String name :
          List.of(
              "encoder.layers.0.switch_layer.switch.weight",
              sets == 1
                  ? "encoder.layers.0.switch_layer.experts.1.0.weight"
                  : "encoder.layers.0.fc1_expert.2.weight")) {
        Tensor gradient = model.parameters().gradient(name);
        double norm = gradient.norm().item_double();
        assertThat(norm).isPositive();
        double step = 2e-3;
        double change = moved(model, a, name, step / norm) - moved(model, a, name, -step / norm);
        assertThat(change / (2 * step)).as(name).isCloseTo(norm, within(0.02 * norm));
      }
    }
  }

  /** The function after a step along the gradient. */
  private static double moved(SuperTransformer model, SubTransformer a, String name, double step) {
    Tensor value = model.parameters().value(name);
    Tensor gradient = model.parameters().gradient(name);
    try (AutoGradMode off = new AutoGradMode(false)) {
      Tensor before = value.clone();
      value.add_(gradient, new Scalar(step));
      double sum = 0;
      for (float y : logits(model, a)) {
        sum += (double) y * y;
      }
      value.copy_(before);
      return sum;
    }
  }
}
