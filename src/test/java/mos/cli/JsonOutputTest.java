package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every command with {@code --json} prints one object on standard output and nothing else. */
class JsonOutputTest {
  private static final Path HAT = Path.of("src/test/resources/hat/subtransformer.yml");

  @TempDir static Path folder;
  private static TinyTask task;
  private static Path out;
  private static Path supernet;

  @BeforeAll
  static void runPipeline() throws IOException {
    task = TinyTask.in(folder);
    out = folder.resolve("out");
    task.run(out).succeeded();
    supernet = out.resolve("supernet/checkpoint_best.safetensors");
  }

  private static JsonNode json(Object... words) {
    Object[] all = java.util.Arrays.copyOf(words, words.length + 1);
    all[words.length] = "--json";
    return CommandLineRun.of(all).json();
  }

  private static Object[] configured(String command, Object... words) {
    Object[] all = new Object[words.length + 3];
    all[0] = command;
    all[1] = "--configs";
    all[2] = task.file();
    System.arraycopy(words, 0, all, 3, words.length);
    return all;
  }

  /** A call of each command, and a key that its object must have. */
  private static Map<String, Object[]> calls() {
    Path dataset = folder.resolve("latency.csv");
    Map<String, Object[]> calls = new HashMap<>();
    calls.put("updates", configured("train", "--max-update", 1, "--save-dir", folder.resolve("a")));
    calls.put(
        "best_loss",
        configured(
            "train-subtransformer",
            "--sub-configs",
            task.architecture(),
            "--sub-max-update",
            1,
            "--save-dir",
            folder.resolve("b")));
    calls.put("largest", configured("validate", "--path", supernet));
    calls.put(
        "rows",
        configured("latency-dataset", "--lat-dataset-path", dataset, "--lat-dataset-size", 4));
    calls.put(
        "write_config_path",
        configured(
            "evo-search",
            "--restore-file",
            supernet,
            "--evo-iter",
            1,
            "--population-size",
            4,
            "--parent-size",
            1,
            "--mutation-size",
            1,
            "--crossover-size",
            2,
            "--write-config-path",
            folder.resolve("search/a.yml")));
    calls.put("latency_ms", configured("measure", "--sub-configs", task.architecture()));
    calls.put(
        "sacrebleu",
        configured("generate", "--path", supernet, "--sub-configs", task.architecture()));
    calls.put(
        "training",
        configured("bench", "--max-tokens", 32, "--sentence-tokens", 8, "--bench-updates", 1));
    calls.put(
        "update",
        new Object[] {
          "average-checkpoints", "--inputs", supernet, "--out", folder.resolve("mean.safetensors")
        });
    calls.put(
        "parameters",
        new Object[] {
          "export",
          "--path",
          supernet,
          "--sub-configs",
          task.architecture(),
          "--out",
          folder.resolve("model")
        });
    calls.put("ok", new Object[] {"doctor"});
    calls.put("report", new Object[] {"report", out});
    calls.put(
        "bleu",
        new Object[] {
          "score", "--sys", folder.resolve("test.aa"), "--ref", folder.resolve("test.bb")
        });
    calls.put("passed", new Object[] {"parity", "src/test/resources/golden/beam"});
    calls.put(
        "script", new Object[] {"generate-script", "--task", task.file(), "--output-dir", out});
    calls.put(
        "parts",
        new Object[] {
          "preprocess",
          "-s",
          "aa",
          "-t",
          "bb",
          "--trainpref",
          folder.resolve("train"),
          "--destdir",
          folder.resolve("again")
        });
    return calls;
  }

  @Test
  void oneObjectAndNothingElse() {
    calls().forEach((key, words) -> assertThat(json(words).has(key)).as(key).isTrue());
    // Needs the latency dataset of before; `run` is in RunCommandTest.
    assertThat(
            json(
                configured(
                    "latency-predictor",
                    "--lat-dataset-path",
                    out.resolve("latency/dataset.csv"),
                    "--train-steps",
                    2,
                    "--ckpt-path",
                    folder.resolve("predictor.json"))))
        .isNotEmpty();
  }

  @Test
  void translationsGoNowhereElseThanAsked() throws IOException {
    Object[] words =
        configured("generate", "--path", supernet, "--sub-configs", task.architecture());
    String printed = CommandLineRun.of(words).succeeded().out();
    assertThat(printed.lines().filter(line -> line.startsWith("H-"))).hasSize(20 * 2 / 2);
    assertThat(printed).doesNotContain("BLEU");
    Path prefix = folder.resolve("translated");
    json(
        configured(
            "generate",
            "--path",
            supernet,
            "--sub-configs",
            task.architecture(),
            "--results-path",
            prefix));
    assertThat(Files.readAllLines(folder.resolve("translated.hyp.txt"))).hasSize(20);
    assertThat(folder.resolve("translated.out")).hasContent(printed);
  }

  @Test
  void validateReportsEveryArchitectureFile() throws IOException {
    Path other =
        task.write(
            "wider.yml", TinyTask.ARCHITECTURE.replace("transformer: 16", "transformer: 32"));
    JsonNode both =
        json(
            configured(
                "validate",
                "--path",
                supernet,
                "--sub-configs",
                task.architecture() + "," + other));
    assertThat(both.properties())
        .extracting(Map.Entry::getKey)
        .containsExactly("architecture", "wider");
    JsonNode one = json(configured("validate", "--path", supernet, "--sub_configs", other));
    assertThat(one.path("wider"))
        .isEqualTo(both.path("wider"))
        .isNotEqualTo(both.path("architecture"));
    assertThat(one.path("wider").path("ppl").asDouble()).isGreaterThan(1);
    Path same = Files.createDirectory(folder.resolve("same")).resolve("wider.yml");
    Files.copy(task.architecture(), same);
    JsonNode alike =
        json(configured("validate", "--path", supernet, "--sub-configs", other + "," + same));
    assertThat(alike.path("wider")).isEqualTo(both.path("wider"));
    assertThat(alike.path(same.toString())).isEqualTo(both.path("architecture"));
    assertThat(CommandLineRun.of(configured("validate", "--path", supernet)).succeeded().out())
        .contains("largest: loss", "smallest: loss");
  }

  @Test
  void describeOfAPublishedFileCountsByHand() {
    JsonNode figures =
        json("measure", "--describe", "--sub-configs", HAT, "--vocabulary-size", 1000);
    assertThat(figures.has("latency_ms")).isFalse();
    assertThat(figures.path("features").toString().replace(".0", ""))
        .startsWith("[640,6,")
        .contains(",512,2,");
    // Encoder: 6 layers of width 640, queries, keys, values and output 512 wide.
    long encoder = 0;
    for (int ffn : new int[] {3072, 2048, 3072, 1024, 3072, 3072}) {
      encoder += 3L * (640 * 512 + 512) + (512 * 640 + 640) + 2L * 640 * ffn + ffn + 640 + 4 * 640;
    }
    long decoder = 0;
    for (int ffn : new int[] {3072, 2048}) {
      decoder += 3L * (512 * 512 + 512) + (512 * 512 + 512) + 2L * 512 * ffn + ffn + 512 + 6 * 512;
      // Encoder-decoder attention reads keys and values from 640 wide encoder outputs.
      decoder += (512 * 512 + 512) + 2L * (640 * 512 + 512) + (512 * 512 + 512);
    }
    assertThat(figures.path("params_without_embedding").asLong()).isEqualTo(encoder + decoder);
    assertThat(figures.path("params").asLong()).isGreaterThan(encoder + decoder + 512 * 1000);
  }
}
