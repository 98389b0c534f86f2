package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import mos.base.Json;
import mos.model.SuperTransformer;
import mos.tensor.Native;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import mos.train.Checkpoint;
import mos.train.ReverseTask;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes over Gloo, one of which is killed with SIGKILL, or stands still. */
@Tag("slow")
@Timeout(240)
class ElasticTest {
  private static final int UPDATES = 60;
  private static final int SECONDS = 120;

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void writeData() throws IOException {
    ReverseTask.in(Files.createDirectory(folder.resolve("data"))).close();
    file = folder.resolve("task.yml");
    Files.writeString(
        file,
        ReverseTask.CONFIGURATION
            + """
            lr-scheduler: inverse_sqrt
            lr: 0.001
            dropout: 0
            device: cpu
            distributed-timeout: 15
            """
            + "data: "
            + folder.resolve("data")
            + "\n");
  }

  private Object[] train(String run, Object... more) {
    return words(
        List.of(
            "train",
            "--configs",
            file,
            "--save-dir",
            folder.resolve(run),
            "--max-update",
            UPDATES,
            "--save-interval-updates",
            3),
        more);
  }

  private static Object[] words(List<Object> first, Object... more) {
    List<Object> words = new ArrayList<>(first);
    words.addAll(Arrays.asList(more));
    return words.toArray();
  }

  private RunProcess start(String name, Object... words) throws IOException {
    return RunProcess.start(folder.resolve(name + ".log"), words);
  }

  private static void await(RunProcess process, BooleanSupplier begun) throws Exception {
    while (!begun.getAsBoolean()) {
      assertThat(process.handle().isAlive()).as(process.output()).isTrue();
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  /** Sends a signal to a rank, once there is what it is to go on from. */
  private static void signal(RunProcess launcher, int rank, String signal, BooleanSupplier begun)
      throws Exception {
    await(launcher, begun);
    List<Long> ranks =
        launcher
            .handle()
            .children()
            .map(ProcessHandle::pid)
            .sorted(Comparator.naturalOrder())
            .toList();
    assertThat(ranks).as(launcher.output()).hasSize(3);
    assertThat(new ProcessBuilder("kill", signal, Long.toString(ranks.get(rank))).start().waitFor())
        .isZero();
  }

  private BooleanSupplier saved(String run) {
    return () -> Files.exists(folder.resolve(run).resolve(Checkpoint.LAST));
  }

  private void endedLikeUndisturbed(String run) throws IOException {
    CommandLineRun.of(train("whole", "--update-freq", 6)).succeeded();
    assertThat(updates(run)).isEqualTo(updates("whole"));
    float[] expected = parameters("whole");
    float[] found = parameters(run);
    for (int i = 0; i < expected.length; i++) {
      // What rounding of sums in another order becomes over so many updates.
      assertThat(found[i]).as("parameter %d", i).isCloseTo(expected[i], within(1e-4f));
    }
  }

  private List<Integer> updates(String run) throws IOException {
    return Files.readAllLines(folder.resolve(run).resolve("metrics.jsonl")).stream()
        .map(line -> Json.parse(line, "metrics"))
        .filter(line -> line.has("loss"))
        .map(line -> line.path("update").asInt())
        .toList();
  }

  /** But for the biases of attention keys, which have no true gradient. */
  private float[] parameters(String run) {
    try (Checkpoint last = Checkpoint.open(folder.resolve(run).resolve(Checkpoint.LAST));
        SuperTransformer model = last.model(Tensors.cpu(), false);
        Scope scope = Scope.open()) {
      assertThat(last.state().update()).isEqualTo(UPDATES);
      for (String name : model.parameters().names()) {
        if (name.endsWith("in_proj_bias")) {
          model.parameters().value(name).zero_();
        }
      }
      return Tensors.toFloats(model.parameters().values());
    }
  }

  private void trainWithout(int rank, String signal, String said, Object... more) throws Exception {
    try (RunProcess launcher =
        start(
            "lost",
            train(
                "lost",
                words(List.of("--num_gpus", 3, "--elastic", 1, "--update-freq", 2), more)))) {
      signal(launcher, rank, signal, saved("lost"));
      assertThat(launcher.await(SECONDS)).as(launcher.output()).isZero();
      assertThat(launcher.output())
          .contains("rank " + rank + " of 3 is lost: " + said)
          .contains("2 of 3 processes go on from what is saved")
          .containsPattern("what is saved\nSuperTransformer +\\d+ % +[1-9]\\d*/60")
          .doesNotContain("\tat ");
    }
    endedLikeUndisturbed("lost");
  }

  @Test
  void trainingGoesOnWithoutAKilledRank() throws Exception {
    trainWithout(2, "-KILL", "signal 9");
  }

  /** Which writes all files. */
  @Test
  void trainingGoesOnWithoutTheFirstRankAndWithSharesOfTheOptimiser() throws Exception {
    trainWithout(0, "-KILL", "signal 9", "--zero-sharding", "os");
  }

  @Test
  void trainingGoesOnWithoutARankThatStandsStill() throws Exception {
    trainWithout(1, "-STOP", "no answer");
  }

  /** A mistake would be made again by those that are left. */
  @Test
  void failureOfARankIsNoLoss() throws Exception {
    Files.createDirectories(folder.resolve("failed"));
    Files.createSymbolicLink(
        folder.resolve("failed").resolve(Checkpoint.LAST), Path.of("/dev/full"));
    try (RunProcess launcher =
        start("failed", train("failed", "--num_gpus", 2, "--elastic", 1, "--update-freq", 3))) {
      assertThat(launcher.await(SECONDS)).isEqualTo(1);
      assertThat(launcher.output())
          .contains("rank 0 of 2 ended with exit code 1")
          .doesNotContain("is lost");
    }
  }

  private Map<String, String> rank(int rank, int size, int port, int restarts) {
    return Map.of(
        "MASTER_ADDR", "127.0.0.1",
        "MASTER_PORT", Integer.toString(port),
        "RANK", Integer.toString(rank),
        "LOCAL_RANK", Integer.toString(rank),
        "WORLD_SIZE", Integer.toString(size),
        "TORCHELASTIC_USE_AGENT_STORE", "True",
        "TORCHELASTIC_RESTART_COUNT", Integer.toString(restarts));
  }

  private List<RunProcess> startUnderAgent(int size, int port, int restarts) throws IOException {
    List<RunProcess> ranks = new ArrayList<>();
    for (int r = 0; r < size; r++) {
      ranks.add(
          RunProcess.start(
              folder.resolve("agent-" + restarts + "-" + r + ".log"),
              null,
              rank(r, size, port, restarts),
              train("agent", "--elastic", 1, "--update-freq-total", 6)));
    }
    return ranks;
  }

  /** torchrun listens itself, and starts those that are left again with other variables. */
  @Test
  void trainingGoesOnWhenTorchrunStartsAgainWithFewer() throws Exception {
    Native.load();
    int port;
    try (TCPStoreOptions options =
            new TCPStoreOptions().port((short) 0).isServer(true).waitWorkers(false);
        TCPStore agent = new TCPStore("127.0.0.1", options)) {
      port = agent.getPort() & 0xffff;
      List<RunProcess> three = startUnderAgent(3, port, 0);
      await(three.get(0), saved("agent"));
      three.get(1).kill();
      for (int left : new int[] {0, 2}) {
        assertThat(three.get(left).await(SECONDS)).as(three.get(left).output()).isEqualTo(1);
      }
      for (RunProcess one : startUnderAgent(2, port, 1)) {
        assertThat(one.await(SECONDS)).as(one.output()).isZero();
      }
    }
    endedLikeUndisturbed("agent");
    try (RunProcess one =
        RunProcess.start(
            folder.resolve("without.log"),
            null,
            rank(0, 1, port, 0),
            train("without", "--elastic", 1))) {
      assertThat(one.await(SECONDS)).isEqualTo(2);
      assertThat(one.output()).contains("update-freq-total").doesNotContain("\tat ");
    }
  }

  private static JsonNode without(JsonNode figures, String... keys) {
    return ((ObjectNode) figures.deepCopy()).remove(List.of(keys));
  }

  private Path supernet() {
    Path supernet = folder.resolve("supernet");
    CommandLineRun.of("train", "--configs", file, "--save-dir", supernet, "--max-update", 5)
        .succeeded();
    return supernet.resolve(Checkpoint.BEST);
  }

  @Test
  void searchFindsTheSameWithoutARank() throws Exception {
    Path supernet = supernet();
    for (int rank : new int[] {0, 2}) {
      Path lost = folder.resolve("lost-" + rank + "/a.yml");
      try (RunProcess launcher =
          start("lost-" + rank, search(supernet, lost, "--num_gpus", 3, "--elastic", 1))) {
        Path cache = lost.resolveSibling("cache.jsonl");
        signal(launcher, rank, "-KILL", () -> lines(cache) > 10);
        assertThat(launcher.await(SECONDS)).as(launcher.output()).isZero();
        assertThat(launcher.output()).contains("rank " + rank + " of 3 is lost: signal 9");
      }
      Path whole = folder.resolve("whole-search/a.yml");
      CommandLineRun.of(search(supernet, whole)).succeeded();
      assertThat(lost).hasSameTextualContentAs(whole);
      assertThat(Json.read(lost.resolveSibling("state.json")).path("state"))
          .isEqualTo(Json.read(whole.resolveSibling("state.json")).path("state"));
    }
  }

  private static long lines(Path file) {
    try {
      return Files.exists(file) ? Files.readAllLines(file).size() : 0;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Object[] search(Path supernet, Path target, Object... more) {
    return words(
        List.of(
            "evo-search",
            "--configs",
            file,
            "--restore-file",
            supernet,
            "--write-config-path",
            target,
            "--params-constraint",
            "9",
            "--encoder-ffn-embed-dim-choice",
            "64,60,56,52,48",
            "--population-size",
            60,
            "--parent-size",
            20,
            "--mutation-size",
            20,
            "--crossover-size",
            20,
            "--evo-iter",
            5),
        more);
  }

  @Test
  void evaluationGivesTheSameWithoutARank() throws Exception {
    Path supernet = supernet();
    Path lost = folder.resolve("evaluation");
    try (RunProcess launcher =
        start("evaluation", evaluate(supernet, lost, "--num_gpus", 3, "--elastic", 1))) {
      signal(launcher, 1, "-KILL", () -> Files.exists(lost.resolve("standalone-001.json")));
      assertThat(launcher.await(SECONDS)).as(launcher.output()).isZero();
      assertThat(launcher.output()).contains("rank 1 of 3 is lost: signal 9");
    }
    Path whole = folder.resolve("whole-evaluation");
    CommandLineRun.of(evaluate(supernet, whole)).succeeded();
    assertThat(without(Json.read(lost.resolve("evaluation.json")), "provenance"))
        .isEqualTo(without(Json.read(whole.resolve("evaluation.json")), "provenance"));
  }

  private Object[] evaluate(Path supernet, Path target, Object... more) {
    return words(
        List.of(
            "evaluate-supernet",
            "--configs",
            file,
            "--restore-file",
            supernet,
            "--architectures",
            8,
            "--sub-max-update",
            40,
            "--sub-warmup-updates",
            2,
            "--evaluation-dir",
            target),
        more);
  }
}
