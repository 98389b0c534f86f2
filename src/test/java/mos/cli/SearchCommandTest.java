package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import mos.base.Json;
import mos.report.ReportPage;
import mos.space.ConfigurationDictionary;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;
import mos.tensor.SafeTensors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Measuring and searching with a command as the measuring device, whose times repeat exactly. */
class SearchCommandTest {
  @TempDir static Path folder;
  private static TinyTask task;
  private static Path supernet;
  private static Path runner;
  private static Path calls;

  @BeforeAll
  static void trainSupernet() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")));
    task = TinyTask.in(folder);
    CommandLineRun.of(
            "train",
            "--configs",
            task.file(),
            "--max-update",
            30,
            "--warmup-updates",
            5,
            "--save-dir",
            folder.resolve("supernet"))
        .succeeded();
    supernet = folder.resolve("supernet/checkpoint_best.safetensors");
    calls = folder.resolve("calls.log");
    // 2 ms for the encoder; for the decoder 10 ms a layer, and the width's tenth.
    runner =
        task.write(
            "runner.sh",
            String.format(
                Locale.ROOT,
                """
            echo "$1" >> %s
            layers=$(sed -n 's/^decoder-layer-num-subtransformer: //p' "$1")
            width=$(sed -n 's/^decoder-embed-dim-subtransformer: //p' "$1")
            echo 2 $((layers * 10)).$((width / 10))
            """,
                calls));
  }

  private static Object[] search(Path target, Object... more) {
    List<Object> words =
        new ArrayList<>(
            List.of(
                "evo-search",
                "--configs",
                task.file(),
                "--restore-file",
                supernet,
                "--write-config-path",
                target,
                "--runner",
                "/bin/sh " + runner,
                "--population-size",
                8,
                "--parent-size",
                2,
                "--mutation-size",
                3,
                "--crossover-size",
                3,
                "--evo-iter",
                2,
                "--evo-max-tries",
                200,
                "--json"));
    for (int i = 0; i < more.length; i += 2) {
      int there = words.indexOf(more[i]);
      if (there >= 0) {
        words.set(there + 1, more[i + 1]);
      } else {
        words.addAll(List.of(more[i], more[i + 1]));
      }
    }
    return words.toArray();
  }

  private static int calls() throws IOException {
    return Files.exists(calls) ? Files.readAllLines(calls).size() : 0;
  }

  @Test
  void runnerMeasuresInPlaceOfThisMachine() {
    JsonNode figures =
        CommandLineRun.of(
                "measure",
                "--configs",
                task.file(),
                "--sub-configs",
                task.architecture(),
                "--runner",
                "/bin/sh " + runner,
                "--repeat",
                3,
                "--json")
            .json();
    assertThat(figures.path("latency_ms").asDouble()).isEqualTo(2 + 10.3);
    assertThat(figures.path("encoder_ms").asDouble()).isEqualTo(2);
    assertThat(figures.path("repeats_ms").size()).isEqualTo(3);
    assertThat(figures.path("repeats_agree").asBoolean()).isTrue();
    assertThat(figures.path("hardware").path("device").asText()).contains("runner.sh");
    assertThat(figures.has("other_load_cores")).isFalse();
    CommandLineRun.of(
            "measure",
            "--configs",
            task.file(),
            "--sub-configs",
            task.architecture(),
            "--runner",
            "/bin/false")
        .failed(1, "runner /bin/false", "exit code 1");
  }

  @Test
  void thisMachineSaysHowSteadyItIs() {
    CommandLineRun run =
        CommandLineRun.of(
            "measure",
            "--configs",
            task.file(),
            "--sub-configs",
            task.architecture(),
            "--repeat",
            2);
    assertThat(run.out()).containsPattern("2 measurements (agree|DO NOT AGREE)");
    assertThat(run.code()).isEqualTo(run.out().contains("DO NOT AGREE") ? 1 : 0);
    assertThat(run.out()).contains("a vocabulary of ", "data); one sentence of 4 tokens");
    assertThat(run.out()).contains("interquartile range");
  }

  @Test
  void foundMeetsTheConstraintAndSecondSearchAsksNothingAgain() throws IOException {
    Path target = folder.resolve("gold/architecture.yml");
    JsonNode figures = CommandLineRun.of(search(target, "--latency-constraint", 20)).json();
    // One decoder layer: 12.x ms; two take 22.x ms.
    SubTransformer found = SubTransformerFile.read(target);
    assertThat(found.decoderLayers()).isEqualTo(1);
    assertThat(figures.path("latency_ms").asDouble()).isBetween(12.0, 13.0);
    JsonNode baselines = figures.path("baselines");
    assertThat(baselines.path("random search, same budget").path("loss").isNumber()).isTrue();
    assertThat(baselines.path("decoder depth alone").path("decoder_layers").asInt()).isEqualTo(1);

    assertTellsItsOrigin(target);

    Files.delete(folder.resolve("gold/state.json"));
    int before = calls();
    JsonNode again =
        CommandLineRun.of(search(target, "--latency-constraint", 20, "--baselines", "none")).json();
    // The smallest, to see whether the constraint can be met, and the finalist, three times; each
    // beside the largest, which is asked once.
    assertThat(calls() - before).isEqualTo(6);
    assertThat(again.path("loss")).isEqualTo(figures.path("loss"));
    assertThat(again.path("baselines").isEmpty()).isTrue();
    String cache = Files.readString(folder.resolve("gold/cache.jsonl"));
    assertThat(cache).contains("checkpoint_sha256", "runner.sh");
  }

  /** Bit for bit: the same scores, so the same candidates, so the same architecture. */
  @Test
  void twoProcessesFindTheSame() throws IOException {
    Path one = folder.resolve("one/architecture.yml");
    Path two = folder.resolve("two/architecture.yml");
    Object[] more = {"--latency-constraint", 20, "--device", "cpu"};
    ObjectNode alone = (ObjectNode) CommandLineRun.of(search(one, more)).json();
    Object[] shared = search(two, more);
    shared = Arrays.copyOf(shared, shared.length + 2);
    shared[shared.length - 2] = "--num_gpus";
    shared[shared.length - 1] = 2;
    int before = calls();
    ObjectNode together = (ObjectNode) CommandLineRun.of(shared).json();
    assertThat(calls()).isGreaterThan(before);
    for (ObjectNode figures : List.of(alone, together)) {
      ((ObjectNode) figures.path("constraints").path(0)).remove("measured_at");
      figures.remove(List.of("write_config_path", "population_path", "candidates_path"));
    }
    assertThat(together).isEqualTo(alone);
    assertThat(two).hasSameTextualContentAs(one);
    assertThat(lines(two)).isEqualTo(lines(one));

    // One process takes over what two have finished: it times the smallest, the found one and those
    // of the baselines again, and nothing else.
    before = calls();
    CommandLineRun.of(search(two, more)).succeeded();
    assertThat(calls() - before).isLessThanOrEqualTo(12);
  }

  private static Set<String> lines(Path target) throws IOException {
    return Set.copyOf(Files.readAllLines(target.resolveSibling("cache.jsonl")));
  }

  private static void assertTellsItsOrigin(Path architecture) throws IOException {
    String text = Files.readString(architecture);
    assertThat(text).contains("# seed: 3\n", "# java: " + Runtime.version());
    assertThat(text).containsPattern("# version: .+\n").containsPattern("# libtorch: 2.+\n");
    assertThat(text).containsPattern("# device: .+\n").containsPattern("# valid: [0-9a-f]{64}\n");
    try (SafeTensors tensors = SafeTensors.open(supernet, false)) {
      assertThat(text).contains("# parent: " + tensors.dataHash() + "\n");
    }
  }

  @Test
  void nothingUnderTheConstraintIsSaidWithTheFastestSeen() {
    CommandLineRun.of(search(folder.resolve("none/a.yml"), "--latency-constraint", 11))
        .failed(
            1, "under 11 ms less a margin (10.5) in 200 samples; the fastest seen takes 12.1 ms");
    assertThat(folder.resolve("none/a.yml")).doesNotExist();
    CommandLineRun.of(search(folder.resolve("share/a.yml"), "--latency-constraint", "20%"))
        .failed(
            1,
            "no SubTransformer under 20% of the largest's latency: the smallest of the search space"
                + " takes 54.3% of the largest's (12.1 of 22.3 ms)");
  }

  @Test
  void shareOfTheLargestIsMeasuredInAlternation() throws IOException {
    Path target = folder.resolve("relative/architecture.yml");
    int before = calls();
    JsonNode figures = CommandLineRun.of(search(target, "--latency-constraint", "60%")).json();
    // One decoder layer of at most two, whatever the width: 12.x of 22.3 ms.
    assertThat(SubTransformerFile.read(target).decoderLayers()).isEqualTo(1);
    assertThat(figures.path("constraint_unit").asText()).isEqualTo("% of the largest's latency");
    assertThat(figures.path("aim").asDouble()).isEqualTo(57);
    assertThat(figures.path("constraint_met").asBoolean()).isTrue();
    JsonNode one = figures.path("constraints").path(0);
    assertThat(one.path("limit").asDouble()).isEqualTo(60);
    assertThat(one.path("limit_unit").asText()).isEqualTo("%");
    double largest = one.path("measured").asDouble() / one.path("share").asDouble();
    assertThat(largest).isCloseTo(22.3, offset(1e-9));
    assertThat(one.path("limit_value").asDouble()).isCloseTo(0.6 * largest, offset(1e-9));
    assertThat(calls() - before).isGreaterThan(2 * figures.path("evaluated").asInt());
    JsonNode line =
        Json.parse(
            Files.readAllLines(target.resolveSibling("candidates.jsonl")).get(0), "candidates");
    assertThat(line.path("cost").asDouble()).isBetween(54.0, 57.0);
    assertThat(line.path("cost_unit").asText()).isEqualTo("% of the largest's latency");
    assertThat(line.has("latency_ms")).isFalse();

    JsonNode measured =
        CommandLineRun.of(
                "measure",
                "--configs",
                task.file(),
                "--sub-configs",
                target,
                "--runner",
                "/bin/sh " + runner,
                "--check-constraint",
                1,
                "--latency-constraint",
                "60%",
                "--json")
            .json();
    assertThat(measured.path("constraint_met").asBoolean()).isTrue();
    assertThat(measured.path("largest").path("latency_ms").asDouble())
        .isCloseTo(largest, offset(1e-9));
    assertThat(measured.path("largest").path("params").asLong())
        .isGreaterThan(measured.path("params").asLong());
    CommandLineRun missed =
        CommandLineRun.of(
            "measure",
            "--configs",
            task.file(),
            "--sub-configs",
            target,
            "--runner",
            "/bin/sh " + runner,
            "--check-constraint",
            1,
            "--latency-constraint",
            "50%");
    assertThat(missed.code()).isEqualTo(1);
    assertThat(missed.out()).contains("*** CONSTRAINT NOT MET: latency 5");
  }

  @Test
  void frontOfSharesTellsWhichPointsAreWithin() throws IOException {
    Path target = folder.resolve("shares/search/architecture.yml");
    JsonNode figures =
        CommandLineRun.of(
                search(target, "--front", 1, "--latency-constraint", "60%", "--baselines", "depth"))
            .json();
    assertThat(figures.path("constraint_met").asBoolean()).isTrue();
    List<String> csv = Files.readAllLines(target.resolveSibling("front.csv"));
    assertThat(csv.get(0)).startsWith("point,loss,latency_percent,");
    for (JsonNode point : figures.path("front")) {
      assertThat(point.path("within").asBoolean())
          .isEqualTo(point.path("latency_percent").asDouble() <= 60);
    }
    assertThat(figures.path("front").path(0).path("within").asBoolean()).isTrue();
  }

  @Test
  void countsScreenBeforeAnythingIsMeasured() {
    Path target = folder.resolve("counts/architecture.yml");
    Object[] both = {
      "--params-constraint",
      "0.02",
      "--flops-constraint",
      "0.00028",
      "--also-latency",
      1,
      "--latency-constraint",
      20
    };
    JsonNode figures = CommandLineRun.of(search(target, both)).json();
    assertThat(figures.path("constraint_unit").asText()).isEqualTo("ms");
    JsonNode described =
        CommandLineRun.of(
                "measure",
                "--configs",
                task.file(),
                "--sub-configs",
                target,
                "--describe",
                "--data",
                task.data(),
                "--json")
            .json();
    assertThat(described.path("params_without_embedding").asLong()).isLessThanOrEqualTo(20_000);
    assertThat(described.path("flops").asLong()).isLessThanOrEqualTo(280_000);
    assertThat(figures.path("latency_ms").asDouble()).isLessThan(20);
    JsonNode alone =
        CommandLineRun.of(search(folder.resolve("alone/a.yml"), "--params-constraint", "0.02"))
            .json();
    assertThat(alone.path("constraint_unit").asText()).isEqualTo("M parameters");
    assertThat(alone.has("latency_ms")).isFalse();
    assertThat(figures.path("constraints"))
        .extracting(one -> one.path("quantity").asText())
        .containsExactly("params", "flops", "latency");
    JsonNode share =
        CommandLineRun.of(search(folder.resolve("part/a.yml"), "--params-constraint", "60%"))
            .json();
    assertThat(share.path("constraints").path(0).path("limit_unit").asText()).isEqualTo("%");
    assertThat(share.path("constraints").path(0).path("share").asDouble()).isBetween(0.1, 0.6);
    CommandLineRun.of(search(folder.resolve("few/a.yml"), "--params-constraint", "0.001"))
        .failed(1, "no SubTransformer under 0.001 M parameters");
  }

  @Test
  void bleuIsAFitnessToo() throws IOException {
    Path target = folder.resolve("bleu/architecture.yml");
    JsonNode figures =
        CommandLineRun.of(
                search(
                    target,
                    "--fitness",
                    "bleu",
                    "--params-constraint",
                    9,
                    "--evo-iter",
                    1,
                    "--baselines",
                    "depth"))
            .json();
    double bleu = figures.path("bleu").asDouble();
    assertThat(figures.path("loss").asDouble()).isEqualTo(100 - bleu);
    JsonNode generated =
        CommandLineRun.of(
                "generate",
                "--configs",
                task.file(),
                "--path",
                supernet,
                "--sub-configs",
                target,
                "--gen-subset",
                "valid",
                "--json")
            .json();
    assertThat(generated.path("bleu").asDouble()).isEqualTo(bleu);
  }

  @Test
  void hybridMeasuresOnlyWhatThePredictorLetsPass() throws IOException {
    Path csv = folder.resolve("latency.csv");
    CommandLineRun.of(
            "latency-dataset",
            "--configs",
            task.file(),
            "--lat-dataset-path",
            csv,
            "--lat-dataset-size",
            40,
            "--runner",
            "/bin/sh " + runner)
        .succeeded();
    assertThat(Files.readAllLines(csv)).hasSize(41);
    Path predictor = folder.resolve("predictor.json");
    CommandLineRun.of(
            "latency-predictor",
            "--configs",
            task.file(),
            "--lat-dataset-path",
            csv,
            "--ckpt-path",
            predictor)
        .succeeded();
    Object[] hybrid = {
      "--latency-compute",
      "hybrid",
      "--ckpt-path",
      predictor,
      "--latency-constraint",
      20,
      "--baselines",
      "none"
    };
    int before = calls();
    JsonNode figures = CommandLineRun.of(search(folder.resolve("hybrid/a.yml"), hybrid)).json();
    int ofHybrid = calls() - before;
    assertThat(figures.path("latency_ms").asDouble()).isBetween(12.0, 13.0);
    hybrid[1] = "gold";
    before = calls();
    CommandLineRun.of(search(folder.resolve("golden/a.yml"), hybrid)).succeeded();
    assertThat(ofHybrid).isLessThan(calls() - before);

    hybrid[1] = "predictor";
    CommandLineRun.of(search(folder.resolve("predicted/a.yml"), hybrid)).succeeded();
    List<Object> here = new ArrayList<>(List.of(search(folder.resolve("other/a.yml"), hybrid)));
    here.remove("--runner");
    here.remove("/bin/sh " + runner);
    CommandLineRun.of(here.toArray())
        .failed(2, "predictor.json", "runner.sh", "accept it with --accept-other-hardware");
    here.addAll(List.of("--accept-other-hardware", 1));
    here.set(here.indexOf("--latency-constraint") + 1, 9000);
    CommandLineRun.of(here.toArray()).succeeded();
  }

  @Test
  void frontIsWrittenInAllItsForms() throws IOException {
    Path out = folder.resolve("front");
    Path target = out.resolve("search/architecture.yml");
    JsonNode figures =
        CommandLineRun.of(search(target, "--front", 1, "--latency-constraint", 1)).json();
    // Nothing meets this constraint: there is a front, but no choice from it.
    assertThat(figures.path("architecture").isNull()).isTrue();
    assertThat(target).doesNotExist();
    JsonNode points = figures.path("front");
    assertThat(points.size()).isGreaterThan(1);
    JsonNode json = Json.read(out.resolve("search/front.json"));
    assertThat(json.path("points")).isEqualTo(points);
    List<String> csv = Files.readAllLines(out.resolve("search/front.csv"));
    assertThat(csv.get(0))
        .isEqualTo("point,loss,latency_ms,params,params_without_embedding,flops,file");
    assertThat(csv).hasSize(points.size() + 1);
    assertTellsItsOrigin(out.resolve("search/front/001.yml"));
    double lastLoss = Double.POSITIVE_INFINITY;
    for (JsonNode point : points) {
      SubTransformer one =
          SubTransformerFile.read(out.resolve("search").resolve(point.path("file").asText()));
      assertThat(ConfigurationDictionary.toJson(one)).isEqualTo(point.path("architecture"));
      assertThat(point.path("latency_ms").asDouble())
          .isEqualTo(
              2 + Double.parseDouble(one.decoderLayers() + "0." + one.decoderEmbedDim() / 10));
      assertThat(point.path("loss").asDouble()).isLessThan(lastLoss);
      lastLoss = point.path("loss").asDouble();
    }
    assertThat(Files.readString(ReportPage.write(out))).contains(">001.yml</td>");
    CommandLineRun.of(search(target, "--front", 1, "--latency-compute", "hybrid"))
        .failed(2, "latency-compute: got hybrid");
  }

  @Test
  void frontOfFlopsRepeatsExactlyAndChoosesUnderTheConstraint() throws IOException {
    Map<String, String> files = new TreeMap<>();
    for (String name : List.of("one", "two")) {
      Path target = folder.resolve(name + "/search/architecture.yml");
      CommandLineRun.of(
              search(
                  target,
                  "--front",
                  1,
                  "--flops-constraint",
                  "0.0004",
                  "--front-params",
                  1,
                  "--baselines",
                  "depth"))
          .succeeded();
      files.put(name, Files.readString(folder.resolve(name + "/search/front.csv")));
      assertThat(target).exists();
    }
    assertThat(files.get("one")).isEqualTo(files.get("two")).contains("gflops");
    assertThat(Files.readString(ReportPage.write(folder.resolve("one")))).contains(">001.yml</td>");
  }

  @Test
  void stateOfAnotherSearchIsRefused() {
    Path target = folder.resolve("state/architecture.yml");
    CommandLineRun.of(search(target, "--params-constraint", 9, "--baselines", "none")).succeeded();
    CommandLineRun.of(search(target, "--params-constraint", 8)).failed(2, "params-constraint");
    CommandLineRun.of(search(target, "--params-constraint", 9, "--baselines", "depth")).succeeded();
  }
}
