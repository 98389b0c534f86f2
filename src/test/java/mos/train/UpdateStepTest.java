package mos.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import mos.data.Batch;
import mos.data.Dictionary;
import mos.data.Passes;
import mos.kernel.PackedAttention;
import mos.kernel.TensorKernels;
import mos.model.ExpertConfig;
import mos.model.SuperTransformer;
import mos.model.TrainableWeights;
import mos.model.Transformer;
import mos.nn.Activation;
import mos.nn.Distillation;
import mos.nn.DropoutRates;
import mos.nn.LabelSmoothedCrossEntropy;
import mos.space.SearchSpace;
import mos.space.SubTransformer;
import mos.tensor.Precision;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpdateStepTest {
  private static final List<SubTransformer> SANDWICH =
      ArchitectureSchedule.supernet(ReverseTask.SPACE, true, 3).trained(1);

  @TempDir Path folder;
  private ReverseTask task;
  private SuperTransformer model;
  private List<int[]> microBatches;

  @BeforeEach
  void makeModel() {
    task = ReverseTask.in(folder);
    model = task.model(ReverseTask.experts(2, "neuronrouting_jack_2L"));
    microBatches =
        IntStream.range(0, 6).mapToObj(k -> IntStream.range(8 * k, 8 * k + 8).toArray()).toList();
  }

  @AfterEach
  void close() {
    model.close();
    task.close();
  }

  private List<Batch> batches(List<int[]> sentences) {
    return sentences.stream().map(s -> Batch.of(task.train(), s)).toList();
  }

  private UpdateStep step(DropoutRates dropout) {
    return step(new PlainEngine(model, ReverseTask.gradients(dropout, Distillation.NONE)));
  }

  private UpdateStep step(GradientEngine engine) {
    return new UpdateStep(engine, model.parameters(), 7);
  }

  private float[] gradients(UpdateStep step, List<Batch> passes) {
    try (Scope scope = Scope.open()) {
      step.run(SANDWICH, passes, 1, 1);
      return Tensors.toFloats(model.parameters().gradients());
    }
  }

  /** ‖a − b‖ / ‖a‖. */
  private static double relativeDistance(float[] a, float[] b) {
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < a.length; i++) {
      difference += Math.pow((double) a[i] - b[i], 2);
      norm += Math.pow(a[i], 2);
    }
    assertThat(norm).isPositive();
    return Math.sqrt(difference / norm);
  }

  @Test
  void mergedPassesEqualSeparateMicroBatches() {
    List<int[]> merged = Passes.PADDED.merge(microBatches, task.train(), 200);
    assertThat(merged).hasSizeLessThan(microBatches.size());
    float[] separate = gradients(step(DropoutRates.NONE), batches(microBatches));
    float[] together = gradients(step(DropoutRates.NONE), batches(merged));
    assertThat(relativeDistance(separate, together)).isLessThan(1e-6);
  }

  @Test
  void mixingOncePerUpdateEqualsMixingPerPass() {
    float[] once = gradients(step(DropoutRates.NONE), batches(microBatches));
    float[] perPass = gradientsMixedPerPass(batches(microBatches));
    assertThat(relativeDistance(once, perPass)).isLessThan(1e-6);
  }

  private float[] gradientsMixedPerPass(List<Batch> passes) {
    LabelSmoothedCrossEntropy criterion = new LabelSmoothedCrossEntropy(0.1, Dictionary.PAD);
    try (Scope scope = Scope.open()) {
      model.parameters().gradients().zero_();
      for (SubTransformer architecture : SANDWICH) {
        for (Batch pass : passes) {
          TrainableWeights weights = model.deriveTrainable(architecture, Precision.FP32, false);
          Transformer transformer = new Transformer(weights.weights(), DropoutRates.NONE);
          TensorBatch batch = TensorBatch.of(pass, model.device());
          Tensor decoded =
              transformer.decode(
                  transformer.encode(batch.source(), batch.sourceMask()), batch.previous());
          Tensor logits = transformer.logits(decoded);
          criterion.sums(logits.view(-1, logits.size(2)), batch.target()).loss().backward();
          weights.backpropagate();
        }
      }
      return Tensors.toFloats(model.parameters().gradients());
    }
  }

  @Test
  void sandwichGradientIsTheSumOverItsArchitectures() {
    UpdateStep step = step(DropoutRates.NONE);
    List<Batch> passes = batches(microBatches);
    float[] together = gradients(step, passes);
    float[] sum = new float[together.length];
    try (Scope scope = Scope.open()) {
      for (SubTransformer architecture : SANDWICH) {
        step.run(List.of(architecture), passes, 1, 1);
        float[] one = Tensors.toFloats(model.parameters().gradients());
        for (int i = 0; i < sum.length; i++) {
          sum[i] += one[i];
        }
      }
    }
    assertThat(relativeDistance(together, sum)).isLessThan(1e-6);
  }

  /** Central differences along the gradient itself: catches a gradient of the wrong size. */
  @Test
  void gradientIsTheSlopeOfTheLoss() {
    UpdateStep step = step(DropoutRates.NONE);
    List<Batch> passes = batches(microBatches);
    float[] gradient = gradients(step, passes);
    double norm = 0;
    for (float g : gradient) {
      norm += (double) g * g;
    }
    norm = Math.sqrt(norm);
    double length = 1e-2;
    double slope = (lossMoved(step, passes, length) - lossMoved(step, passes, -length)) / 2;
    assertThat(slope / length).isCloseTo(norm, withinPercentage(2));
  }

  private double lossMoved(UpdateStep step, List<Batch> passes, double length) {
    try (Scope scope = Scope.open()) {
      step.run(SANDWICH, passes, 1, 1);
      Tensor values = model.parameters().values();
      Tensor before = values.clone();
      Tensor gradients = model.parameters().gradients();
      values.add_(gradients.mul(new Scalar(length / gradients.norm().item_double())));
      double loss = loss(step, passes, 1);
      values.copy_(before);
      return loss;
    }
  }

  @Test
  void dropoutDependsOnSeedAndUpdateAlone() {
    UpdateStep step = step(new DropoutRates(0.3, 0.1, 0.1));
    List<Batch> passes = batches(microBatches);
    List<Double> losses = new ArrayList<>();
    for (long update : new long[] {1, 2, 1}) {
      try (Scope scope = Scope.open()) {
        losses.add(loss(step, passes, update));
      }
    }
    assertThat(losses.get(2)).isEqualTo(losses.get(0)).isNotEqualTo(losses.get(1));
  }

  private static double loss(UpdateStep step, List<Batch> passes, long update) {
    return step.run(SANDWICH, passes, update, 1).sums().select(0, 0).item_double();
  }

  /** The packed pass is another computation of the same: no padding, no autograd, fused steps. */
  @ParameterizedTest
  @ValueSource(
      strings = {"none", "archrouting_jack_3L", "neuronrouting_jack_2L", "neuronrouting_jack_4L"})
  void packedPassesEqualPlainOnes(String routing) {
    model.close();
    model =
        task.model(routing.equals("none") ? ExpertConfig.NONE : ReverseTask.experts(3, routing));
    List<Batch> passes = batches(Passes.PADDED.merge(microBatches, task.train(), 200));
    float[] plain = gradients(step(DropoutRates.NONE), passes);
    double loss = loss(step(DropoutRates.NONE), passes, 1);
    try (GradientEngine engine = packed(DropoutRates.NONE)) {
      assertThat(relativeDistance(plain, gradients(step(engine), passes))).isLessThan(2e-6);
      assertThat(loss(step(engine), passes, 1)).isCloseTo(loss, withinPercentage(1e-4));
    }
  }

  /** Also of attention experts, and the closed form of low-rank ones against autograd. */
  @ParameterizedTest
  @CsvSource({
    "neuronrouting_jack_2L, ATTENTION, 0",
    "archrouting_jack_2L, ALL, 0",
    "neuronrouting_jack_2L, FFN, 2",
    "archrouting_jack_3L, ALL, 1",
    "neuronrouting_jack_2L, ALL, 3"
  })
  void packedPassesEqualPlainOnesOfOtherExperts(
      String routing, ExpertConfig.Modules modules, int rank) {
    model.close();
    model = task.model(ReverseTask.experts(3, routing).of(modules, rank));
    try (Scope scope = Scope.open()) {
      // Low-rank differences begin at zero, which would hide half of the gradients.
      Tensor values = model.parameters().values();
      values.add_(torch.randn_like(values), new Scalar(0.02));
    }
    List<Batch> passes = batches(Passes.PADDED.merge(microBatches, task.train(), 200));
    float[] plain = gradients(step(DropoutRates.NONE), passes);
    double loss = loss(step(DropoutRates.NONE), passes, 1);
    try (GradientEngine engine = packed(DropoutRates.NONE)) {
      // Twice: what the first leaves must not show in the second.
      gradients(step(engine), passes);
      assertThat(relativeDistance(plain, gradients(step(engine), passes))).isLessThan(5e-6);
      assertThat(loss(step(engine), passes, 1)).isCloseTo(loss, withinPercentage(1e-4));
    }
  }

  /** The gradient under dropout must use the masks of the loss with these, too. */
  @ParameterizedTest
  @EnumSource(Activation.class)
  void packedPassesEqualPlainOnesOfEveryActivation(Activation activation) {
    model.close();
    model = task.model(ExpertConfig.NONE, activation);
    List<Batch> passes = batches(Passes.PADDED.merge(microBatches, task.train(), 200));
    float[] plain = gradients(step(DropoutRates.NONE), passes);
    try (GradientEngine engine = packed(DropoutRates.NONE)) {
      assertThat(relativeDistance(plain, gradients(step(engine), passes))).isLessThan(2e-6);
    }
    try (GradientEngine engine = packed(new DropoutRates(0, 0, 0.3))) {
      float[] gradient = gradients(step(engine), passes);
      double norm = 0;
      for (float g : gradient) {
        norm += (double) g * g;
      }
      double length = 1e-3;
      UpdateStep step = step(engine);
      double slope = (lossMoved(step, passes, length) - lossMoved(step, passes, -length)) / 2;
      assertThat(slope / length).isCloseTo(Math.sqrt(norm), withinPercentage(2));
    }
  }

  /** Token experts, some of them identities, in all forms; the sandwich's smallest has none. */
  @ParameterizedTest
  @CsvSource({
    "1, neuronrouting_jack_2L, 0, 1, 0, 0.01",
    "1, neuronrouting_jack_2L, 0, 1, 0.6, 0.3",
    "3, neuronrouting_jack_2L, 0, 1, 0, 0.01",
    "3, archrouting_jack_2L, 0, 2, 0, 0.3",
    "2, neuronrouting_jack_2L, 2, 2, 0.4, 0.3",
    "2, archrouting_jack_2L, 2, 1, 1.25, 0.01"
  })
  void packedPassesEqualPlainOnesOfTokenExperts(
      int sets, String routing, int rank, int topK, double capacity, double balance) {
    model.close();
    SearchSpace space =
        ReverseTask.SPACE.withTokenExperts(List.of(1, 2, 3), List.of(64, 32, 0), List.of(1, 2));
    ExpertConfig experts =
        sets == 1
            ? ExpertConfig.NONE
            : ReverseTask.experts(sets, routing).of(ExpertConfig.Modules.FFN, rank);
    model = task.model(space, experts, topK);
    try (Scope scope = Scope.open()) {
      // Low-rank differences begin at zero, and so do routers' biases.
      Tensor values = model.parameters().values();
      values.add_(torch.randn_like(values), new Scalar(0.05));
    }
    List<SubTransformer> trained = ArchitectureSchedule.supernet(space, true, 3).trained(1);
    assertThat(trained.get(1).tokenRouted()).isTrue();
    TokenTraining training = new TokenTraining(capacity, balance);
    // Capacity is of a pass: equal lengths, so that no padding divides passes otherwise.
    List<Batch> passes = batches(microBatches);
    try (GradientEngine plain =
            new PlainEngine(
                model, ReverseTask.gradients(DropoutRates.NONE, Distillation.NONE, training));
        GradientEngine packed = packed(DropoutRates.NONE, Distillation.NONE, training)) {
      float[] expected = gradients(step(plain), trained, passes);
      // Twice: what the first leaves must not show in the second.
      gradients(step(packed), trained, passes);
      assertThat(relativeDistance(expected, gradients(step(packed), trained, passes)))
          .isLessThan(5e-6);
      for (String name : model.parameters().names()) {
        if (name.contains("switch")) {
          assertThat(model.parameters().gradient(name).norm().item_double()).isPositive();
        }
      }
    }
  }

  @Test
  void packedPassesEqualPlainOnesWhereAllSecondTokenExpertsAreIdentities() {
    model.close();
    SearchSpace space = ReverseTask.SPACE.withTokenExperts(List.of(3), List.of(32, 0), List.of(3));
    model = task.model(space, ReverseTask.experts(2, "neuronrouting_jack_2L"), 1);
    SplittableRandom random = new SplittableRandom(1);
    SubTransformer identities =
        Stream.generate(() -> space.sample(random))
            .limit(10_000)
            .filter(a -> tokenExperts(a, 1).allMatch(size -> size == 0))
            .filter(a -> tokenExperts(a, 2).anyMatch(size -> size > 0))
            .findFirst()
            .orElseThrow();
    List<SubTransformer> trained = List.of(space.largest(), identities);
    List<Batch> passes = batches(microBatches);
    try (GradientEngine packed = packed(DropoutRates.NONE)) {
      float[] expected = gradients(step(DropoutRates.NONE), trained, passes);
      assertThat(relativeDistance(expected, gradients(step(packed), trained, passes)))
          .isLessThan(5e-6);
    }
  }

  /** FFN sizes of one token expert of each layer. */
  private static IntStream tokenExperts(SubTransformer a, int expert) {
    return IntStream.concat(
        IntStream.range(0, a.encoderLayers()).map(i -> a.encoderExperts(i).get(expert)),
        IntStream.range(0, a.decoderLayers()).map(i -> a.decoderExperts(i).get(expert)));
  }

  /**
   * Heads of several sizes use a part of the projections, whose rest gets no gradient; layers
   * choose their activation.
   */
  @ParameterizedTest
  @CsvSource({"FFN, 0", "ATTENTION, 0", "ALL, 2"})
  void packedPassesEqualPlainOnesOfHeadSizesAndActivations(ExpertConfig.Modules modules, int rank) {
    model.close();
    SearchSpace space =
        ReverseTask.SPACE
            .withHeadDims(List.of(16, 8), List.of(8, 4))
            .withActivations(List.of(2, 1), List.of(1, 3));
    ExpertConfig experts = ReverseTask.experts(2, "neuronrouting_jack_2L").of(modules, rank);
    model = task.model(space, experts, 0);
    List<SubTransformer> trained = ArchitectureSchedule.supernet(space, true, 3).trained(1);
    List<Batch> passes = batches(microBatches);
    try (GradientEngine packed = packed(DropoutRates.NONE)) {
      float[] expected = gradients(step(DropoutRates.NONE), trained, passes);
      gradients(step(packed), trained, passes);
      assertThat(relativeDistance(expected, gradients(step(packed), trained, passes)))
          .isLessThan(5e-6);
    }
  }

  private float[] gradients(
      UpdateStep step, List<SubTransformer> architectures, List<Batch> passes) {
    try (Scope scope = Scope.open()) {
      step.run(architectures, passes, 1, 1);
      return Tensors.toFloats(model.parameters().gradients());
    }
  }

  /** What every rank but the first does: its routers' dropout is that of the first. */
  @ParameterizedTest
  @CsvSource({"false, 0", "false, 0.3", "true, 0", "true, 0.3"})
  void ranksDropOtherPartsOfTokensButTheSameOfRouters(boolean packed, double rate) {
    DropoutRates dropout = new DropoutRates(rate, 0, 0);
    List<Batch> passes = batches(microBatches);
    try (SuperTransformer dropping =
            task.model(ReverseTask.experts(2, "neuronrouting_jack_drop_2L"));
        GradientEngine engine =
            packed
                ? new PackedEngine(
                    dropping,
                    ReverseTask.gradients(dropout, Distillation.NONE, TokenTraining.DEFAULT),
                    new TensorKernels(),
                    PackedAttention.of(Tensors.cpu(), ScalarType.Float))
                : new PlainEngine(dropping, ReverseTask.gradients(dropout, Distillation.NONE))) {
      float[] first = gradients(engine, dropping, passes, new long[] {1, 2, 3}, 1);
      float[] second = gradients(engine, dropping, passes, new long[] {1, 2, 3}, 11);
      if (rate == 0) {
        assertThat(relativeDistance(first, second)).isLessThan(1e-6);
        float[] otherRouters = gradients(engine, dropping, passes, new long[] {4, 5, 6}, 1);
        assertThat(relativeDistance(first, otherRouters)).isGreaterThan(1e-3);
      } else {
        assertThat(relativeDistance(first, second)).isGreaterThan(1e-2);
      }
    }
  }

  /** What is recorded for one batch is run on others of its size, with other dropout. */
  @Test
  void recordedPassesEqualThoseThatAreNot() {
    DropoutRates dropout = new DropoutRates(0.3, 0.1, 0);
    List<Batch> passes = batches(Passes.PADDED.merge(microBatches, task.train(), 200));
    List<Batch> others = passes.stream().map(UpdateStepTest::backwards).toList();
    try (PackedEngine recording = packed(dropout);
        PackedEngine other = packed(dropout)) {
      for (int update = 1; update <= 5; update++) {
        List<Batch> now = update == 5 ? others : passes;
        float[] got = gradients(recording, update, now);
        assertThat(recording.recordedPasses() > 0).as("update %d", update).isEqualTo(update > 1);
        if (update == 5) {
          assertThat(relativeDistance(gradients(other, update, now), got)).isLessThan(1e-6);
          assertThat(other.recordedPasses()).isZero();
        }
      }
    }
  }

  /** The same lengths with other tokens: the source's as target and the other way round. */
  private static Batch backwards(Batch batch) {
    int[][] source = new int[batch.size()][];
    for (int b = 0; b < source.length; b++) {
      int[] row = batch.source()[b].clone();
      int length = 0;
      while (length < row.length && row[length] != Dictionary.PAD) {
        length++;
      }
      for (int i = 0; i + 1 < length; i++) {
        row[i] = batch.source()[b][length - 2 - i];
      }
      source[b] = row;
    }
    return new Batch(
        batch.sentences(),
        source,
        batch.sourceLengths(),
        batch.target(),
        batch.previousOutput(),
        batch.targetTokens());
  }

  private float[] gradients(GradientEngine engine, int update, List<Batch> passes) {
    try (Scope scope = Scope.open()) {
      step(engine).run(SANDWICH, passes, update, 1);
      return Tensors.toFloats(model.parameters().gradients());
    }
  }

  private static float[] gradients(
      GradientEngine engine,
      SuperTransformer model,
      List<Batch> passes,
      long[] seeds,
      long tokenSeed) {
    long[] tokenSeeds = {tokenSeed, tokenSeed + 1, tokenSeed + 2};
    try (Scope scope = Scope.open()) {
      engine.gradients(SANDWICH, passes, seeds, tokenSeeds, 1);
      return Tensors.toFloats(model.parameters().gradients());
    }
  }

  private PackedEngine packed(DropoutRates dropout) {
    return packed(dropout, Distillation.NONE);
  }

  private PackedEngine packed(DropoutRates dropout, Distillation distillation) {
    return packed(dropout, distillation, TokenTraining.DEFAULT);
  }

  private PackedEngine packed(
      DropoutRates dropout, Distillation distillation, TokenTraining tokenExperts) {
    return new PackedEngine(
        model,
        ReverseTask.gradients(dropout, distillation, tokenExperts),
        new TensorKernels(),
        PackedAttention.of(Tensors.cpu(), ScalarType.Float));
  }

  /** Autograd of the definition on padded sentences against the closed form on packed ones. */
  @ParameterizedTest
  @CsvSource({"KL, 0.3", "KL, 1", "ALPHA, 0.7", "ALPHA, 1"})
  void packedDistillationEqualsPlain(Distillation.Kind kind, double weight) {
    Distillation distillation = new Distillation(kind, weight);
    List<Batch> passes = batches(Passes.PADDED.merge(microBatches, task.train(), 200));
    UpdateStep alone = step(DropoutRates.NONE);
    UpdateStep taught =
        step(new PlainEngine(model, ReverseTask.gradients(DropoutRates.NONE, distillation)));
    float[] plain = gradients(taught, passes);
    assertThat(relativeDistance(gradients(alone, passes), plain)).isGreaterThan(1e-3);
    try (Scope scope = Scope.open();
        GradientEngine engine = packed(DropoutRates.NONE, distillation)) {
      assertThat(relativeDistance(plain, gradients(step(engine), passes))).isLessThan(5e-6);
      assertThat(loss(step(engine), passes, 1))
          .isCloseTo(loss(taught, passes, 1), withinPercentage(1e-4));
    }
  }

  /** The teacher's own gradient is that of its references. */
  @Test
  void teacherLearnsFromTheReferencesAlone() {
    Distillation distillation = new Distillation(Distillation.Kind.KL, 1);
    List<Batch> passes = batches(microBatches);
    SubTransformer largest = SANDWICH.get(0);
    try (Scope scope = Scope.open();
        GradientEngine engine = packed(DropoutRates.NONE, distillation)) {
      step(engine).run(List.of(largest), passes, 1, 1);
      float[] alone = Tensors.toFloats(model.parameters().gradients());
      // A student equal to its teacher adds nothing when the teacher is all it has.
      step(engine).run(List.of(largest, largest), passes, 1, 1);
      float[] both = Tensors.toFloats(model.parameters().gradients());
      assertThat(relativeDistance(alone, both)).isLessThan(1e-6);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void distillationOfWeightZeroChangesNothing(boolean packed) {
    DropoutRates dropout = new DropoutRates(0.3, 0.1, 0.1);
    Distillation off = new Distillation(Distillation.Kind.ALPHA, 0);
    List<Batch> passes = batches(microBatches);
    try (GradientEngine with =
            packed
                ? packed(dropout, off)
                : new PlainEngine(model, ReverseTask.gradients(dropout, off));
        GradientEngine without =
            packed
                ? packed(dropout)
                : new PlainEngine(model, ReverseTask.gradients(dropout, Distillation.NONE))) {
      assertThat(gradients(step(with), passes)).isEqualTo(gradients(step(without), passes));
    }
  }

  /** With dropout, the gradient must use the masks that the loss was computed with. */
  @Test
  void packedGradientIsTheSlopeOfTheLossUnderDropout() {
    List<Batch> passes = batches(microBatches);
    try (GradientEngine engine = packed(new DropoutRates(0.3, 0.2, 0.1))) {
      UpdateStep step = step(engine);
      float[] gradient = gradients(step, passes);
      double norm = 0;
      for (float g : gradient) {
        norm += (double) g * g;
      }
      double length = 1e-3;
      double slope = (lossMoved(step, passes, length) - lossMoved(step, passes, -length)) / 2;
      assertThat(slope / length).isCloseTo(Math.sqrt(norm), withinPercentage(2));
    }
  }

  @Test
  void scaledGradientsAreTheSameTimesTheScale() {
    List<Batch> passes = batches(microBatches);
    try (GradientEngine engine = packed(DropoutRates.NONE);
        Scope scope = Scope.open()) {
      float[] once = gradients(step(engine), passes);
      step(engine).run(SANDWICH, passes, 1, 8);
      float[] scaled = Tensors.toFloats(model.parameters().gradients().div(new Scalar(8.0)));
      assertThat(relativeDistance(once, scaled)).isLessThan(1e-6);
    }
  }
}
