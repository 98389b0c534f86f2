package mos.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import mos.space.Plain;
import mos.space.SearchSpace;
import mos.tensor.ParameterArena;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InitializationTest {
  private static final int VOCABULARY = 200;
  private static final int HIDDEN = 24;
  private static final SearchSpace SPACE =
      Plain.space(
          List.of(32),
          List.of(32),
          List.of(64),
          List.of(64),
          List.of(2),
          List.of(2),
          List.of(2),
          List.of(2),
          List.of(2),
          List.of(-1));

  private static SuperTransformer model(int experts, String routing, boolean shared, long seed) {
    ModelConfig config =
        ModelConfig.of(
            SPACE,
            32,
            VOCABULARY,
            VOCABULARY,
            shared,
            new ExpertConfig(
                experts, routing, HIDDEN, -1, "aggr", ExpertConfig.NONE.featureNorm()));
    SuperTransformer model = new SuperTransformer(config, Tensors.cpu(), false);
    Initialization.initialise(model, seed);
    return model;
  }

  private static float[] values(ParameterArena arena, String name) {
    try (Scope scope = Scope.open()) {
      return Tensors.toFloats(arena.value(name));
    }
  }

  /** Within ±bound, and close to it somewhere, as a few dozen uniform numbers are. */
  private static void assertUniform(float[] values, double bound) {
    double most = 0;
    for (float value : values) {
      most = Math.max(most, Math.abs(value));
    }
    assertThat(most).isLessThanOrEqualTo(bound * (1 + 1e-6)).isGreaterThan(0.8 * bound);
  }

  @Test
  void isDeterministicAndDependsOnTheSeed() {
    try (SuperTransformer a = model(2, "neuronrouting_jack_2L", true, 5);
        SuperTransformer b = model(2, "neuronrouting_jack_2L", true, 5);
        SuperTransformer c = model(2, "neuronrouting_jack_2L", true, 6);
        Scope scope = Scope.open()) {
      assertThat(a.parameters().values().equal(b.parameters().values())).isTrue();
      assertThat(a.parameters().values().equal(c.parameters().values())).isFalse();
    }
  }

  @Test
  void valuesDoNotDependOnWhichOtherParametersExist() {
    String name = "decoder.layers.1.fc2.weight";
    try (SuperTransformer plain = model(1, "neuronrouting_jack_2L", true, 5);
        SuperTransformer experts = model(3, "neuronrouting_jack_2L", true, 5)) {
      assertThat(values(experts.parameters(), name))
          .containsExactly(values(plain.parameters(), name));
    }
  }

  @Test
  void embeddingsAreNormalWithoutPadding() {
    try (SuperTransformer model = model(1, "neuronrouting_jack_2L", false, 5)) {
      for (String name : List.of("encoder.embed_tokens.weight", "decoder.embed_tokens.weight")) {
        float[] values = values(model.parameters(), name);
        assertThat(Arrays.copyOfRange(values, 32, 64)).containsOnly(0);
        double squares = 0;
        for (float value : values) {
          squares += (double) value * value;
        }
        double deviation = Math.sqrt(squares / (values.length - 32));
        assertThat(deviation).isCloseTo(Math.pow(32, -0.5), within(0.005));
      }
      float[] output = values(model.parameters(), "decoder.embed_out");
      assertThat(Arrays.copyOfRange(output, 32, 64)).doesNotContain(0);
    }
  }

  @Test
  void matricesHaveXavierBounds() {
    try (SuperTransformer model = model(2, "neuronrouting_jack_2L", true, 5)) {
      ParameterArena arena = model.parameters();
      String layer = "encoder.layers.0.";
      assertUniform(values(arena, layer + "self_attn.in_proj_weight"), Math.sqrt(6.0 / (96 + 32)));
      assertUniform(values(arena, layer + "self_attn.out_proj.weight"), Math.sqrt(6.0 / 64));
      assertUniform(values(arena, layer + "fc1.weight"), Math.sqrt(6.0 / 96));
      assertUniform(values(arena, layer + "other_output_experts.0.weight"), Math.sqrt(6.0 / 96));
      // Experts differ from the first draw on, or they would never part.
      assertThat(values(arena, layer + "other_output_experts.0.weight"))
          .isNotEqualTo(values(arena, layer + "fc2.weight"));
    }
  }

  @Test
  void biasesAreZeroAndNormsOne() {
    try (SuperTransformer model = model(2, "neuronrouting_jack_2L", true, 5)) {
      for (String name : model.parameters().names()) {
        if (name.endsWith("norm.weight")) {
          assertThat(values(model.parameters(), name)).as(name).containsOnly(1);
        } else if (name.endsWith("bias") && !name.contains("_expert.")) {
          assertThat(values(model.parameters(), name)).as(name).containsOnly(0);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"archrouting_jack_drop_2L", "neuronrouting_jack_drop_3L"})
  void routersHaveTheBoundsOfTheirInputs(String routing) {
    boolean neurons = routing.startsWith("neuron");
    try (SuperTransformer model = model(2, routing, true, 5)) {
      ParameterArena arena = model.parameters();
      String router = "encoder.layers.0." + (neurons ? "fc1" : "arch") + "_expert.";
      assertUniform(values(arena, router + "0.weight"), 1 / Math.sqrt(10));
      assertUniform(values(arena, router + "0.bias"), 1 / Math.sqrt(10));
      assertUniform(values(arena, router + "3.weight"), 1 / Math.sqrt(HIDDEN));
      if (neurons) {
        // The last layer is elastic: Xavier over all its outputs, no bias.
        assertUniform(values(arena, router + "6.weight"), Math.sqrt(6.0 / (2 * 64 + HIDDEN)));
        assertThat(values(arena, router + "6.bias")).containsOnly(0);
      } else {
        float[] bias = values(arena, router + "3.bias");
        assertThat(bias).hasSize(2).doesNotContain(0);
      }
    }
  }
}
