package mos.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import mos.data.Batch;
import mos.kernel.PackedAttention;
import mos.kernel.TensorKernels;
import mos.model.SuperTransformer;
import mos.nn.Distillation;
import mos.nn.DropoutRates;
import mos.space.SubTransformer;
import mos.tensor.DeviceMemory;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpdaterTest {
  private static final ArchitectureSchedule SANDWICH =
      ArchitectureSchedule.supernet(ReverseTask.SPACE, true, 3);

  @TempDir Path folder;
  private ReverseTask task;

  @BeforeEach
  void makeTask() {
    task = ReverseTask.in(folder);
  }

  @AfterEach
  void close() {
    task.close();
  }

  private SuperTransformer model() {
    return task.model(ReverseTask.experts(2, "neuronrouting_jack_2L"));
  }

  private static GradientEngine plain(SuperTransformer model) {
    return new PlainEngine(model, ReverseTask.gradients(DropoutRates.NONE, Distillation.NONE));
  }

  private static GradientEngine packed(SuperTransformer model) {
    return new PackedEngine(
        model,
        ReverseTask.gradients(DropoutRates.NONE, Distillation.NONE, TokenTraining.DEFAULT),
        new TensorKernels(),
        PackedAttention.of(Tensors.cpu(), ScalarType.Float));
  }

  private List<Batch> batch(int update) {
    int first = update * 24 % 240;
    return List.of(Batch.of(task.train(), IntStream.range(first, first + 24).toArray()));
  }

  private static Adam adam(SuperTransformer model) {
    return new Adam(model.parameters(), AdamConfig.DEFAULT);
  }

  private double train(SuperTransformer model, GradientEngine engine, int updates) {
    double loss = 0;
    try (Adam adam = adam(model)) {
      Updater updater = new Updater(model, engine, adam, 0, 7);
      for (int update = 1; update <= updates; update++) {
        try (PendingOutcome pending =
            updater.update(SANDWICH.trained(update), batch(update), update, 1e-3, 1)) {
          loss = pending.get().loss();
        }
      }
    }
    return loss;
  }

  @Test
  void packedTrainingIsTheSameTrainingAfter50Updates() {
    try (SuperTransformer one = model();
        SuperTransformer other = model();
        GradientEngine plain = plain(one);
        GradientEngine packed = packed(other)) {
      double first = train(one, plain, 1);
      double expected = train(one, plain, 50);
      train(other, packed, 1);
      assertThat(expected).isLessThan(first - 0.2);
      assertThat(train(other, packed, 50) / expected).isCloseTo(1, within(1e-4));
    }
  }

  /** An engine without memory for passes of more than {@code most} sentences. */
  private record Small(GradientEngine engine, int most, String message) implements GradientEngine {
    @Override
    public Tensor gradients(
        List<SubTransformer> architectures,
        List<Batch> passes,
        long[] seeds,
        long[] tokenSeeds,
        double scale) {
      // Some of the passes may have added to the gradients when memory runs out.
      Tensor sums = engine.gradients(architectures, passes, seeds, tokenSeeds, scale);
      if (passes.stream().anyMatch(pass -> pass.size() > most)) {
        throw new RuntimeException(message);
      }
      return sums;
    }

    @Override
    public void close() {
      engine.close();
    }
  }

  @Test
  void updateWithoutMemoryIsRepeatedInSmallerPasses() {
    for (String message : List.of("CUDA out of memory. Tried …", messageOfThisMachine())) {
      try (SuperTransformer one = model();
          SuperTransformer other = model();
          GradientEngine plain = plain(one);
          GradientEngine small = new Small(packed(other), 5, message)) {
        double expected = train(one, plain, 3);
        assertThat(train(other, small, 3) / expected).isCloseTo(1, within(1e-5));
      }
    }
  }

  /** More than any address space has. */
  private static String messageOfThisMachine() {
    try (Scope scope = Scope.open()) {
      Throwable failure = catchThrowable(() -> torch.empty(1L << 60));
      assertThat(failure).isInstanceOf(RuntimeException.class);
      assertThat(DeviceMemory.isExhausted(failure)).as(failure.getMessage()).isTrue();
      return failure.getMessage();
    }
  }

  @Test
  void otherFailuresAndHopelessOnesAreNotRepeated() {
    try (SuperTransformer model = model();
        GradientEngine broken = new Small(packed(model), 5, "illegal memory access");
        GradientEngine hopeless = new Small(packed(model), 0, "CUDA out of memory")) {
      assertThatThrownBy(() -> train(model, broken, 1)).hasMessageContaining("illegal");
      assertThatThrownBy(() -> train(model, hopeless, 1)).hasMessageContaining("out of memory");
    }
  }

  @Test
  void gradientsAreClippedToTheNorm() {
    try (SuperTransformer model = model();
        GradientEngine engine = plain(model);
        Adam adam = adam(model);
        Scope scope = Scope.open()) {
      Updater updater = new Updater(model, engine, adam, 1e-3, 7);
      updater.update(SANDWICH.trained(1), batch(1), 1, 1e-3, 1).close();
      // The first moment is a tenth of the gradient that Adam saw.
      assertThat(adam.firstMoment().norm().item_double() * 10).isCloseTo(1e-3, within(1e-5));
    }
  }

  @Test
  void updateThatIsNotFiniteChangesNothing() {
    try (SuperTransformer model = model();
        GradientEngine engine = plain(model);
        Adam adam = adam(model);
        Scope scope = Scope.open()) {
      float[] before = Tensors.toFloats(model.parameters().values());
      Updater updater = new Updater(model, engine, adam, 0, 7);
      try (PendingOutcome pending =
          updater.update(SANDWICH.trained(1), batch(1), 1, 1e-3, Double.POSITIVE_INFINITY)) {
        assertThat(pending.get().finite()).isFalse();
      }
      assertThat(Tensors.toFloats(model.parameters().values())).isEqualTo(before);
    }
  }
}
