package mos.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import mos.model.SuperTransformer;
import mos.space.SubTransformer;
import mos.tensor.LiveNatives;
import mos.tensor.Precision;
import mos.tensor.Scope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing native may outlive its scope: there is no collector for it. */
class MemoryTest {
  /** Java's own heap moves by more than the natives of a tiny model. */
  private static final long NOISE_BYTES = 96L << 20;

  @TempDir Path folder;
  private ReverseTask task;
  private SuperTransformer model;

  @BeforeEach
  void makeModel() throws Exception {
    task = ReverseTask.in(Files.createDirectory(folder.resolve("data")));
    model = task.model(ReverseTask.experts());
  }

  @AfterEach
  void close() {
    model.close();
    task.close();
  }

  @Test
  void trainingLeavesNothingBehind() {
    Map<Long, Integer> natives = new TreeMap<>();
    Map<Long, Long> bytes = new TreeMap<>();
    try (LiveNatives live = new LiveNatives()) {
      TrainingListener counter =
          new TrainingListener() {
            @Override
            public void updated(long update, long maxUpdates, double loss) {
              natives.put(update, live.count());
              bytes.put(update, LiveNatives.residentBytes());
            }
          };
      new Trainer(
              model,
              ArchitectureSchedule.supernet(ReverseTask.SPACE, true, 3),
              task.description(model, Map.of()),
              ReverseTask.settings(60),
              folder.resolve("run"),
              counter)
          .run(task.train(), task.valid());
    }
    assertThat(natives.get(60L))
        .as("live natives by update: %s", natives)
        .isEqualTo(natives.get(10L));
    assertThat(bytes.get(60L) - bytes.get(10L)).isLessThan(NOISE_BYTES);
  }

  private static void assertLeavesNothing(int times, Runnable work) {
    try (LiveNatives live = new LiveNatives()) {
      work.run();
      int before = live.count();
      long bytes = LiveNatives.residentBytes();
      for (int i = 0; i < times; i++) {
        work.run();
      }
      assertThat(live.count()).as("live natives").isEqualTo(before);
      assertThat(LiveNatives.residentBytes() - bytes).isLessThan(NOISE_BYTES);
    }
  }

  @Test
  void validationsLeaveNothingBehind() {
    Validator validator = new Validator(task.valid(), 100, 0.1, Precision.FP32);
    assertLeavesNothing(50, () -> validator.loss(model, ReverseTask.SPACE.largest()));
  }

  @Test
  void derivingAndMaterialisingLeavesNothingBehind() {
    SplittableRandom random = new SplittableRandom(6);
    assertLeavesNothing(
        50,
        () -> {
          SubTransformer architecture = ReverseTask.SPACE.sample(random);
          try (Scope scope = Scope.open()) {
            model.derive(architecture, Precision.FP32);
            model.deriveTrainable(architecture, Precision.BF16).backpropagate();
          }
          model.materialise(architecture, true).close();
        });
  }

  @Test
  void savingAndLoadingLeavesNothingBehind() {
    Path file = folder.resolve("c.safetensors");
    ModelDescription description = task.description(model, Map.of());
    assertLeavesNothing(
        20,
        () -> {
          try (Adam adam = new Adam(model.parameters(), AdamConfig.DEFAULT)) {
            Checkpoint.save(file, description, model, adam, TrainState.START);
            try (Checkpoint checkpoint = Checkpoint.open(file)) {
              checkpoint.loadParameters(model);
              checkpoint.loadOptimizer(adam);
            }
          }
        });
  }
}
