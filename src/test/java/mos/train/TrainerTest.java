package mos.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import mos.base.MosException;
import mos.model.SuperTransformer;
import mos.space.SubTransformer;
import mos.tensor.Precision;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerTest {
  private static final String NORM = "encoder.layers.0.final_layer_norm.bias";

  private static final ArchitectureSchedule SCHEDULE =
      ArchitectureSchedule.supernet(ReverseTask.SPACE, true, 3);

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

  private Trainer.Result train(TrainingConfig settings, TrainingListener listener) {
    return train(SCHEDULE, settings, listener);
  }

  private Trainer.Result train(
      ArchitectureSchedule schedule, TrainingConfig settings, TrainingListener listener) {
    return new Trainer(
            model,
            schedule,
            task.description(model, Map.of()),
            settings,
            folder.resolve("run"),
            listener)
        .run(task.train(), task.valid());
  }

  private float[] parameters() {
    try (Scope scope = Scope.open()) {
      return Tensors.toFloats(model.parameters().values());
    }
  }

  private void fill(double value) {
    try (Scope scope = Scope.open()) {
      model.parameters().value(NORM).fill_(new Scalar(value));
    }
  }

  @Test
  void superTransformerLearnsToReverse() {
    Validator validator = new Validator(task.valid(), 100, 0.1, Precision.FP32);
    ValidationLoss before = validator.loss(model, ReverseTask.SPACE.largest());
    assertThat(before.nllLoss()).isGreaterThan(3);
    Trainer.Result result = train(ReverseTask.settings(120, 0, 0), TrainingListener.SILENT);
    assertThat(result.state().update()).isEqualTo(120);
    assertThat(result.validation().get("largest").nllLoss()).isLessThan(0.75 * before.nllLoss());
    assertThat(result.validation().get("smallest").nllLoss()).isLessThan(0.85 * before.nllLoss());
  }

  @Test
  void updateWhoseLossIsNotFiniteIsSkipped() {
    List<float[]> seen = new ArrayList<>();
    Trainer.Result result =
        train(
            ReverseTask.settings(14, 0, 0),
            new TrainingListener() {
              @Override
              public void updated(long update, long maxUpdates, double loss) {
                // Nine broken updates in a row: one fewer than it takes to stop.
                assertThat(Double.isFinite(loss)).isEqualTo(update <= 2 || update > 11);
                if (update == 2) {
                  fill(Double.NaN);
                }
                seen.add(parameters());
                if (update == 11) {
                  fill(0);
                }
              }
            });
    assertThat(result.state().update()).isEqualTo(14);
    assertThat(seen.get(10)).containsExactly(seen.get(1));
    assertThat(seen.get(11)).isNotEqualTo(seen.get(1)).doesNotContain(Float.NaN);
  }

  @Test
  void tenUpdatesWithoutFiniteLossStopWithAdvice() {
    assertThatThrownBy(
            () ->
                train(
                    ReverseTask.settings(50, 0, 0),
                    new TrainingListener() {
                      @Override
                      public void updated(long update, long maxUpdates, double loss) {
                        if (update == 2) {
                          fill(Double.NaN);
                        }
                      }
                    }))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("not finite in 10 updates in a row, the last one number 12")
        .hasMessageContaining("Try a lower learning rate or a longer warm-up")
        .hasMessageContaining(folder.resolve("run").toString());
    try (Checkpoint saved = Checkpoint.open(folder.resolve("run").resolve(Checkpoint.LAST))) {
      assertThat(saved.state().update()).isEqualTo(12);
      assertThat(saved.hasOptimizer()).isTrue();
    }
  }

  /** The machine's memory runs out in an update, for one sentence already. */
  private record Exhausted(ArchitectureSchedule schedule, long at) implements ArchitectureSchedule {
    @Override
    public List<SubTransformer> trained(long update) {
      if (update == at) {
        torch.empty(1L << 60);
      }
      return schedule.trained(update);
    }

    @Override
    public Map<String, SubTransformer> validated() {
      return schedule.validated();
    }

    @Override
    public SubTransformer largest() {
      return schedule.largest();
    }
  }

  @Test
  void withoutMemoryTheLastWholeUpdateIsSavedAndContinued() {
    TrainingConfig settings = ReverseTask.settings(8, 0, 0);
    assertThatThrownBy(() -> train(new Exhausted(SCHEDULE, 6), settings, TrainingListener.SILENT))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("out of memory in update 6")
        .hasMessageContaining("the state after update 5 is saved in " + folder.resolve("run"));
    try (Checkpoint saved = Checkpoint.open(folder.resolve("run").resolve(Checkpoint.LAST))) {
      assertThat(saved.state().update()).isEqualTo(5);
    }
    train(settings, TrainingListener.SILENT);
    float[] continued = parameters();
    model.close();
    model = task.model(ReverseTask.experts());
    new Trainer(
            model,
            SCHEDULE,
            task.description(model, Map.of()),
            settings,
            folder.resolve("undisturbed"),
            TrainingListener.SILENT)
        .run(task.train(), task.valid());
    assertThat(continued).containsExactly(parameters());
  }

  @Test
  void numberedCheckpointsAreKeptForTheLastEpochs() throws Exception {
    Trainer.Result result = train(ReverseTask.settings(60, 0, 0), TrainingListener.SILENT);
    long epoch = result.state().position().epoch();
    assertThat(epoch).isGreaterThan(4);
    try (var files = Files.list(folder.resolve("run"))) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .contains(Checkpoint.LAST, Checkpoint.BEST, "metrics.jsonl")
          .filteredOn(name -> name.matches("checkpoint\\d+\\.safetensors"))
          .hasSize(2);
    }
  }

  @Test
  void singleSubTransformerTrainsToo() {
    try (SuperTransformer plain = model.materialise(ReverseTask.SPACE.smallest(), true)) {
      Trainer.Result result =
          new Trainer(
                  plain,
                  ArchitectureSchedule.single(ReverseTask.SPACE.smallest()),
                  task.description(plain, Map.of()),
                  ReverseTask.settings(30, 0, 0),
                  folder.resolve("sub"),
                  TrainingListener.SILENT)
              .run(task.train(), task.valid());
      assertThat(result.validation().get("subtransformer").nllLoss()).isLessThan(3.4);
    }
  }
}
