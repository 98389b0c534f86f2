package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import mos.base.Json;
import mos.results.ResultJson;
import mos.results.RunBudget;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run whose stages divide a given time, by the real clock. */
@Tag("slow")
class BudgetRunTest {
  private static final double HOURS = 0.02;

  @TempDir Path folder;
  private Path task;
  private Path out;

  private CommandLineRun run(String... more) {
    List<Object> words =
        new ArrayList<>(List.of("run", "--task", task, "--output_dir", out, "--json"));
    words.addAll(List.of(more));
    return CommandLineRun.of(words.stream().map(Object::toString).toArray(String[]::new));
  }

  @Test
  void endsInTimeAndKeepsWhatItDecided() throws IOException {
    TinyTask tiny = TinyTask.in(folder);
    task = tiny.file();
    out = folder.resolve("out");
    Files.writeString(
        task, "keep-last-epochs: 1\ntrain-steps: 10\nbsz: 4\n", StandardOpenOption.APPEND);
    long begin = System.nanoTime();
    JsonNode summary = Json.parse(run("--hours", "" + HOURS).succeeded().out(), "summary");
    double hours = (System.nanoTime() - begin) / 3.6e12;
    assertThat(hours / HOURS).as("share of the time that was given").isBetween(0.9, 1.1);

    RunBudget budget = ResultJson.read(out.resolve(RunBudget.FILE_NAME), RunBudget.class);
    assertThat(budget.planned())
        .containsOnlyKeys("supernet", "latency_dataset", "evo_search", "train");
    assertThat(summary.path("supernet").path("updates").asText())
        .isEqualTo(budget.sizes().get("max-update"));
    assertThat(Files.exists(out.resolve("speed-trial"))).isFalse();

    // Other hours change nothing that is done; a script and a run made again have the same sizes.
    Map<String, byte[]> before = stages();
    begin = System.nanoTime();
    run("--hours", "50").succeeded();
    assertThat((System.nanoTime() - begin) / 1e9).isLessThan(60);
    assertThat(stages()).containsExactlyInAnyOrderEntriesOf(before);
    String script =
        CommandLineRun.of(
                "generate-script",
                "--task",
                task.toString(),
                "--output_dir",
                out.toString(),
                "--hours",
                "50")
            .succeeded()
            .out();
    budget.sizes().forEach((key, value) -> assertThat(script).contains("--" + key + " " + value));
    assertThat(summary.at("/provenance/run/options/max-update").asText())
        .isEqualTo(budget.sizes().get("max-update"));
    assertThat(summary.at("/provenance/run/options").has("hours")).isFalse();
  }

  private Map<String, byte[]> stages() throws IOException {
    Map<String, byte[]> records = new TreeMap<>();
    try (Stream<Path> files = Files.list(out.resolve("stages"))) {
      for (Path file : files.toList()) {
        records.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    return records;
  }
}
