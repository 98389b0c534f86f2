package mos.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import mos.data.Batch;
import mos.data.PackedBatch;
import mos.kernel.PackedAttention;
import mos.kernel.TrainingKernels;
import mos.model.ComputeCopy;
import mos.model.DirectUpdate;
import mos.model.DirectWeights;
import mos.model.ExpertConfig;
import mos.model.SuperTransformer;
import mos.model.Transformer;
import mos.nn.Distillation;
import mos.nn.DropoutRates;
import mos.packed.PackedPass;
import mos.packed.PackedTensors;
import mos.packed.SwitchTraining;
import mos.space.Plain;
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
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Training on a GPU against autograd on the CPU, both in fp32: the same numbers. Without a GPU
 * these tests are skipped.
 */
class GpuTrainingTest {
  private static final SearchSpace ROUTED =
      ReverseTask.SPACE.withTokenExperts(List.of(1, 2, 3), List.of(64, 32, 0), List.of(1, 2));

  @TempDir Path folder;
  private ReverseTask task;
  private Device gpu;
  private List<Batch> passes;

  @BeforeEach
  void needGpu() {
    assumeTrue(Native.hasGpu(), "no GPU");
    task = ReverseTask.in(folder);
    gpu = Devices.of("cuda");
    Precision.FP32.apply();
    passes =
        IntStream.range(0, 3)
            .mapToObj(k -> Batch.of(task.train(), IntStream.range(32 * k, 32 * k + 32).toArray()))
            .toList();
  }

  @AfterEach
  void close() {
    if (task != null) {
      task.close();
    }
  }

  /** Everything moved a little: what begins at zero would hide gradients. */
  private SuperTransformer model(SearchSpace space, ExpertConfig experts, int topK) {
    SuperTransformer model = task.model(space, experts, topK);
    try (Scope scope = Scope.open()) {
      torch.manual_seed(8);
      Tensor values = model.parameters().values();
      values.add_(torch.randn_like(values), new Scalar(0.05));
    }
    return model;
  }

  private SuperTransformer onGpu(SuperTransformer model) {
    SuperTransformer copy = new SuperTransformer(model.config(), gpu, true);
    try (Scope scope = Scope.open()) {
      copy.parameters().values().copy_(model.parameters().values());
    }
    return copy;
  }

  private static ExpertConfig experts(String routing, ExpertConfig.Modules modules, int rank) {
    return ReverseTask.experts(2, routing).of(modules, rank);
  }

  private record Result(float[] gradients, double loss) {}

  private Result result(
      SuperTransformer model, SearchSpace space, Distillation distillation, TokenTraining tokens) {
    try (Scope scope = Scope.open();
        GradientEngine engine =
            GradientEngine.of(
                model, ReverseTask.gradients(DropoutRates.NONE, distillation, tokens))) {
      UpdateStep step = new UpdateStep(engine, model.parameters(), 7);
      List<SubTransformer> trained = ArchitectureSchedule.supernet(space, true, 3).trained(1);
      // Twice: what the first leaves must not show in the second.
      step.run(trained, passes, 1, 1);
      Tensor sums = step.run(trained, passes, 1, 1).sums();
      return new Result(
          Tensors.toFloats(model.parameters().gradients()), Tensors.toDoubles(sums)[0]);
    }
  }

  private void assertSame(
      SearchSpace space,
      ExpertConfig experts,
      int topK,
      Distillation distillation,
      TokenTraining tokens) {
    try (SuperTransformer model = model(space, experts, topK);
        SuperTransformer copy = onGpu(model)) {
      Result expected = result(model, space, distillation, tokens);
      Result got = result(copy, space, distillation, tokens);
      assertThat(got.loss).isCloseTo(expected.loss, withinPercentage(0.01));
      double norm = 0;
      double difference = 0;
      for (int i = 0; i < expected.gradients.length; i++) {
        norm += Math.pow(expected.gradients[i], 2);
        difference += Math.pow((double) got.gradients[i] - expected.gradients[i], 2);
      }
      assertThat(norm).isPositive();
      assertThat(Math.sqrt(difference / norm)).isLessThan(1e-4);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, neuronrouting_jack_2L, 0, 1, 0, 0.01",
    "1, neuronrouting_jack_2L, 0, 2, 0.6, 0.3",
    "2, neuronrouting_jack_2L, 0, 1, 0, 0.3",
    "2, archrouting_jack_2L, 0, 2, 1.25, 0.01",
    "2, neuronrouting_jack_2L, 2, 1, 1.25, 0.01"
  })
  void tokenExperts(int sets, String routing, int rank, int topK, double capacity, double balance) {
    ExpertConfig experts =
        sets == 1 ? ExpertConfig.NONE : experts(routing, ExpertConfig.Modules.FFN, rank);
    assertSame(ROUTED, experts, topK, Distillation.NONE, new TokenTraining(capacity, balance));
  }

  @ParameterizedTest
  @CsvSource({"KL, 0.3", "KL, 1", "ALPHA, 0.7", "ALPHA, 1"})
  void distillation(Distillation.Kind kind, double weight) {
    assertSame(
        ReverseTask.SPACE,
        experts("neuronrouting_jack_2L", ExpertConfig.Modules.FFN, 0),
        0,
        new Distillation(kind, weight),
        TokenTraining.DEFAULT);
  }

  @ParameterizedTest
  @CsvSource({
    "neuronrouting_jack_2L, ATTENTION, 0",
    "archrouting_jack_2L, ALL, 0",
    "neuronrouting_jack_2L, FFN, 2",
    "archrouting_jack_3L, ALL, 1",
    "neuronrouting_jack_2L, ALL, 3"
  })
  void expertsElsewhere(String routing, ExpertConfig.Modules modules, int rank) {
    assertSame(
        ReverseTask.SPACE,
        experts(routing, modules, rank),
        0,
        Distillation.NONE,
        TokenTraining.DEFAULT);
  }

  @ParameterizedTest
  @CsvSource({"FFN, 0", "ATTENTION, 0", "ALL, 2"})
  void headSizesAndActivations(ExpertConfig.Modules modules, int rank) {
    SearchSpace space =
        ReverseTask.SPACE
            .withHeadDims(List.of(16, 8), List.of(8))
            .withActivations(List.of(2, 1), List.of(1, 3));
    assertSame(
        space,
        experts("neuronrouting_jack_2L", modules, rank),
        0,
        Distillation.NONE,
        TokenTraining.DEFAULT);
  }

  /** With heads of a size that recorded attention has kernels for. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void recordedPassesIn16BitsEqualThoseThatAreNot(int sets) {
    List<Integer> heads = List.of(1);
    SearchSpace space =
        Plain.space(
            List.of(32, 16),
            List.of(32, 16),
            List.of(64, 32),
            List.of(64, 32),
            List.of(2),
            List.of(2, 1),
            heads,
            heads,
            heads,
            List.of(-1, 1));
    ExpertConfig experts =
        sets == 1
            ? ExpertConfig.NONE
            : experts("neuronrouting_jack_2L", ExpertConfig.Modules.FFN, 0);
    GradientConfig config =
        new GradientConfig(
            new DropoutRates(0.3, 0.1, 0),
            0.1,
            Distillation.NONE,
            TokenTraining.DEFAULT,
            Precision.BF16,
            false);
    List<SubTransformer> trained = ArchitectureSchedule.supernet(space, true, 3).trained(1);
    TrainingKernels kernels = TrainingKernels.of(gpu, ScalarType.BFloat16);
    PackedAttention attention = PackedAttention.of(gpu, ScalarType.BFloat16);
    try (SuperTransformer model = model(space, experts, 0);
        SuperTransformer copy = onGpu(model);
        PackedEngine recording = new PackedEngine(copy, config, kernels, attention);
        PackedEngine other = new PackedEngine(copy, config, kernels, attention, 0);
        Scope scope = Scope.open()) {
      UpdateStep recorded = new UpdateStep(recording, copy.parameters(), 7);
      for (int update = 1; update <= 6; update++) {
        // Each twice.
        recorded.run(trained, List.of(passes.get(update % 3)), update, 1);
      }
      for (int update = 7; update <= 9; update++) {
        List<Batch> batch = List.of(passes.get(update % 3));
        double loss = Tensors.toDoubles(recorded.run(trained, batch, update, 1).sums())[0];
        float[] got = Tensors.toFloats(copy.parameters().gradients());
        UpdateStep.Computed computed =
            new UpdateStep(other, copy.parameters(), 7).run(trained, batch, update, 1);
        float[] expected = Tensors.toFloats(copy.parameters().gradients());
        assertThat(loss).isCloseTo(Tensors.toDoubles(computed.sums())[0], withinPercentage(0.01));
        double norm = 0;
        double difference = 0;
        for (int i = 0; i < got.length; i++) {
          norm += Math.pow(expected[i], 2);
          difference += Math.pow((double) got[i] - expected[i], 2);
        }
        assertThat(norm).isPositive();
        assertThat(Math.sqrt(difference / norm)).isLessThan(5e-3);
      }
      assertThat(recording.recordedPasses()).isPositive();
      assertThat(other.recordedPasses()).isZero();
    }
  }

  /** Recording fails where the host reads something back. */
  @Test
  void trainingPassWithCapacityReadsNothingBack() {
    try (Scope scope = Scope.open();
        SuperTransformer model = onGpu(model(ROUTED, ExpertConfig.NONE, 2));
        ComputeCopy copy = new ComputeCopy(model, Precision.FP32)) {
      TrainingKernels kernels = TrainingKernels.of(gpu, ScalarType.Float);
      SubTransformer largest = ROUTED.largest();
      PackedTensors batch = PackedTensors.of(PackedBatch.of(passes.get(0)), gpu);
      Tensor sums = torch.zeros(new long[] {2}, Tensors.options(ScalarType.Double, gpu));
      try (DirectWeights weights = model.deriveDirect(largest, copy, kernels)) {
        DirectUpdate update = model.directUpdate(List.of(weights), false);
        Runnable pass =
            () -> {
              try (AutoGradMode off = new AutoGradMode(false)) {
                PackedPass run =
                    new PackedPass(
                        kernels,
                        PackedAttention.of(gpu, ScalarType.Float),
                        weights.weights(),
                        weights.gradients(),
                        DropoutRates.NONE,
                        batch,
                        new SwitchTraining(1.25, 0.01),
                        0);
                run.backward(run.loss(run.forward(), sums, 0.1, 1));
              }
            };
        try (DeviceGraph graph = DeviceGraph.of(gpu, pass)) {
          assertThat(graph.recorded()).isTrue();
        }
        update.backpropagate();
      }
    }
  }

  /** In evaluation: many tokens, each expert its own, and few, all experts all of them. */
  @ParameterizedTest
  @CsvSource({"4, 1", "4, 2", "400, 1", "400, 2"})
  void inheritedScores(int sentences, int topK) {
    try (SuperTransformer model = model(ROUTED, ExpertConfig.NONE, topK);
        SuperTransformer copy = onGpu(model)) {
      float[] expected = scores(model, sentences);
      float[] got = scores(copy, sentences);
      for (int i = 0; i < got.length; i++) {
        assertThat(Math.abs(got[i] - expected[i])).isLessThan(1e-3f);
      }
    }
  }

  private static float[] scores(SuperTransformer model, int sentences) {
    try (Scope scope = Scope.open();
        AutoGradMode off = new AutoGradMode(false)) {
      long[] ids = new long[sentences * 8];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = i % 8 == 7 ? 2 : 4 + (i * 7L + i / 8) % 30;
      }
      Tensor tokens = Tensors.of(ids, model.device(), sentences, 8);
      Transformer transformer =
          new Transformer(model.derive(ROUTED.largest(), Precision.FP32), DropoutRates.NONE);
      Tensor decoded = transformer.decode(transformer.encode(tokens, null), tokens);
      return Tensors.toFloats(transformer.logits(decoded));
    }
  }

  /** 16-bit products with as many columns as there are experts, here 3, exist too. */
  @Test
  void tokenExpertsTrainIn16Bits() {
    try (SuperTransformer model = model(ROUTED, ExpertConfig.NONE, 1);
        SuperTransformer copy = onGpu(model)) {
      double expected = result(model, ROUTED, Distillation.NONE, TokenTraining.DEFAULT).loss;
      try (Scope scope = Scope.open();
          GradientEngine engine =
              GradientEngine.of(
                  copy,
                  new GradientConfig(
                      DropoutRates.NONE,
                      0.1,
                      Distillation.NONE,
                      TokenTraining.DEFAULT,
                      Precision.BF16,
                      false))) {
        UpdateStep.Computed computed =
            new UpdateStep(engine, copy.parameters(), 7)
                .run(ArchitectureSchedule.supernet(ROUTED, true, 3).trained(1), passes, 1, 1);
        assertThat(Tensors.toDoubles(computed.sums())[0]).isCloseTo(expected, withinPercentage(3));
        assertThat(Tensors.toDoubles(computed.gradientNorm())[0]).isPositive().isFinite();
      }
    }
  }
}
