package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import mos.base.Json;
import mos.train.Checkpoint;
import mos.train.ReverseTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two hosts, each a network namespace of its own, joined by a cable that is pulled: nothing is
 * refused or reset, packets just do not come any more.
 */
@Tag("slow")
class BrokenLinkTest {
  private static final int TIMEOUT_SECONDS = 8;

  /** Runs rank.sh in both; the cable is pulled a second after the file named by $1 exists. */
  private static final String HOSTS =
      """
      set -e
      unshare --net sleep 300 & host=$!
      trap 'kill $host' EXIT
      while [ "$(readlink /proc/$host/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.1; done
      ip link add left type veth peer name right netns $host
      ip link set lo up; ip addr add 10.0.0.1/24 dev left; ip link set left up
      nsenter --net=/proc/$host/ns/net sh -c \\
        'ip link set lo up; ip addr add 10.0.0.2/24 dev right; ip link set right up'
      export MASTER_ADDR=10.0.0.1 MASTER_PORT=29500 WORLD_SIZE=2 LOCAL_RANK=0
      run() { code=0; RANK=$1 $2 sh rank.sh >>$1.log 2>&1 || code=$?; echo $code >$1.code; }
      run 0 env & first=$!
      run 1 "nsenter --net=/proc/$host/ns/net" & second=$!
      while [ ! -e "$1" ] && [ -d /proc/$first ]; do sleep 0.1; done
      sleep 1
      ip link set left down
      start=$(date +%s)
      wait $first $second
      echo $(($(date +%s) - start)) >seconds
      """;

  @TempDir Path folder;

  @BeforeEach
  void needsNamespaces() throws Exception {
    Process probe =
        new ProcessBuilder("unshare", "--map-root-user", "--net", "ip", "link", "set", "lo", "up")
            .redirectErrorStream(true)
            .start();
    assumeTrue(probe.waitFor() == 0, "network namespaces for this user");
    ReverseTask.in(Files.createDirectory(folder.resolve("data"))).close();
    Files.writeString(
        folder.resolve("task.yml"),
        ReverseTask.CONFIGURATION
            + "device: cpu\ndata: data\ndistributed-timeout: "
            + TIMEOUT_SECONDS
            + "\n");
    Files.writeString(folder.resolve("hosts.sh"), HOSTS);
  }

  private void pulled(String after, String... command) throws Exception {
    List<String> java =
        List.of(
            "exec",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-Dorg.bytedeco.javacpp.nopointergc=true",
            "-cp",
            "'" + classPath() + "'",
            "mos.cli.Main");
    Files.writeString(
        folder.resolve("rank.sh"), String.join(" ", java) + " " + String.join(" ", command) + "\n");
    Process hosts =
        new ProcessBuilder("unshare", "--map-root-user", "--net", "sh", "hosts.sh", after)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("hosts.log").toFile())
            .start();
    try {
      boolean ended = hosts.waitFor(240, TimeUnit.SECONDS);
      assertThat(ended).as(text("hosts.log") + text("0.log") + text("1.log")).isTrue();
      assertThat(hosts.exitValue()).as(text("hosts.log") + text("0.log")).isZero();
    } finally {
      hosts.descendants().forEach(ProcessHandle::destroyForcibly);
      hosts.destroyForcibly();
    }
    // What one waits for the other, and some for a processor that is busy with other tests.
    assertThat(Integer.parseInt(text("seconds").strip()))
        .as(text("0.log") + text("1.log"))
        .isLessThan(4 * TIMEOUT_SECONDS);
    assertThat(text("0.code").strip()).as(text("0.log")).isEqualTo("1");
    assertThat(text("1.code").strip()).as(text("1.log")).isEqualTo("1");
  }

  /** For a process in another folder. */
  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private String text(String file) throws IOException {
    return Files.readString(folder.resolve(file));
  }

  @Test
  @Timeout(240)
  void pulledCableEndsTrainingOnBothSidesAndResumeWorks() throws Exception {
    String[] train = {
      "train",
      "--configs",
      "task.yml",
      "--save-dir",
      "save",
      "--max-update",
      "100000",
      "--save-interval-updates",
      "5"
    };
    pulled("save/" + Checkpoint.LAST, train);
    for (int rank = 0; rank < 2; rank++) {
      assertThat(text(rank + ".log"))
          .contains("mos: rank " + rank + " of 2 (10.0.0." + (rank + 1) + ")")
          .contains("another process of this training ended or cannot be reached");
    }
    Path last = folder.resolve("save").resolve(Checkpoint.LAST);
    long update;
    try (Checkpoint checkpoint = Checkpoint.open(last)) {
      update = checkpoint.state().update();
    }
    assertThat(update).isPositive();
    CommandLineRun.of(
            "train",
            "--configs",
            folder.resolve("task.yml"),
            "--data",
            folder.resolve("data"),
            "--save-dir",
            folder.resolve("save"),
            "--update-freq",
            2,
            "--max-update",
            update + 3)
        .succeeded();
    try (Checkpoint checkpoint = Checkpoint.open(last)) {
      assertThat(checkpoint.state().update()).isEqualTo(update + 3);
    }
  }

  @Test
  @Timeout(240)
  void pulledCableEndsSearchOnBothSides() throws Exception {
    Path supernet = folder.resolve("supernet");
    CommandLineRun.of(
            "train",
            "--configs",
            folder.resolve("task.yml"),
            "--data",
            folder.resolve("data"),
            "--save-dir",
            supernet,
            "--max-update",
            3)
        .succeeded();
    pulled(
        "search/state.json",
        "evo-search",
        "--configs",
        "task.yml",
        "--restore-file",
        supernet.resolve(Checkpoint.BEST).toString(),
        "--write-config-path",
        "search/a.yml",
        "--params-constraint",
        "9",
        // So many that a fast machine does not know them all before the cable is pulled.
        "--encoder-ffn-embed-dim-choice",
        "64,63,62,61,60,59,58,57,56,55,54,53,52,51,50,49,48",
        "--decoder-ffn-embed-dim-choice",
        "64,63,62,61,60,59,58,57,56,55,54,53,52,51,50,49,48",
        "--population-size",
        "300",
        "--parent-size",
        "100",
        "--mutation-size",
        "200",
        "--crossover-size",
        "0",
        "--evo-iter",
        "1000");
    assertThat(text("0.log")).contains("mos: rank 1 of 2 ended or cannot be reached");
    assertThat(text("1.log")).contains("mos: rank 1 of 2 (10.0.0.2): rank 0 ended or cannot be");
    assertThat(Json.read(folder.resolve("search/state.json")).at("/state/iteration").asInt())
        .isPositive();
  }
}
