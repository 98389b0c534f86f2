package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import mos.base.Json;
import mos.model.SuperTransformer;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import mos.train.Checkpoint;
import mos.train.CheckpointTensors;
import mos.train.ReverseTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real processes that train together over Gloo, or, with {@code -Dmos.test.device=cuda} and as many
 * GPUs, over NCCL.
 */
class DistributedTrainingTest {
  private static final String CONFIGURATION =
      ReverseTask.CONFIGURATION
          + """
          lr-scheduler: inverse_sqrt
          lr: 0.001
          dropout: 0
          clip-norm: 0.5
          precision: fp32
          distributed-timeout: 30
          """
          + "device: "
          + TrialRuns.DEVICE
          + "\n";

  /** A GPU adds in no certain order. */
  private static final float SAME = TrialRuns.onGpu() ? 1e-3f : 1e-5f;

  @TempDir Path folder;
  private Path data;

  @BeforeEach
  void writeData() throws IOException {
    data = Files.createDirectory(folder.resolve("data"));
    ReverseTask.in(data).close();
    Files.writeString(folder.resolve("task.yml"), CONFIGURATION);
  }

  private Process start(
      String run, int updateFrequency, int updates, Map<String, String> rank, String... more)
      throws IOException {
    List<String> words =
        new ArrayList<>(
            List.of(
                "train",
                "--save-dir",
                folder.resolve(run).toString(),
                "--update-freq",
                Integer.toString(updateFrequency),
                "--max-update",
                Integer.toString(updates)));
    words.addAll(List.of(more));
    return start(run, rank, words);
  }

  private Process start(String run, Map<String, String> rank, List<String> words)
      throws IOException {
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-Dorg.bytedeco.javacpp.nopointergc=true"));
    line.addAll(RunProcess.nativePaths());
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), "mos.cli.Main"));
    line.addAll(words);
    line.addAll(
        List.of("--configs", folder.resolve("task.yml").toString(), "--data", data.toString()));
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().put("OMP_WAIT_POLICY", "passive");
    builder.environment().put("OMP_NUM_THREADS", "1");
    builder.environment().putAll(rank);
    builder.redirectErrorStream(true);
    builder.redirectOutput(
        ProcessBuilder.Redirect.appendTo(log(run, rank.getOrDefault("RANK", "")).toFile()));
    return builder.start();
  }

  private Path log(String run, String rank) {
    return folder.resolve(run + rank + ".log");
  }

  private void finish(Process process, Path log) throws Exception {
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("ended in time").isTrue();
    assertThat(process.exitValue()).as(Files.readString(log)).isZero();
  }

  private static Map<String, String> rank(int rank, int size, int port) {
    return Map.of(
        "MASTER_ADDR", "127.0.0.1",
        "MASTER_PORT", Integer.toString(port),
        "RANK", Integer.toString(rank),
        "LOCAL_RANK", Integer.toString(rank),
        "WORLD_SIZE", Integer.toString(size));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /**
   * All parameters but the biases of attention keys: these add the same number to all scores of a
   * query, so their true gradient is 0, and Adam makes steps of the learning rate's size of the
   * rounding errors that are left of it.
   */
  private Map<String, float[]> parameters(String run) {
    try (Checkpoint last = Checkpoint.open(folder.resolve(run).resolve(Checkpoint.LAST));
        SuperTransformer model = last.model(Tensors.cpu(), false);
        Scope scope = Scope.open()) {
      Map<String, float[]> all = new TreeMap<>();
      for (String name : model.parameters().names()) {
        float[] values = Tensors.toFloats(model.parameters().value(name).reshape(-1));
        if (name.endsWith("in_proj_bias")) {
          Arrays.fill(values, values.length / 3, 2 * values.length / 3, 0);
        }
        all.put(name, values);
      }
      return all;
    }
  }

  private void sameAsOneProcess(int size, String... more) throws Exception {
    Process alone = start("alone", 4, 20, Map.of());
    finish(alone, log("alone", ""));
    // 17 updates in several processes, the rest in one: an epoch ends in between.
    List<String> options = new ArrayList<>(List.of("--num_gpus", "" + size));
    options.addAll(List.of(more));
    Process several = start("several", 4 / size, 17, Map.of(), options.toArray(String[]::new));
    finish(several, log("several", ""));
    assertThat(farthest(parameters("several"), parameters("alone"))).isGreaterThan(1e-4f);
    CheckpointTensors.assertSameForm(
        folder.resolve("alone").resolve(Checkpoint.LAST),
        folder.resolve("several").resolve(Checkpoint.LAST));
    Process rest = start("several", 4, 20, Map.of());
    finish(rest, log("several", ""));
    close(parameters("several"), parameters("alone"));

    int port = freePort();
    List<Process> ranks = new ArrayList<>();
    for (int r = 0; r < size; r++) {
      ranks.add(start("torchrun", 4 / size, 20, rank(r, size, port), more));
    }
    for (int r = 0; r < size; r++) {
      finish(ranks.get(r), log("torchrun", "" + r));
    }
    close(parameters("torchrun"), parameters("alone"));
  }

  private static void close(Map<String, float[]> got, Map<String, float[]> want) {
    assertThat(farthest(got, want)).isLessThanOrEqualTo(SAME);
  }

  private static float farthest(Map<String, float[]> got, Map<String, float[]> want) {
    assertThat(got.keySet()).isEqualTo(want.keySet());
    float most = 0;
    for (String name : got.keySet()) {
      assertThat(got.get(name)).as(name).hasSameSizeAs(want.get(name));
      for (int i = 0; i < got.get(name).length; i++) {
        most = Math.max(most, Math.abs(got.get(name)[i] - want.get(name)[i]));
      }
    }
    return most;
  }

  @Test
  @Timeout(180)
  void twoProcessesTrainAndResumeLikeOne() throws Exception {
    sameAsOneProcess(2);
  }

  @Test
  @Tag("slow")
  @Timeout(300)
  void fourProcessesTrainAndResumeLikeOne() throws Exception {
    sameAsOneProcess(4);
  }

  /** Several processes hold a share of Adam's moments each, one process then reads them all. */
  @Test
  @Timeout(180)
  void twoProcessesWithAShareOfTheOptimiserEachTrainLikeOne() throws Exception {
    sameAsOneProcess(2, "--zero-sharding", "os");
  }

  @Test
  @Tag("slow")
  @Timeout(300)
  void fourProcessesWithAShareOfTheOptimiserEachTrainLikeOne() throws Exception {
    sameAsOneProcess(4, "--zero-sharding", "os");
  }

  @Test
  @Tag("slow")
  @Timeout(180)
  void launcherNamesTheRankThatWasKilled() throws Exception {
    Process launcher =
        start("local", 2, 100_000, Map.of(), "--num_gpus", "2", "--save-interval-updates", "5");
    try {
      awaitCheckpoint("local");
      launcher.children().skip(1).findFirst().orElseThrow().destroyForcibly();
      assertThat(launcher.waitFor(60, TimeUnit.SECONDS)).as("ended in time").isTrue();
      assertThat(launcher.exitValue()).isEqualTo(1);
      assertThat(Files.readString(log("local", "")))
          .containsPattern("rank [01] of 2 ended with (signal 9|exit code 1)");
    } finally {
      launcher.destroy();
    }
  }

  @Test
  @Tag("slow")
  @Timeout(180)
  void killedLauncherTakesItsRanksAlong() throws Exception {
    Process launcher =
        start("orphans", 2, 100_000, Map.of(), "--num_gpus", "2", "--save-interval-updates", "5");
    awaitCheckpoint("orphans");
    List<ProcessHandle> ranks = launcher.children().toList();
    assertThat(ranks).hasSizeGreaterThanOrEqualTo(2);
    launcher.destroyForcibly();
    for (ProcessHandle rank : ranks) {
      rank.onExit().get(30, TimeUnit.SECONDS);
    }
    // The folder is free again.
    long update;
    try (Checkpoint saved = Checkpoint.open(folder.resolve("orphans").resolve(Checkpoint.LAST))) {
      update = saved.state().update();
    }
    Process again = start("orphans", 4, (int) update + 2, Map.of());
    finish(again, log("orphans", ""));
  }

  @Test
  @Tag("slow")
  @Timeout(180)
  void toldToStopAllSaveTheSameUpdate() throws Exception {
    Process launcher =
        start("stopped", 2, 100_000, Map.of(), "--num_gpus", "2", "--save-interval-updates", "5");
    awaitCheckpoint("stopped");
    launcher.destroy();
    assertThat(launcher.waitFor(60, TimeUnit.SECONDS)).as("ended in time").isTrue();
    try (Checkpoint saved = Checkpoint.open(folder.resolve("stopped").resolve(Checkpoint.LAST))) {
      assertThat(saved.state().update()).isPositive();
      assertThat(Files.readString(log("stopped", "")))
          .containsPattern(
              "stopped (in the validation )?after update " + saved.state().update() + ",");
    }
  }

  /** A long validation after the last update. */
  @Test
  @Tag("slow")
  @Timeout(180)
  void toldToStopInAValidationAllStopThereAndContinueExactly() throws Exception {
    ReverseTask.writeValidation(data, 40_000);
    String[] options = {"--num_gpus", "2", "--max-tokens", "4096", "--validate-interval", "100"};
    Path metrics = folder.resolve("validating/metrics.jsonl");
    Process launcher = start("validating", 1, 3, Map.of(), options);
    for (int wait = 0; wait < 6000 && !Files.exists(metrics); wait++) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    while (!Files.readString(metrics).contains("\"update\":3,")) {
      assertThat(launcher.isAlive()).isTrue();
      TimeUnit.MILLISECONDS.sleep(10);
    }
    long told = System.nanoTime();
    launcher.destroy();
    assertThat(launcher.waitFor(20, TimeUnit.SECONDS)).as("ended in time").isTrue();
    assertThat(System.nanoTime() - told).isLessThan(5_000_000_000L);
    assertThat(Files.readString(log("validating", "")))
        .contains("stopped in the validation after update 3, which is saved in ")
        .doesNotContain("another process of this training ended")
        .doesNotContain("\tat ");
    assertThat(Files.readString(metrics)).doesNotContain("\"valid\"");
    finish(start("validating", 1, 3, Map.of(), options), log("validating", ""));
    finish(start("undisturbed", 1, 3, Map.of(), options), log("undisturbed", ""));
    for (String name : List.of(Checkpoint.LAST, Checkpoint.BEST)) {
      CheckpointTensors.assertEqual(
          folder.resolve("undisturbed").resolve(name), folder.resolve("validating").resolve(name));
    }
    assertThat(Files.readString(metrics)).containsOnlyOnce("\"valid\"");
  }

  @Test
  @Timeout(120)
  void benchmarkTellsSpeedOfAllAndTheShareOfCommunication() {
    Object[] bench = {
      "bench",
      "--train",
      "1",
      "--configs",
      folder.resolve("task.yml"),
      "--vocabulary-size",
      50,
      "--bench-tokens",
      128,
      "--sentence-tokens",
      8,
      "--num_gpus",
      2,
      "--json"
    };
    JsonNode figures = CommandLineRun.of(bench).json();
    assertThat(figures.path("ranks").asInt()).isEqualTo(2);
    assertThat(figures.path("communication").asText())
        .isEqualTo(TrialRuns.onGpu() ? "nccl" : "gloo");
    JsonNode one = figures.path("training").path("supernet 128");
    assertThat(one.path("tokens_per_pass").asInt()).isEqualTo(64);
    assertThat(one.path("communication_share").asDouble()).isBetween(1e-6, 1.0);
    // All updates have 128 tokens, of which the ranks' figures are sums.
    assertThat(one.path("tokens_per_second").asDouble() * one.path("ms_per_update").asDouble())
        .isBetween(0.2 * 128e3, 5 * 128e3);
    bench[2] = "0";
    CommandLineRun.of(bench).failed(2, "train: got false", "processes share training");
  }

  @Test
  @Tag("slow")
  @Timeout(120)
  void oneRankMeasuresWhileTheOtherWaits() throws Exception {
    Path csv = folder.resolve("latency.csv");
    List<String> words =
        List.of(
            "latency-dataset",
            "--lat-dataset-path",
            csv.toString(),
            "--lat-dataset-size",
            "5",
            "--latiter",
            "3",
            "--json");
    int port = freePort();
    List<Process> ranks = new ArrayList<>();
    for (int r = 0; r < 2; r++) {
      ranks.add(start("latency", rank(r, 2, port), words));
    }
    List<JsonNode> figures = new ArrayList<>();
    for (int r = 0; r < 2; r++) {
      finish(ranks.get(r), log("latency", "" + r));
      String last =
          Files.readAllLines(log("latency", "" + r)).stream()
              .filter(line -> line.startsWith("{"))
              .findFirst()
              .orElseThrow();
      figures.add(Json.parse(last, "figures"));
    }
    assertThat(figures.get(1)).isEqualTo(figures.get(0));
    assertThat(Files.readAllLines(csv)).hasSize(6);
  }

  private void awaitCheckpoint(String run) throws InterruptedException {
    Path last = folder.resolve(run).resolve(Checkpoint.LAST);
    for (int wait = 0; wait < 600 && !Files.exists(last); wait++) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  @Test
  @Timeout(180)
  void killedRankEndsTheOthersAndTheCheckpointIsWhole() throws Exception {
    int port = freePort();
    Process first = start("killed", 2, 100_000, rank(0, 2, port), "--save-interval-updates", "5");
    Process second = start("killed", 2, 100_000, rank(1, 2, port), "--save-interval-updates", "5");
    try {
      awaitCheckpoint("killed");
      second.destroyForcibly();
      assertThat(first.waitFor(60, TimeUnit.SECONDS)).as("ended in time").isTrue();
      assertThat(first.exitValue()).isEqualTo(1);
      assertThat(Files.readString(log("killed", "0")))
          .contains("rank 0 of 2")
          .contains("another process of this training ended or cannot be reached");
    } finally {
      first.destroyForcibly();
      second.destroyForcibly();
    }
    try (Checkpoint saved = Checkpoint.open(folder.resolve("killed").resolve(Checkpoint.LAST))) {
      assertThat(saved.state().update()).isPositive();
    }
  }
}
