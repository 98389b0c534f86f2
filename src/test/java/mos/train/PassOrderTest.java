package mos.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import mos.data.Batch;
import mos.data.PackedBatch;
import mos.kernel.PackedAttention;
import mos.kernel.TensorKernels;
import mos.model.ComputeCopy;
import mos.model.DirectUpdate;
import mos.model.DirectWeights;
import mos.model.ExpertConfig;
import mos.model.SuperTransformer;
import mos.model.TransformerWeights;
import mos.nn.Distillation;
import mos.nn.DropoutRates;
import mos.packed.PackedPass;
import mos.packed.PackedTensors;
import mos.packed.SwitchTraining;
import mos.space.SubTransformer;
import mos.tensor.Precision;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The order of architectures changes nothing, and halves of passes come in their order. */
class PassOrderTest {
  @TempDir Path folder;
  private ReverseTask task;
  private List<Batch> passes;

  @BeforeEach
  void makeTask() {
    task = ReverseTask.in(folder);
    passes =
        IntStream.range(0, 2)
            .mapToObj(k -> Batch.of(task.train(), IntStream.range(8 * k, 8 * k + 8).toArray()))
            .toList();
  }

  @AfterEach
  void close() {
    task.close();
  }

  private static GradientEngine packed(SuperTransformer model) {
    return new PackedEngine(
        model,
        ReverseTask.gradients(DropoutRates.NONE, Distillation.NONE),
        new TensorKernels(),
        PackedAttention.of(Tensors.cpu(), ScalarType.Float));
  }

  private double[] gradients(
      GradientEngine engine, SuperTransformer model, List<SubTransformer> architectures) {
    try (Scope scope = Scope.open()) {
      engine.gradients(architectures, passes, new long[architectures.size()], 1);
      return Tensors.toDoubles(model.parameters().gradients().to(ScalarType.Double));
    }
  }

  /**
   * Also of more architectures than an engine keeps weights of, and where the one that uses all
   * experts is not the first.
   */
  @ParameterizedTest
  @ValueSource(strings = {"archrouting_jack_2L", "neuronrouting_jack_2L"})
  void gradientsAreTheSumInAnyOrder(String routing) {
    SplittableRandom random = new SplittableRandom(4);
    List<SubTransformer> architectures =
        new ArrayList<>(
            Stream.concat(
                    Stream.of(ReverseTask.SPACE.largest(), ReverseTask.SPACE.smallest()),
                    Stream.generate(() -> ReverseTask.SPACE.sample(random)))
                .distinct()
                .limit(6)
                .toList());
    ExpertConfig experts = ReverseTask.experts(2, routing).of(ExpertConfig.Modules.ALL, 0);
    try (SuperTransformer model = task.model(experts);
        GradientEngine engine = packed(model)) {
      double[] sum = new double[(int) model.parameters().gradients().numel()];
      for (SubTransformer architecture : architectures) {
        double[] one = gradients(engine, model, List.of(architecture));
        Arrays.setAll(sum, i -> sum[i] + one[i]);
      }
      Random shuffling = new Random(2);
      for (int n = 0; n < 3; n++) {
        assertClose(gradients(engine, model, architectures), sum);
        Collections.shuffle(architectures, shuffling);
      }
    }
  }

  private static void assertClose(double[] got, double[] expected) {
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow(got[i] - expected[i], 2);
      norm += Math.pow(expected[i], 2);
    }
    assertThat(Math.sqrt(difference / norm)).isLessThan(2e-6);
  }

  @Test
  void halvesOfAPassComeOnceAndInOrder() {
    try (SuperTransformer model = task.model(ReverseTask.experts());
        ComputeCopy copy = new ComputeCopy(model, Precision.FP32);
        DirectWeights weights =
            model.deriveDirect(ReverseTask.SPACE.largest(), copy, new TensorKernels());
        Scope scope = Scope.open()) {
      DirectUpdate update = model.directUpdate(List.of(weights), false);
      try (AutoGradMode off = new AutoGradMode(false)) {
        Tensor sums = Tensors.zeros(ScalarType.Double, Tensors.cpu(), 2);
        PackedPass pass = pass(weights.weights(), weights.gradients());
        assertThatThrownBy(() -> pass.backward(sums)).isInstanceOf(IllegalStateException.class);
        Tensor decoded = pass.forward();
        assertThatThrownBy(pass::forward)
            .isInstanceOf(IllegalStateException.class)
            .hasMessage("forward: this pass has run, make another");
        pass.backward(pass.loss(decoded, sums, 0.1, 1));
        assertThatThrownBy(() -> pass.backward(decoded)).isInstanceOf(IllegalStateException.class);

        PackedPass evaluation = pass(weights.weights(), null);
        Tensor same = evaluation.forward();
        assertThat(Tensors.toFloats(same)).isEqualTo(Tensors.toFloats(decoded));
        assertThat(evaluation.loss(same, sums, 0.1, 1)).isNull();
        assertThatThrownBy(() -> evaluation.backward(same))
            .isInstanceOf(IllegalStateException.class);
      }
      update.backpropagate();
    }
  }

  private PackedPass pass(TransformerWeights weights, TransformerWeights gradients) {
    return new PackedPass(
        new TensorKernels(),
        PackedAttention.of(Tensors.cpu(), ScalarType.Float),
        weights,
        gradients,
        DropoutRates.NONE,
        PackedTensors.of(PackedBatch.of(passes.get(0)), Tensors.cpu()),
        SwitchTraining.NONE,
        0);
  }

  /** The reserve is a tenth of what was free; a trial that leaves less does not fit. */
  @Test
  void trialsSayWhetherTheyLeaveTheReserve() {
    assertThat(PassSize.Trial.of(1000, 100, 900)).matches(t -> t.fits() && t.taken() == 900);
    assertThat(PassSize.Trial.of(1000, 99, 901).fits()).isFalse();
  }
}
