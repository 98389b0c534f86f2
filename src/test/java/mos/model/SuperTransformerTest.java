package mos.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import mos.nn.DropoutRates;
import mos.nn.FeedForward;
import mos.nn.Granularity;
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
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SuperTransformerTest {
  private static final int VOCABULARY = 17;
  private static final SearchSpace SPACE =
      Plain.space(
          List.of(16, 8),
          List.of(16, 8),
          List.of(24, 12),
          List.of(24, 12),
          List.of(3),
          List.of(3, 2, 1),
          List.of(4, 2),
          List.of(4, 2),
          List.of(4, 2),
          List.of(-1, 1, 2));
  private static final SubTransformer ARCHITECTURE =
      Plain.architecture(
          16,
          8,
          List.of(12, 24, 12),
          List.of(2, 4, 2),
          List.of(12, 24),
          List.of(4, 2),
          List.of(2, 4),
          List.of(-1, 2));

  @BeforeAll
  static void oneThread() {
    Native.setThreads(1);
  }

  static Stream<String> variants() {
    return ExpertRouting.NAMES.stream();
  }

  private static ExpertConfig experts(String variant, int count, double freq, String format) {
    return new ExpertConfig(count, variant, 6, freq, format, ExpertConfig.NONE.featureNorm());
  }

  private static SuperTransformer model(boolean share, ExpertConfig experts, boolean trainable) {
    ModelConfig config = ModelConfig.of(SPACE, 16, VOCABULARY, VOCABULARY, share, experts);
    SuperTransformer model = new SuperTransformer(config, Tensors.cpu(), trainable);
    Initialization.initialise(model, 11);
    return model;
  }

  private static Tensor source() {
    return Tensors.of(new long[] {5, 9, 4, 2, 7, 2, 1, 1}, Tensors.cpu(), 2, 4);
  }

  private static Tensor previous() {
    return Tensors.of(new long[] {2, 6, 5, 2, 8, 4}, Tensors.cpu(), 2, 3);
  }

  /** (2, 3, V) */
  private static Tensor logits(TransformerWeights weights) {
    Transformer transformer = new Transformer(weights, DropoutRates.NONE);
    Tensor source = source();
    return transformer.logits(
        transformer.decode(transformer.encode(source, source.ne(new Scalar(1))), previous()));
  }

  private static float[] logits(SuperTransformer model, SubTransformer architecture) {
    try (Scope scope = Scope.open();
        AutoGradMode off = new AutoGradMode(false)) {
      return Tensors.toFloats(logits(model.derive(architecture, Precision.FP32)));
    }
  }

  private static void assertClose(float[] got, float[] expected) {
    assertThat(got).hasSameSizeAs(expected);
    for (int i = 0; i < got.length; i++) {
      assertThat((double) got[i]).isCloseTo(expected[i], within(1e-5));
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void routerRowsSumToOne(String name) {
    ExpertRouting routing = ExpertRouting.of(name);
    try (SuperTransformer model = model(true, experts(name, 3, -1, "aggr"), false);
        Scope scope = Scope.open()) {
      RouterBank routers = new RouterBank(model, List.of(ARCHITECTURE), false, false);
      WeightMatrix fc1 =
          new WeightMatrix("decoder.layers.0.", "fc1", true, 0, 1, WeightMatrix.Rows.all(12), 16);
      Tensor mixture = routers.weights(ARCHITECTURE, fc1);
      assertThat(mixture.sizes().vec().get())
          .containsExactly(routing.granularity() == Granularity.LAYER_WISE ? 1 : 12, 3);
      for (float sum : Tensors.toFloats(mixture.sum(-1))) {
        assertThat((double) sum).isCloseTo(1, within(1e-6));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void expertMixturesAreThoseOfTheDerivedWeights(String variant) {
    boolean layerWise = variant.startsWith("arch");
    try (SuperTransformer model = model(true, experts(variant, 3, -1, "aggr"), false);
        Scope scope = Scope.open()) {
      List<ExpertMixture> mixtures = model.expertMixtures(ARCHITECTURE);
      assertThat(mixtures).hasSize(layerWise ? 5 : 10);
      for (ExpertMixture mixture : mixtures) {
        assertThat(mixture.mean().stream().mapToDouble(w -> w).sum()).isCloseTo(1, within(1e-6));
        assertThat(mixture.spread()).allMatch(s -> layerWise ? s == 0 : s < 0.5);
      }
      // Deeper routers as narrow as here may have no hidden unit that is not zero.
      assertThat(layerWise || !variant.endsWith("2L") || mixtures.get(0).spread().get(0) > 0)
          .isTrue();
      // With experts that are 0, 1 and 2 everywhere, the mean of the mixed weights tells the means.
      for (int e = 0; e < 3; e++) {
        List<String> names = ParameterLayout.expertNames("decoder.layers.1.", "fc1", "weight", 3);
        model.parameters().value(names.get(e)).fill_(new Scalar(e));
      }
      FeedForward mixed =
          (FeedForward)
              model.derive(ARCHITECTURE, Precision.FP32).decoderLayers().get(1).feedForward();
      ExpertMixture told =
          mixtures.stream()
              .filter(m -> !m.encoder() && m.layer() == 1)
              .filter(m -> m.matrix().equals(layerWise ? "ffn" : "fc1"))
              .findFirst()
              .orElseThrow();
      assertThat(Tensors.toDoubles(mixed.fc1().weight().mean())[0])
          .isCloseTo(told.mean().get(1) + 2 * told.mean().get(2), within(1e-5));
    }
  }

  private static Tensor random(long... shape) {
    Tensor tensor = torch.empty(shape, Tensors.options(ScalarType.Float, Tensors.cpu()), null);
    return tensor.normal_(0, 1, new GeneratorOptional());
  }

  @ParameterizedTest
  @MethodSource("variants")
  void materialisedEqualsDerived(String variant) {
    int index = ExpertRouting.NAMES.indexOf(variant);
    for (double freq : new double[] {-1, 0.5}) {
      for (String format : List.of("aggr", "fine")) {
        boolean share = (index % 2 == 0) == format.equals("aggr");
        ExpertConfig experts = experts(variant, 2 + index % 3, freq, format);
        try (SuperTransformer model = model(share, experts, false);
            SuperTransformer plain = model.materialise(ARCHITECTURE, false)) {
          assertClose(logits(plain, ARCHITECTURE), logits(model, ARCHITECTURE));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void identicalExpertsMakeRoutersIrrelevant(String variant) {
    try (SuperTransformer model = model(true, experts(variant, 3, -1, "aggr"), false)) {
      float[] mixed = logits(model, ARCHITECTURE);
      forNames(model, name -> name.contains("other_"), SuperTransformerTest::copyFirstExpert);
      float[] before = logits(model, ARCHITECTURE);
      assertThat(before).isNotEqualTo(mixed);
      forNames(
          model,
          name -> name.contains("_expert."),
          (m, name) -> m.parameters().value(name).normal_(0, 1, new GeneratorOptional()));
      assertClose(logits(model, ARCHITECTURE), before);
    }
  }

  private static void copyFirstExpert(SuperTransformer model, String name) {
    String first =
        name.replaceAll("other_intermediate_experts\\.\\d+", "fc1")
            .replaceAll("other_output_experts\\.\\d+", "fc2");
    model.parameters().value(name).copy_(model.parameters().value(first));
  }

  private static void forNames(
      SuperTransformer model,
      java.util.function.Predicate<String> wanted,
      java.util.function.BiConsumer<SuperTransformer, String> action) {
    try (Scope scope = Scope.open();
        AutoGradMode off = new AutoGradMode(false)) {
      model.parameters().names().stream()
          .filter(wanted)
          .forEach(name -> action.accept(model, name));
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void oneExpertIsPlainWeightSharing(String variant) {
    try (SuperTransformer one = model(true, experts(variant, 1, -1, "aggr"), false);
        SuperTransformer hat = model(true, ExpertConfig.NONE, false)) {
      assertThat(one.parameters().names()).isEqualTo(hat.parameters().names());
      assertThat(logits(one, ARCHITECTURE)).isEqualTo(logits(hat, ARCHITECTURE));
    }
  }

  @Test
  void fullSliceEqualsUnslicedParameters() {
    try (SuperTransformer model = model(true, ExpertConfig.NONE, false);
        Scope scope = Scope.open()) {
      TransformerWeights weights = model.derive(SPACE.largest(), Precision.FP32);
      Tensor fc2 = ((FeedForward) weights.decoderLayers().get(2).feedForward()).fc2().weight();
      assertThat(Tensors.toFloats(fc2))
          .isEqualTo(Tensors.toFloats(model.parameters().value("decoder.layers.2.fc2.weight")));
      Tensor projection = weights.encoderLayers().get(1).selfAttention().keyValue().weight();
      assertThat(Tensors.toFloats(projection))
          .isEqualTo(
              Tensors.toFloats(
                  model.parameters().value("encoder.layers.1.self_attn.in_proj_weight")));
    }
  }

  @Test
  void paddingChangesNothing() {
    try (SuperTransformer model = model(true, ExpertConfig.NONE, false);
        Scope scope = Scope.open();
        AutoGradMode off = new AutoGradMode(false)) {
      Transformer transformer =
          new Transformer(model.derive(ARCHITECTURE, Precision.FP32), DropoutRates.NONE);
      float[] padded =
          Tensors.toFloats(
              logits(model.derive(ARCHITECTURE, Precision.FP32)).select(0, 1).contiguous());
      Tensor alone = Tensors.of(new long[] {7, 2}, Tensors.cpu(), 1, 2);
      Tensor decoded =
          transformer.decode(transformer.encode(alone, null), previous().narrow(0, 1, 1));
      assertClose(Tensors.toFloats(transformer.logits(decoded)), padded);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"archrouting_jack_2L", "neuronrouting_jack_drop_resnet_3L"})
  void gradientsEqualNumericOnes(String variant) {
    try (SuperTransformer model = model(true, experts(variant, 2, 0.5, "aggr"), true)) {
      try (Scope scope = Scope.open()) {
        TrainableWeights weights = model.deriveTrainable(ARCHITECTURE, Precision.FP32, false);
        logits(weights.weights()).square().sum().backward();
        weights.backpropagate();
      }
      // In place, sliced copies, stacked experts, routers.
      for (String name : model.parameters().names()) {
        if (name.startsWith("decoder.layers.1.") && name.endsWith("weight")
            || name.startsWith("encoder.embed")) {
          assertGradient(model, name);
        }
      }
    }
  }

  private static void assertGradient(SuperTransformer model, String name) {
    try (Scope scope = Scope.open();
        AutoGradMode off = new AutoGradMode(false)) {
      long width = model.parameters().shape(name)[model.parameters().shape(name).length - 1];
      // An entry that every slice contains: row 2 of an embedding, else the first row.
      long entry = name.contains("embed") ? 2 * width + 1 : 1;
      Tensor value = model.parameters().value(name).view(-1).narrow(0, entry, 1);
      double gradient = Tensors.toFloats(model.parameters().gradient(name))[(int) entry];
      double step = 2e-3;
      value.add_(new Scalar(step));
      double above = loss(model);
      value.sub_(new Scalar(2 * step));
      double below = loss(model);
      value.add_(new Scalar(step));
      assertThat(gradient)
          .as(name)
          .isCloseTo((above - below) / (2 * step), within(0.02 + 0.02 * Math.abs(gradient)));
    }
  }

  private static double loss(SuperTransformer model) {
    double sum = 0;
    for (double value : toDoubles(logits(model, ARCHITECTURE))) {
      sum += value * value;
    }
    return sum;
  }

  private static double[] toDoubles(float[] values) {
    double[] result = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = values[i];
    }
    return result;
  }
}
