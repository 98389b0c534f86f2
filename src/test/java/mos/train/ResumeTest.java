package mos.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import mos.base.ConfigurationException;
import mos.base.Json;
import mos.base.MosException;
import mos.command.settings.TrainingSettings;
import mos.model.SuperTransformer;
import mos.tensor.Native;
import mos.tensor.Tensors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResumeTest {
  private static final int UPDATES = 24;
  private static final Map<String, Object> SETTINGS =
      Map.of(
          "seed",
          3,
          "max-tokens",
          64,
          "update-freq",
          4,
          "label-smoothing",
          0.1,
          "sandwich-rule",
          true);

  @TempDir Path folder;
  private ReverseTask task;

  @BeforeEach
  void writeData() throws IOException {
    task = ReverseTask.in(Files.createDirectory(folder.resolve("data")));
  }

  @AfterEach
  void closeData() {
    task.close();
  }

  /** Stands for a power cut. */
  private static final class Cut extends RuntimeException {}

  private static TrainingListener cutAfter(long last) {
    return new TrainingListener() {
      @Override
      public void updated(long update, long maxUpdates, double loss) {
        if (update == last) {
          throw new Cut();
        }
      }
    };
  }

  private Trainer.Result train(Path run, Map<String, Object> settings, TrainingListener listener) {
    try (SuperTransformer model = task.model(ReverseTask.experts())) {
      return new Trainer(
              model,
              ArchitectureSchedule.supernet(ReverseTask.SPACE, true, 3),
              task.description(model, settings),
              ReverseTask.settings(UPDATES),
              run,
              listener)
          .run(task.train(), task.valid());
    }
  }

  private static List<JsonNode> untimed(Path run) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
      ObjectNode node = (ObjectNode) Json.parse(line, "line");
      lines.add(node.without(List.of("seconds", "time", "tokens_per_second", "device_waits")));
    }
    return lines;
  }

  private static TrainState untimed(TrainState state) {
    return new TrainState(
        state.update(), state.position(), state.bestLoss(), 0, state.targetTokens());
  }

  private static void assertSameRun(Path expected, Path found) throws IOException {
    for (String name : List.of(Checkpoint.LAST, Checkpoint.BEST)) {
      CheckpointTensors.assertEqual(expected.resolve(name), found.resolve(name));
      try (Checkpoint a = Checkpoint.open(expected.resolve(name));
          Checkpoint b = Checkpoint.open(found.resolve(name))) {
        assertThat(untimed(b.state())).isEqualTo(untimed(a.state()));
      }
    }
    assertThat(untimed(found)).isEqualTo(untimed(expected));
    assertThat(found.toFile().list()).containsExactlyInAnyOrder(expected.toFile().list());
  }

  @Test
  void lostBestIsMadeAgainFromTheLastIfThatIsAsGoodElseRefused() throws IOException {
    Path run = folder.resolve("run");
    train(run, SETTINGS, TrainingListener.SILENT);
    Path best = run.resolve(Checkpoint.BEST);
    Path last = run.resolve(Checkpoint.LAST);
    byte[] whole = Files.readAllBytes(best);
    TrainState state;
    try (Checkpoint checkpoint = Checkpoint.open(last)) {
      state = checkpoint.state();
      assertThat(state.bestLoss()).isFinite();
    }
    for (boolean cut : new boolean[] {false, true}) {
      if (cut) {
        Files.write(best, Arrays.copyOf(whole, whole.length - 100));
      } else {
        Files.delete(best);
      }
      train(run, SETTINGS, TrainingListener.SILENT);
      assertThat(Files.readAllBytes(best)).isEqualTo(whole);
    }
    Files.delete(best);
    try (Checkpoint checkpoint = Checkpoint.open(last);
        SuperTransformer model = checkpoint.model(Tensors.cpu(), false)) {
      Checkpoint.save(
          last, checkpoint.description(), model, state.with(BestValidation.ofLoss(0.25)));
    }
    assertThatThrownBy(() -> train(run, SETTINGS, TrainingListener.SILENT))
        .isInstanceOf(MosException.class)
        .hasMessageContaining(best + " is gone or cut")
        .hasMessageContaining("was 0.25. Bring it back");
    assertThat(best).doesNotExist();
  }

  @Test
  void bestThatIsLostInTheMiddleIsReplacedByTheBestFromThereOn() throws IOException {
    Path run = folder.resolve("run");
    assertThatThrownBy(() -> train(run, SETTINGS, cutAfter(23))).isInstanceOf(Cut.class);
    Path best = run.resolve(Checkpoint.BEST);
    Files.delete(best);
    double loss = train(run, SETTINGS, TrainingListener.SILENT).state().bestLoss();
    try (Checkpoint checkpoint = Checkpoint.open(best)) {
      assertThat(checkpoint.state().update()).isGreaterThan(20);
      assertThat(checkpoint.state().bestLoss()).isEqualTo(loss);
    }
  }

  @Test
  void resumedEqualsUninterruptedBitForBit() throws IOException {
    Path whole = folder.resolve("whole");
    Trainer.Result expected = train(whole, SETTINGS, TrainingListener.SILENT);
    // Before the first checkpoint, right before one, between two, and twice in a row.
    for (List<Integer> cuts :
        List.of(List.of(3), List.of(5), List.of(13), List.of(10, 11, 23), List.of(24))) {
      Path run = folder.resolve("run" + cuts);
      for (int cut : cuts) {
        assertThatThrownBy(() -> train(run, SETTINGS, cutAfter(cut))).isInstanceOf(Cut.class);
      }
      Trainer.Result found = train(run, SETTINGS, TrainingListener.SILENT);
      assertSameRun(whole, run);
      assertThat(found.validation()).isEqualTo(expected.validation());
    }
  }

  @Test
  void everyLoggedUpdateOccursOnce() throws IOException {
    Path run = folder.resolve("run");
    assertThatThrownBy(() -> train(run, SETTINGS, cutAfter(22))).isInstanceOf(Cut.class);
    // What a killed process left: a line too far ahead, and half a line.
    Files.writeString(
        run.resolve("metrics.jsonl"),
        "{\"update\":23,\"loss\":1.0}\n{\"update\":2",
        StandardOpenOption.APPEND);
    train(run, SETTINGS, TrainingListener.SILENT);
    assertThat(untimed(run).stream().filter(line -> line.has("loss")))
        .extracting(line -> line.path("update").asInt())
        .containsExactly(10, 20, 24);
    assertThat(untimed(run).stream().filter(line -> line.has("valid")))
        .extracting(line -> line.path("update").asInt())
        .doesNotHaveDuplicates()
        .contains(10, 20, 24);
  }

  @Test
  void finishedTrainingIsNotTrainedFurther() throws IOException {
    Path run = folder.resolve("run");
    Trainer.Result first = train(run, SETTINGS, TrainingListener.SILENT);
    byte[] last = Files.readAllBytes(run.resolve(Checkpoint.LAST));
    Trainer.Result second =
        train(run, SETTINGS, cutAfter(UPDATES)); // would throw if it trained again
    assertThat(second).isEqualTo(first);
    assertThat(Files.readAllBytes(run.resolve(Checkpoint.LAST))).isEqualTo(last);
  }

  @Test
  void failureAmongTheFilesOfAnUpdateLosesNoneOfThem() throws IOException {
    Path whole = folder.resolve("whole");
    train(whole, SETTINGS, TrainingListener.SILENT);
    List<String> numbered =
        Stream.of(whole.toFile().list()).filter(name -> name.matches("checkpoint\\d.*")).toList();
    assertThat(numbered).hasSize(2);
    for (String name : numbered) {
      Path run = folder.resolve("run-" + name);
      // A folder of its name keeps the file from being written.
      Path obstacle = Files.createDirectories(run.resolve(name + "/full"));
      assertThatThrownBy(() -> train(run, SETTINGS, TrainingListener.SILENT))
          .isInstanceOf(MosException.class)
          .hasMessageContaining("cannot write");
      Files.delete(obstacle);
      Files.delete(obstacle.getParent());
      train(run, SETTINGS, TrainingListener.SILENT);
      assertSameRun(whole, run);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"seed", "max-tokens", "update-freq", "label-smoothing", "sandwich-rule"})
  void resumeRefusesWhatWouldMakeItAnotherTraining(String key) {
    Path run = folder.resolve("run");
    assertThatThrownBy(() -> train(run, SETTINGS, cutAfter(6))).isInstanceOf(Cut.class);
    Map<String, Object> other = new HashMap<>(SETTINGS);
    other.put(key, 77);
    assertThatThrownBy(() -> train(run, other, TrainingListener.SILENT))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(key + ": got 77, but the training in " + run)
        .hasMessageContaining("was started with " + SETTINGS.get(key))
        .hasMessageContaining("train in another folder");
  }

  @Test
  void whatATrainingMayGoOnWithIsNamed() {
    try (SuperTransformer model = task.model(ReverseTask.experts())) {
      ModelDescription before =
          task.description(model, Map.of("max-lr", 0.01, "max-update", 5, "threads", 1))
              .with(Map.of("device", "cpu"));
      ModelDescription now =
          task.description(model, Map.of("max-lr", 0.02, "max-update", 9, "threads", 2))
              .with(Map.of("device", "a GPU"));
      assertThat(TrainingSettings.changed(before, now))
          .containsExactly("max-lr 0.01 before, now 0.02", "device cpu before, now a GPU");
      assertThat(TrainingSettings.changed(now, now)).isEmpty();
    }
  }

  @Test
  void otherDataCodesOrParentAreRefusedByName() {
    try (SuperTransformer model = task.model(ReverseTask.experts())) {
      ModelDescription now = task.description(model, SETTINGS);
      Path file = folder.resolve(Checkpoint.LAST);
      for (String origin : List.of("train", "valid", "codes", "parent")) {
        ModelDescription saved = now.with(Map.of(origin, "abc", "java", "1"));
        ResumeCheck.same(saved, now.with(Map.of(origin, "abc", "java", "2")), file);
        // An older version noted nothing.
        ResumeCheck.same(now, saved, file);
        assertThatThrownBy(() -> ResumeCheck.same(saved, now.with(Map.of(origin, "xyz")), file))
            .isInstanceOf(ConfigurationException.class)
            .hasMessageContaining("SHA-256 of " + origin + ": got xyz, but the training in")
            .hasMessageContaining("was started with abc");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void sameSeedAndThreadsGiveTheSameBits(int threads) {
    try {
      for (String name : List.of("one", "two")) {
        Native.setThreads(threads);
        train(folder.resolve(name), SETTINGS, TrainingListener.SILENT);
      }
    } finally {
      Native.setThreads(1);
    }
    for (String file : List.of(Checkpoint.LAST, Checkpoint.BEST)) {
      CheckpointTensors.assertEqual(
          folder.resolve("one").resolve(file), folder.resolve("two").resolve(file));
    }
  }

  @Test
  void damagedCheckpointIsRefusedInsteadOfStartingAnew() throws IOException {
    Path run = folder.resolve("run");
    assertThatThrownBy(() -> train(run, SETTINGS, cutAfter(6))).isInstanceOf(Cut.class);
    Path last = run.resolve(Checkpoint.LAST);
    byte[] bytes = Files.readAllBytes(last);
    bytes[bytes.length - 9] ^= 1;
    Files.write(last, bytes);
    assertThatThrownBy(() -> train(run, SETTINGS, TrainingListener.SILENT))
        .isInstanceOf(MosException.class)
        .hasMessageContaining(last.toString())
        .hasMessageContaining("checksum");
  }
}
