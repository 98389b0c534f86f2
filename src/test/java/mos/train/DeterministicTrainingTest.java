package mos.train;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import mos.model.ExpertConfig;
import mos.model.SuperTransformer;
import mos.space.Activation;
import mos.space.SearchSpace;
import mos.tensor.Devices;
import mos.tensor.Native;
import mos.tensor.Precision;
import org.bytedeco.pytorch.Device;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What only a GPU can show; elsewhere these tests are skipped. */
class DeterministicTrainingTest {
  private static final int UPDATES = 20;

  @TempDir Path folder;

  @BeforeEach
  void needGpu() {
    assumeTrue(Native.hasGpu(), "no GPU");
  }

  private Path train(String name, String router, Precision precision, Activation activation)
      throws Exception {
    Device device = Devices.of("cuda");
    return train(
        name,
        precision,
        ReverseTask.SPACE,
        task -> task.model(ReverseTask.experts(2, router), activation, device));
  }

  private Path train(
      String name,
      Precision precision,
      SearchSpace space,
      Function<ReverseTask, SuperTransformer> of)
      throws Exception {
    Path run = folder.resolve(name);
    try (ReverseTask task = ReverseTask.in(Files.createDirectories(run.resolve("data")));
        SuperTransformer model = of.apply(task)) {
      new Trainer(
              model,
              ArchitectureSchedule.supernet(space, true, 3),
              task.description(model, Map.of()),
              ReverseTask.settings(UPDATES, 10, 10, precision, true),
              run,
              TrainingListener.SILENT)
          .run(task.train(), task.valid());
    }
    return run.resolve(Checkpoint.LAST);
  }

  @ParameterizedTest
  @CsvSource({
    "neuronrouting_jack_drop_2L, BF16, RELU",
    "neuronrouting_jack_drop_2L, FP32, GELU",
    "archrouting_jack_2L, FP16, RELU",
    "archrouting_jack_2L, TF32, RELU"
  })
  void twoTrainingsOfOneSeedEndWithTheSameBits(
      String router, Precision precision, Activation activation) throws Exception {
    Path first = train("first", router, precision, activation);
    for (String name : List.of("second", "third")) {
      CheckpointTensors.assertEqual(first, train(name, router, precision, activation));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, FP32", "2, BF16"})
  void soDoTrainingsOfTokenExperts(int sets, Precision precision) throws Exception {
    SearchSpace space =
        ReverseTask.SPACE.withTokenExperts(List.of(1, 2, 3), List.of(64, 32, 0), List.of(1, 2));
    ExpertConfig experts =
        sets == 1 ? ExpertConfig.NONE : ReverseTask.experts(sets, "neuronrouting_jack_drop_2L");
    Device device = Devices.of("cuda");
    Path first = train("first", precision, space, task -> task.model(space, experts, 2, device));
    Path second = train("second", precision, space, task -> task.model(space, experts, 2, device));
    CheckpointTensors.assertEqual(first, second);
  }
}
