package mos.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import mos.base.ConfigurationException;
import mos.nn.DropoutRates;
import mos.space.Activation;
import mos.space.ModelCost;
import mos.space.Plain;
import mos.space.SearchSpace;
import mos.space.SubTransformer;
import mos.tensor.Native;
import mos.tensor.Precision;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayerOptionsTest {
  private static final int VOCABULARY = 17;
  private static final SearchSpace PLAIN =
      Plain.space(
          List.of(16, 8),
          List.of(12, 8),
          List.of(24, 12),
          List.of(24, 12),
          List.of(2),
          List.of(2, 1),
          List.of(4, 2),
          List.of(4, 2),
          List.of(4, 1),
          List.of(-1, 1));
  private static final SearchSpace SPACE = PLAIN.withHeadDims(List.of(4, 3, 2), List.of(4, 2));
  private static final SearchSpace ACTIVATIONS =
      PLAIN.withActivations(List.of(1, 2, 3), List.of(3, 1));

  @BeforeAll
  static void oneThread() {
    Native.setThreads(1);
  }

  private static SuperTransformer model(SearchSpace space, ExpertConfig experts) {
    ModelConfig config = ModelConfig.of(space, 16, VOCABULARY, VOCABULARY, true, experts);
    SuperTransformer model = new SuperTransformer(config, Tensors.cpu(), true);
    Initialization.initialise(model, 11);
    try (AutoGradMode off = new AutoGradMode(false)) {
      // Biases begin at zero, which would hide whose they are.
      for (String name : model.parameters().names()) {
        if (name.endsWith("bias") || name.contains("low_rank")) {
          model.parameters().value(name).normal_(0, 0.3, new GeneratorOptional());
        }
      }
    }
    return model;
  }

  private static float[] logits(TransformerWeights weights) {
    Transformer transformer = new Transformer(weights, DropoutRates.NONE);
    Tensor source = Tensors.of(new long[] {5, 9, 4, 2, 7, 2, 1, 1}, Tensors.cpu(), 2, 4);
    Tensor previous = Tensors.of(new long[] {2, 6, 5, 2, 8, 4}, Tensors.cpu(), 2, 3);
    return Tensors.toFloats(
        transformer
            .logits(
                transformer.decode(transformer.encode(source, source.ne(new Scalar(1))), previous))
            .detach());
  }

  private static float[] logits(SuperTransformer model, SubTransformer a) {
    try (Scope scope = Scope.open();
        AutoGradMode off = new AutoGradMode(false)) {
      return logits(model.derive(a, Precision.FP32));
    }
  }

  private static void assertClose(float[] got, float[] expected) {
    assertThat(got).containsExactly(expected, within(2e-5f));
  }

  @ParameterizedTest
  @CsvSource({"FFN, 0", "ATTENTION, 0", "ALL, 2"})
  void materialisedAndTrainedEqualInherited(ExpertConfig.Modules modules, int rank) {
    ExpertConfig experts =
        new ExpertConfig(2, "neuronrouting_jack_2L", 6, -1, "aggr", ExpertConfig.NONE.featureNorm())
            .of(modules, rank);
    Random random = new Random(2);
    try (SuperTransformer model = model(SPACE, experts)) {
      for (int n = 0; n < 5; n++) {
        SubTransformer a = n == 0 ? SPACE.largest() : SPACE.sample(random);
        float[] inherited = logits(model, a);
        try (Scope scope = Scope.open();
            SuperTransformer plain = model.materialise(a, false)) {
          assertClose(logits(plain, a), inherited);
          assertClose(logits(model.deriveTrainable(a, Precision.FP32, false).weights()), inherited);
        }
      }
    }
  }

  @Test
  void materialisedModelsHaveNoMoreParametersThanTheyUse() {
    Random random = new Random(4);
    ModelConfig config = ModelConfig.of(SPACE, 16, VOCABULARY, VOCABULARY, true, ExpertConfig.NONE);
    ModelCost cost = new ModelCost(16, VOCABULARY, VOCABULARY, true);
    for (int n = 0; n < 10; n++) {
      SubTransformer a = SPACE.sample(random);
      long counted =
          ParameterLayout.of(config.standalone(a)).entrySet().stream()
              .filter(e -> !e.getKey().contains("embed"))
              .mapToLong(e -> product(e.getValue()))
              .sum();
      // The encoder's columns of a packed projection are as wide as the wider side.
      boolean sameWidth = a.encoderEmbedDim() == a.decoderEmbedDim();
      if (sameWidth) {
        assertThat(counted).isEqualTo(cost.parametersWithoutEmbedding(a));
      } else {
        assertThat(counted).isGreaterThan(cost.parametersWithoutEmbedding(a));
      }
    }
  }

  private static long product(long[] shape) {
    long product = 1;
    for (long extent : shape) {
      product *= extent;
    }
    return product;
  }

  /** Heads of the size that the qkv width leaves them are HAT's. */
  @Test
  void sizesThatFillTheWidthChangeNothing() {
    try (SuperTransformer model = model(SPACE, ExpertConfig.NONE)) {
      SubTransformer hat = PLAIN.largest();
      SubTransformer sized = hat.withHeadDims(Collections.nCopies(2, 4), Collections.nCopies(2, 4));
      assertThat(logits(model, sized)).isEqualTo(logits(model, hat));
      SubTransformer smaller =
          hat.withHeadDims(Collections.nCopies(2, 2), Collections.nCopies(2, 4));
      assertThat(logits(model, smaller)).isNotEqualTo(logits(model, hat));
    }
  }

  @Test
  void headsWiderThanTheModelAreRefused() {
    try (SuperTransformer model = model(SPACE, ExpertConfig.NONE)) {
      SubTransformer wide =
          PLAIN.largest().withHeadDims(Collections.nCopies(2, 5), Collections.nCopies(2, 4));
      assertThatThrownBy(() -> logits(model, wide))
          .isInstanceOf(ConfigurationException.class)
          .hasMessage("attention heads: got 4 of size 5, must fit the qkv width 16");
    }
  }

  @Test
  void routersSeeHeadSizes() {
    ExpertConfig aggregate =
        new ExpertConfig(2, "archrouting_jack_2L", 6, -1, "aggr", ExpertConfig.NONE.featureNorm());
    ModelConfig config = ModelConfig.of(SPACE, 16, VOCABULARY, VOCABULARY, true, aggregate);
    SubTransformer a = SPACE.smallest().withHeadDims(List.of(4, 2), Collections.nCopies(1, 2));
    assertThat(config.features(a)).hasSize(12).endsWith(0.75f, 0.5f);
    assertThat(ModelConfig.of(PLAIN, 16, VOCABULARY, VOCABULARY, true, aggregate).featureCount())
        .isEqualTo(10);
  }

  @Test
  void layersComputeWithTheirActivation() {
    Random random = new Random(3);
    try (SuperTransformer model = model(ACTIVATIONS, ExpertConfig.NONE)) {
      SubTransformer relu = PLAIN.largest();
      for (SubTransformer a :
          List.of(
              relu.withActivations(List.of(1, 2), List.of()),
              relu.withActivations(List.of(), List.of(3, 1)),
              ACTIVATIONS.sample(random))) {
        float[] inherited = logits(model, a);
        assertThat(inherited).isNotEqualTo(logits(model, a.withActivations(List.of(), List.of())));
        try (SuperTransformer plain = model.materialise(a, false)) {
          assertClose(logits(plain, a), inherited);
        }
      }
      assertThat(logits(model, relu.withActivations(List.of(1, 1), List.of(1, 1))))
          .isEqualTo(logits(model, relu));
    }
    try (SuperTransformer gelu =
        new SuperTransformer(
            ModelConfig.of(PLAIN, 16, VOCABULARY, VOCABULARY, true, ExpertConfig.NONE)
                .withActivation(Activation.GELU),
            Tensors.cpu(),
            false)) {
      Initialization.initialise(gelu, 11);
      assertThat(logits(gelu, PLAIN.largest().withActivations(List.of(2, 2), List.of(2, 2))))
          .isEqualTo(logits(gelu, PLAIN.largest()));
    }
  }
}
