package mos.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import mos.data.SampledSegmentation;
import mos.data.Segmentation;
import mos.model.SuperTransformer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training whose sentences are divided anew in each epoch. */
class SampledTrainingTest {
  private static final Map<String, Object> SETTINGS =
      Map.of("seed", 3, "max-tokens", 64, "update-freq", 4, "sandwich-rule", true);

  /** A word becomes another at times. */
  private static final SampledSegmentation.Splitter SOMETIMES =
      (word, random) -> List.of(random.nextInt(3) == 0 ? "w" + random.nextInt(30) : word);

  @TempDir Path folder;

  private static TrainingListener cutAfter(long last) {
    return new TrainingListener() {
      @Override
      public void updated(long update, long maxUpdates, double loss) {
        if (update == last) {
          throw new IllegalStateException("cut");
        }
      }
    };
  }

  private static double train(
      ReverseTask task, Path run, Segmentation segmentation, TrainingListener listener) {
    try (SuperTransformer model = task.model(ReverseTask.experts())) {
      return new Trainer(
              model,
              ArchitectureSchedule.supernet(ReverseTask.SPACE, true, 3),
              task.description(model, SETTINGS),
              ReverseTask.settings(24),
              run,
              listener)
          .run(task.train().with(segmentation), task.valid())
          .state()
          .bestLoss();
    }
  }

  @Test
  void resumedEqualsUninterrupted() throws Exception {
    try (ReverseTask task = ReverseTask.in(Files.createDirectory(folder.resolve("data")))) {
      Segmentation sampled = new SampledSegmentation(SOMETIMES, SOMETIMES, 3, 64);
      Path whole = folder.resolve("whole");
      double loss = train(task, whole, sampled, TrainingListener.SILENT);
      Path cut = folder.resolve("cut");
      assertThatThrownBy(() -> train(task, cut, sampled, cutAfter(13))).hasMessage("cut");
      assertThat(train(task, cut, sampled, TrainingListener.SILENT)).isEqualTo(loss);
      CheckpointTensors.assertEqual(whole.resolve(Checkpoint.LAST), cut.resolve(Checkpoint.LAST));
      double plain =
          train(task, folder.resolve("plain"), Segmentation.STORED, TrainingListener.SILENT);
      assertThat(plain).isNotEqualTo(loss);
    }
  }
}
