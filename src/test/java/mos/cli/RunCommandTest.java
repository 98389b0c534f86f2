package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import mos.base.Json;
import mos.report.ExampleFolder;
import mos.results.ResultFiles;
import mos.tensor.SafeTensors;
import mos.tensor.Scope;
import mos.train.Checkpoint;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole pipeline, from raw text to the report. */
class RunCommandTest {
  @TempDir static Path folder;
  private static TinyTask task;

  @BeforeAll
  static void writeTask() throws IOException {
    task = TinyTask.in(folder);
  }

  private static void assertComplete(Path out, JsonNode summary) {
    assertThat(summary).isEqualTo(Json.read(out.resolve("summary.json")));
    assertThat(summary.path("task").asText()).isEqualTo("task");
    assertThat(summary.path("mos_type").isTextual()).isTrue();
    assertThat(summary.path("max_experts").isInt()).isTrue();
    for (String key :
        new String[] {
          "/supernet/valid_loss",
          "/latency_ms",
          "/params",
          "/flops",
          "/bleu/inherited",
          "/bleu/final",
          "/sacrebleu/final",
          "/comparison/found/bleu",
          "/comparison/found/latency_p50_ms",
          "/comparison/found/latency_p95_ms",
          "/comparison/found/tokens_per_second",
          "/comparison/found/peak_memory_mb",
          "/comparison/largest/bleu",
          "/comparison/largest/latency_p50_ms",
          "/comparison/largest/peak_memory_mb",
          "/comparison/largest/params"
        }) {
      assertThat(summary.at(key).isNumber()).as(key).isTrue();
    }
    assertThat(summary.at("/comparison/largest/weights").asText()).isEqualTo("inherited");
    assertThat(summary.at("/comparison/found/params")).isEqualTo(summary.path("params"));
    assertThat(summary.at("/comparison/largest/params").asDouble())
        .isEqualTo(summary.at("/largest/params").asDouble());
    assertThat(summary.has("latency_constraint_ms")).isTrue();
    assertThat(summary.path("architecture").path("decoder-embed-dim-subtransformer").asInt())
        .isIn(16, 32);
    assertThat(summary.path("seconds").properties())
        .extracting(Map.Entry::getKey)
        .containsExactly(
            "supernet",
            "latency_dataset",
            "latency_predictor",
            "evo_search",
            "measure",
            "inherited_valid",
            "inherited_test",
            "train",
            "final_valid",
            "final_test",
            "speed_found",
            "largest_test",
            "speed_largest");
    assertThat(out.resolve("search/router-weights.json"))
        .matches(file -> Files.exists(file) == (summary.path("max_experts").asInt() > 1));
    assertThat(out.resolve("report.html"))
        .content(StandardCharsets.UTF_8)
        .contains("<svg", "class=\"verdict met\"")
        .endsWith("</html>\n");
  }

  private static void assertTells(JsonNode made, String... keys) {
    for (String key : keys) {
      assertThat(made.path(key).isValueNode() || !made.path(key).isEmpty()).as(key).isTrue();
    }
  }

  /** Versions, device, hashes and settings in all that a run makes. */
  private static void assertOrigins(Path out) throws IOException {
    JsonNode dataset = Json.read(out.resolve("latency/dataset.csv.json"));
    assertTells(dataset, "hardware", "seed", "space", "settings");
    assertTells(dataset.path("hardware"), "device", "java", "libtorch", "precision", "threads");
    assertTells(dataset.path("provenance"), "version", "source_dictionary", "target_dictionary");
    JsonNode predictor = Json.read(out.resolve("latency/predictor.json"));
    assertTells(predictor, "hardware", "split_seed");
    assertTells(
        predictor.path("provenance"), "version", "java", "libtorch", "dataset_sha256", "settings");
    JsonNode search = Json.read(out.resolve("search/state.json"));
    assertTells(search, "settings");
    String[] searched = {"version", "java", "libtorch", "device", "valid", "codes", "parent"};
    assertTells(search.path("provenance"), searched);
    String found = Files.readString(out.resolve("search/architecture.yml"));
    assertThat(searched).allSatisfy(key -> assertThat(found).contains("# " + key + ": "));
    for (String subset : new String[] {"valid", "test"}) {
      JsonNode scored = Json.read(out.resolve("translations/final_" + subset + ".json"));
      assertTells(scored, "bleu", "signature");
      JsonNode made = scored.path("provenance");
      assertTells(made, "version", "java", "libtorch", "device", subset, "codes", "parent");
      assertThat(made.at("/settings/beam").asInt()).isEqualTo(2);
    }
    for (String name : new String[] {"supernet", "subtransformer"}) {
      try (Checkpoint best = Checkpoint.open(out.resolve(name).resolve(Checkpoint.BEST))) {
        assertThat(best.description().settings()).containsKeys("seed", "max-tokens");
        assertThat(best.description().provenance())
            .containsKeys("version", "java", "libtorch", "device", "train", "valid", "codes");
      }
    }
    JsonNode stage = Json.read(out.resolve("stages/measure.json"));
    assertTells(stage, "command", "fingerprint");
    assertTells(stage.path("provenance"), "version", "java", "libtorch");
    assertTells(Json.read(task.data().resolve("preprocess.json")), "version", "text", "languages");
  }

  @Test
  void runFindsTrainsAndScoresAndRepeatedRedoesNothing() throws IOException {
    Path out = folder.resolve("whole");
    JsonNode summary = task.run(out, "--json").json();
    assertComplete(out, summary);
    assertThat(summary.path("latency_constraint_ms").asDouble()).isEqualTo(10_000);
    assertThat(summary.path("latency_ms").asDouble()).isBetween(0.001, 10_000.0);

    assertThat(ExampleFolder.keysNotIn(out)).as("what the report's example has").isEmpty();
    assertThat(ResultFiles.problems(out)).as("files that their records do not tell").isEmpty();

    assertOrigins(out);
    Map<String, FileTime> before = TinyTask.times(out);
    CommandLineRun again = task.run(out, "--threads", "2");
    again.succeeded();
    assertThat(again.out()).contains("supernet").contains("sacrebleu, inherited → final");
    Map<String, FileTime> after = TinyTask.times(out);
    for (String summarised : new String[] {"summary.json", "report.html", "translations.jsonl"}) {
      before.remove(summarised);
      after.remove(summarised);
    }
    assertThat(after).isEqualTo(before);
    Path moved = folder.resolve("moved");
    assertNothingRedone(out.resolve("../whole/."));
    assertNothingRedone(Path.of("").toAbsolutePath().relativize(out.toRealPath()));
    assertNothingRedone(Files.createSymbolicLink(folder.resolve("link"), out));
    assertNothingRedone(Files.move(out, moved));
    Files.move(moved, out);

    task.run(out, "--latency-constraint", "9000").succeeded();
    Map<String, FileTime> changed = TinyTask.times(out);
    for (String kept :
        new String[] {
          "stages/supernet.json",
          "stages/latency_dataset.json",
          "stages/latency_predictor.json",
          "supernet/checkpoint_best.safetensors",
          "latency/dataset.csv",
          "latency/predictor.json"
        }) {
      assertThat(changed.get(kept)).as(kept).isEqualTo(before.get(kept));
    }
    for (String anew :
        new String[] {
          "stages/evo_search.json",
          "stages/measure.json",
          "stages/inherited_test.json",
          "stages/train.json",
          "stages/final_test.json",
          "search/architecture.yml",
          "subtransformer/checkpoint_best.safetensors"
        }) {
      assertThat(changed.get(anew)).as(anew).isGreaterThan(before.get(anew));
    }
    assertThat(Json.read(out.resolve("summary.json")).path("latency_constraint_ms").asDouble())
        .isEqualTo(9000);

    // What was found before was kept and comes back, the training with it.
    CommandLineRun back = task.run(out).succeeded();
    assertThat(back.err())
        .contains("(latency-constraint 9000.0 before, now 10000.0): results of evo_search are kept")
        .contains("results of train with these settings are taken back");
    Map<String, FileTime> restored = TinyTask.times(out);
    for (String kept :
        new String[] {
          "search/architecture.yml", "subtransformer/checkpoint_best.safetensors",
        }) {
      assertThat(restored.get(kept)).as(kept).isEqualTo(before.get(kept));
    }
    task.run(out, "--device", "gpu").failed(2, "device: got gpu, must be cpu");
    assertThat(TinyTask.times(out)).isEqualTo(restored);
  }

  private static void assertNothingRedone(Path out) {
    assertThat(task.run(out).succeeded().err()).doesNotContain("took");
    assertThat(out.resolve("previous")).doesNotExist();
  }

  /** As the found one, with random weights at first and the same updates. */
  @Test
  @Tag("slow")
  void aTransformerBaseIsTrainedAndComparedWhereItIsAskedFor() throws IOException {
    Path out = folder.resolve("with-base");
    JsonNode summary = task.run(out, "--compare-base", "1", "--json").json();
    JsonNode base = summary.at("/comparison/base");
    assertThat(base.path("weights").asText()).isEqualTo("final");
    assertTells(base, "bleu", "latency_p50_ms", "tokens_per_second", "peak_memory_mb");
    // 6 encoder layers of 12 d², 6 decoder layers of 16 d², without biases and embeddings.
    assertThat(base.path("params").asLong()).isBetween(44_040_192L, 44_500_000L);
    assertThat(Json.read(out.resolve("stages/base_train.json")).at("/figures/updates"))
        .isEqualTo(Json.read(out.resolve("stages/train.json")).at("/figures/updates"));
    assertThat(ResultFiles.problems(out)).isEmpty();
    assertThat(out.resolve("report.html"))
        .content(StandardCharsets.UTF_8)
        .contains("Transformer base</th>");
    Map<String, FileTime> before = TinyTask.times(out.resolve("stages"));
    task.run(out).succeeded();
    assertThat(TinyTask.times(out.resolve("stages"))).isEqualTo(before);
  }

  /** Another number of processes, which shares the same updates, redoes nothing. */
  @Test
  @Tag("slow")
  void twoProcessesGoThroughAllStagesAndOneContinues() throws IOException {
    Path out = folder.resolve("several");
    String[] two = {"--device", "cpu", "--update-freq", "2", "--num_gpus", "2", "--json"};
    assertComplete(out, task.run(out, two).json());
    Map<String, FileTime> before = TinyTask.times(out.resolve("stages"));
    task.run(out, "--device", "cpu", "--update-freq", "2").succeeded();
    assertThat(TinyTask.times(out.resolve("stages"))).isEqualTo(before);
  }

  @Test
  void underFlopsTwoRunsAreEqual() throws IOException {
    Path one = folder.resolve("one");
    Path two = folder.resolve("two");
    for (Path out : new Path[] {one, two}) {
      assertComplete(out, task.run(out, "--flops-constraint", "1", "--json").json());
    }
    assertSameResult(one, two);
  }

  @Test
  void runIsMadeAgainFromItsSummary() throws IOException {
    Path first = folder.resolve("first");
    Path again = folder.resolve("again");
    Path more = task.write("more.yml", "evo-iter: 2\n");
    String[] options = {"--configs", more.toString(), "--flops-constraint", "1", "--seed", "9"};
    task.run(first, options).succeeded();
    Object[] from = {"run", "--from", first.resolve("summary.json"), "--output_dir", again};
    CommandLineRun.of(from).succeeded();
    assertSameResult(first, again);
    JsonNode before = Json.read(first.resolve("summary.json")).path("provenance");
    JsonNode after = Json.read(again.resolve("summary.json")).path("provenance");
    assertThat(after.path("data")).isEqualTo(before.path("data"));
    assertThat(before.path("data").properties()).hasSize(4);
    for (String name : new String[] {"supernet", "subtransformer"}) {
      String key = name + "/checkpoint_best.safetensors";
      assertThat(after.path("artefacts").path(key)).isEqualTo(before.path("artefacts").path(key));
      assertThat(before.path("artefacts").path(key).asText()).matches("[0-9a-f]{64}");
    }
    for (String key : new String[] {"version", "java", "libtorch", "device"}) {
      assertThat(before.path(key).asText()).as(key).isNotEmpty();
    }

    Files.writeString(more, "evo-iter: 3\n");
    CommandLineRun.of(from).failed(2, more + " has changed since the run of " + first);
    Files.delete(more);
    CommandLineRun.of(from).failed(2, more + " is not there any more");
    task.write("more.yml", "evo-iter: 2\n");
    Path valid = task.data().resolve("valid.aa-bb.bb.idx");
    byte[] whole = Files.readAllBytes(valid);
    Files.write(valid, new byte[3]);
    CommandLineRun.of(from).failed(2, task.data() + ": valid has SHA-256");
    Files.write(valid, whole);
    String summary = Files.readString(first.resolve("summary.json"));
    String there = task.file().toString();
    Path other = task.write("other.json", summary.replace(there, "/elsewhere/task.yml"));
    CommandLineRun.of("run", "--from", other, "--output_dir", again)
        .failed(2, other + ": its run was of the task /elsewhere/task.yml, which is not here");
    CommandLineRun.of("run", "--from", other, "--task", there, "--output_dir", again).succeeded();
    String evil =
        summary.replace("\"flops-constraint\"", "\"runner\" : \"evil\", \"flops-constraint\"");
    other = task.write("other.json", evil);
    CommandLineRun.of("run", "--from", other, "--output_dir", again)
        .failed(2, "its run measured with the command \"evil\"; give --runner");
    Path none = task.write("none.json", "{}");
    CommandLineRun.of("run", "--from", none).failed(1, none + ": does not tell how");
  }

  static void assertSameResult(Path one, Path two) throws IOException {
    assertThat(two.resolve("search/architecture.yml"))
        .hasSameBinaryContentAs(one.resolve("search/architecture.yml"));
    for (String name : new String[] {"supernet", "subtransformer"}) {
      String file = name + "/checkpoint_last.safetensors";
      try (Scope scope = Scope.open();
          SafeTensors expected = SafeTensors.open(one.resolve(file), true);
          SafeTensors found = SafeTensors.open(two.resolve(file), true)) {
        assertThat(found.names()).containsExactlyElementsOf(expected.names()).isNotEmpty();
        for (String tensor : expected.names()) {
          assertThat(found.read(tensor).equal(expected.read(tensor))).as(tensor).isTrue();
        }
      }
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--max-experts 1",
        "--mos_type archrouting_jack_drop_2L",
        "--latency-compute predictor"
      })
  void otherSharingsAndLatenciesRunToo(String options) {
    Path out = folder.resolve(options.replaceAll("\\W+", "_"));
    String[] words = (options + " --json").split(" ");
    assertComplete(out, task.run(out, words).json());
  }
}
