package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import mos.base.FolderLock;
import mos.base.Json;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Other answers of one search, on a device whose times the test knows. */
class TakeCommandTest {
  @TempDir static Path folder;
  private static Path factor;
  private static String runner;
  private static Path out;

  @BeforeAll
  static void runOnce() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")));
    TinyTask task = TinyTask.in(folder);
    factor = Files.writeString(folder.resolve("factor"), "1");
    // By the width of the decoder and its layers: 42, 26, 22, 14 ms.
    runner =
        "/bin/sh "
            + task.write(
                "device.sh",
                """
                layers=$(sed -n 's/^decoder-layer-num-subtransformer: //p' "$1")
                width=$(sed -n 's/^decoder-embed-dim-subtransformer: //p' "$1")
                echo $(((layers * (width / 2 + 4) + 2) * $(cat %s)))
                """
                    .formatted(factor));
    out = folder.resolve("out");
    task.run(out, "--runner", runner, "--latency-constraint", "60%", "--front", "1").succeeded();
  }

  private static CommandLineRun take(Object... more) {
    Object[] words = new Object[4 + more.length];
    words[0] = "take";
    words[1] = out;
    words[2] = "--runner";
    words[3] = runner;
    System.arraycopy(more, 0, words, 4, more.length);
    return CommandLineRun.of(words);
  }

  private static JsonNode summary() {
    return Json.read(out.resolve("summary.json"));
  }

  private static String found() throws IOException {
    return architecture(out.resolve("search/architecture.yml"));
  }

  private static String architecture(Path file) throws IOException {
    return String.join(
        "\n", Files.readAllLines(file).stream().filter(line -> !line.startsWith("#")).toList());
  }

  /** A point of the front that is not what the run found. */
  private static String other() throws IOException {
    for (JsonNode point : summary().path("front")) {
      String file = point.path("file").asText();
      if (!architecture(out.resolve("search").resolve(file)).equals(found())) {
        return file;
      }
    }
    throw new AssertionError("the front has one point");
  }

  @Test
  void pointIsTrainedAndStandsBesideWhatWasFound() throws IOException {
    String point = other();
    String name = point.replaceAll(".*/|\\.yml", "");
    CommandLineRun taken = take(point).succeeded();
    Path there = out.resolve("taken").resolve(name);
    assertThat(there.resolve("subtransformer/checkpoint_best.safetensors")).exists();
    assertThat(there.resolve("translations/final_test.hyp.txt")).exists();
    assertThat(architecture(there.resolve("architecture.yml")))
        .isEqualTo(architecture(out.resolve("search").resolve(point)));
    assertThat(taken.out())
        .contains("taken/" + name, "report: " + out + "/report.html")
        .contains("mos export --path " + there + "/subtransformer/checkpoint_best.safetensors")
        .contains("mos generate --path " + there + "/model");
    JsonNode own = Json.read(there.resolve("summary.json"));
    JsonNode listed = summary().path("taken");
    assertThat(listed).contains(own);
    assertThat(own.path("origin").asText()).isEqualTo(point);
    assertThat(own.path("bleu").path("final").isNumber()).isTrue();
    assertThat(own.path("speed_up").asDouble()).isGreaterThanOrEqualTo(1);
    assertThat(own.has("constraints")).isFalse();
    assertThat(Files.readString(out.resolve("report.html")))
        .contains("Taken answers", "taken/" + name, "found by the run");
    // The same answer by its other names is the same work: nothing is done twice.
    Map<String, FileTime> before = trained();
    take(Integer.parseInt(name)).succeeded();
    take(out.resolve("search").resolve(point)).succeeded();
    assertThat(trained()).isEqualTo(before);

    // What was interrupted goes on where it was: here after training.
    Files.delete(out.resolve("stages/taken_" + name + "_final_test.json"));
    Files.delete(there.resolve("summary.json"));
    take(point).succeeded();
    assertThat(trained()).isEqualTo(before);
    assertThat(Json.read(there.resolve("summary.json")).path("latency_ms"))
        .isEqualTo(own.path("latency_ms"));

    // Measured again: both of them.
    double found = summary().path("latency_ms").asDouble();
    Files.writeString(factor, "2");
    CommandLineRun.of("remeasure", out, "--runner", runner).succeeded();
    Files.writeString(factor, "1");
    assertThat(summary().path("latency_ms").asDouble()).isEqualTo(2 * found);
    for (JsonNode one : summary().path("taken")) {
      if (one.path("name").asText().equals(name)) {
        assertThat(one.path("latency_ms").asDouble())
            .isEqualTo(2 * own.path("latency_ms").asDouble());
      }
    }
    assertThat(trained()).isEqualTo(before);
    CommandLineRun.of("remeasure", out, "--runner", runner).succeeded();
  }

  private static Map<String, FileTime> trained() throws IOException {
    Map<String, FileTime> times = new HashMap<>(TinyTask.times(out));
    times.keySet().removeIf(name -> !name.contains("subtransformer/"));
    return times;
  }

  @Test
  void constraintTakesTheBestThatMeetsIt() throws IOException {
    CommandLineRun taken = take("--constraint", "100%", "--json");
    if (taken.code() != 0) {
      taken.failed(1, "the best under 100% is what the run itself found");
      return;
    }
    JsonNode figures = Json.parse(taken.out(), "taken");
    assertThat(figures.path("limit").asText()).isEqualTo("100%");
    assertThat(figures.path("constraints").path(0).path("met").asBoolean()).isTrue();
    double best = Double.POSITIVE_INFINITY;
    for (String line : Files.readAllLines(out.resolve("search/candidates.jsonl"))) {
      best = Math.min(best, Json.parse(line, "line").path("loss").asDouble());
    }
    assertThat(figures.path("inherited_loss").asDouble()).isEqualTo(best);
    assertThat(summary().path("taken")).contains(figures);
  }

  @Test
  void whatCannotBeTakenIsSaid() throws IOException {
    take("architecture.yml").failed(1, "is what the run itself found and trained");
    take(out.resolve("search/architecture.yml"))
        .failed(1, "is what the run itself found and trained");
    take("front/099.yml").failed(2, "point: got front/099.yml", "front/001.yml");
    take(folder.resolve("architecture.yml")).failed(2, "which is no architecture of");
    take().failed(2, "take: got neither a point nor a constraint; need", "front/001.yml");
    take("2", "--constraint", "40%").failed(2, "need one of them");
    for (String wrong : new String[] {"0", "-3", "x", "101%", "NaN"}) {
      take("--constraint=" + wrong).failed(2, "constraint: got " + wrong + ", need a number");
    }
    take("--constraint", "1%")
        .failed(1, "nothing that the search knows meets the constraint 1% of the largest's");
    take("--constraint", "0.5").failed(1, "meets the constraint 0.5 ms; the least is");
    CommandLineRun.of("take", folder.resolve("none"), "1")
        .failed(2, "none: no finished run: there is no summary.json in it");
    Path begun = Files.createDirectories(folder.resolve("begun/stages")).getParent();
    CommandLineRun.of("take", begun, "1").failed(2, "`mos run` with the same options continues it");
    CommandLineRun.of("take", out, "1").failed(2, "its run measured with the command", "--runner");
    try (FolderLock held = CompletableFuture.supplyAsync(() -> FolderLock.of(out)).join()) {
      take("--constraint", "40%").failed(1, "in use by another task of this process");
    }
  }
}
