package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import mos.base.Json;
import mos.report.ReportPage;
import mos.results.ResultFiles;
import mos.space.ConfigurationDictionary;
import mos.space.SubTransformerFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateSupernetCommandTest {
  @TempDir static Path folder;
  private static TinyTask task;
  private static Path supernet;

  @BeforeAll
  static void trainSupernet() throws IOException {
    task = TinyTask.in(folder);
    CommandLineRun.of(
            "train",
            "--configs",
            task.file(),
            "--max-update",
            10,
            "--warmup-updates",
            2,
            "--save-dir",
            folder.resolve("supernet"))
        .succeeded();
    supernet = folder.resolve("supernet/checkpoint_best.safetensors");
  }

  private static CommandLineRun evaluate(Path out, int architectures, int updates, Object... more) {
    List<Object> words = new ArrayList<>();
    words.addAll(
        List.of(
            "evaluate-supernet",
            "--configs",
            task.file(),
            "--architectures",
            architectures,
            "--sub-max-update",
            updates,
            "--sub-warmup-updates",
            2,
            "--evaluation-dir",
            out.resolve("supernet-evaluation"),
            "--json"));
    words.addAll(List.of(more));
    if (!words.contains("--restore-file")) {
      words.addAll(List.of("--restore-file", supernet));
    }
    return CommandLineRun.of(words.toArray());
  }

  /** Without what the command was told. */
  private static JsonNode figures(JsonNode all) {
    return ((ObjectNode) all.deepCopy()).without("provenance");
  }

  @Test
  void comparesContinuesAndReports() throws IOException {
    Path out = folder.resolve("out");
    JsonNode three = evaluate(out, 3, 6).json();
    assertThat(three.path("count").asInt()).isEqualTo(3);
    double error = 0;
    for (JsonNode one : three.path("architectures")) {
      error += Math.abs(one.path("inherited").asDouble() - one.path("standalone").asDouble()) / 3;
    }
    assertThat(three.path("mae").asDouble())
        .isCloseTo(error, org.assertj.core.data.Offset.offset(1e-9));
    assertThat(three.path("kendall_tau").asDouble()).isBetween(-1.0, 1.0);
    assertThat(three.path("kendall_tau_95").size()).isEqualTo(2);
    JsonNode loss = three.at("/supernets/0/agreement/loss");
    assertThat(loss.path("mae")).isEqualTo(three.path("mae"));
    assertThat(loss.path("regret").asDouble()).isNotNegative();
    for (String measure : List.of("bleu", "sacrebleu", "chrf2")) {
      assertThat(three.at("/supernets/0/agreement").has(measure)).as(measure).isTrue();
      assertThat(three.at("/baselines/1/agreement").has(measure)).as(measure).isTrue();
    }
    Path first = out.resolve("supernet-evaluation/standalone-001.json");
    FileTime before = Files.getLastModifiedTime(first);

    JsonNode four = evaluate(out, 4, 6).json();
    assertThat(Files.getLastModifiedTime(first)).isEqualTo(before);
    for (int i = 0; i < 3; i++) {
      assertThat(four.path("architectures").path(i)).isEqualTo(three.path("architectures").path(i));
    }
    assertThat(Json.read(out.resolve("supernet-evaluation/evaluation.json"))).isEqualTo(four);
    for (String key : List.of("version", "java", "libtorch", "device", "train", "parent")) {
      assertThat(four.path("provenance").path(key).asText()).as(key).isNotEmpty();
    }
    assertThat(four.at("/provenance/settings/architectures").asInt()).isEqualTo(4);
    assertThat(out.resolve("supernet-evaluation/training-001")).doesNotExist();
    assertThat(Files.readString(ReportPage.write(out))).contains("inherited = standalone");
    assertThat(ResultFiles.problems(out)).as("files that their records do not tell").isEmpty();

    evaluate(out, 4, 7).failed(2, "sub-max-update: got 7", "begun with 6");
  }

  /**
   * Several SuperTransformers are compared with the same standalone trainings, also one after the
   * other, and a checkpoint whose scores are there may be gone.
   */
  @Test
  void severalSupernetsShareStandaloneTrainings() throws IOException {
    Path out = folder.resolve("several");
    Path second = folder.resolve("second.safetensors");
    CommandLineRun.of(
            "train",
            "--configs",
            task.file(),
            "--max-update",
            5,
            "--warmup-updates",
            2,
            "--seed",
            7,
            "--save-dir",
            folder.resolve("other"))
        .succeeded();
    Files.move(folder.resolve("other/checkpoint_best.safetensors"), second);
    String both = "one=" + supernet + ",two=" + second;
    JsonNode first = evaluate(out, 2, 4, "--restore-file", "one=" + supernet).json();
    Path trained = out.resolve("supernet-evaluation/standalone-001.json");
    FileTime before = Files.getLastModifiedTime(trained);

    JsonNode two = evaluate(out, 2, 4, "--restore-file", both).json();
    assertThat(Files.getLastModifiedTime(trained)).isEqualTo(before);
    assertThat(two.at("/supernets/0")).isEqualTo(first.at("/supernets/0"));
    assertThat(two.at("/supernets/1/name").asText()).isEqualTo("two");
    assertThat(two.at("/supernets/1/inherited")).isNotEqualTo(two.at("/supernets/0/inherited"));

    Files.delete(second);
    assertThat(figures(evaluate(out, 2, 4, "--restore-file", both).json())).isEqualTo(figures(two));
    evaluate(out, 3, 4, "--restore-file", both).failed(1, second.toString());
    evaluate(out, 2, 4, "--restore-file", "two=" + supernet).failed(2, "another checkpoint");
    evaluate(out, 2, 4, "--restore-file", supernet + "," + supernet).failed(2, "different names");
  }

  /** Each process trains some; a result that is there already is not computed again. */
  @Test
  void twoProcessesGiveTheSameResults() throws IOException {
    JsonNode expected = evaluate(folder.resolve("one"), 4, 4, "--device", "cpu").json();
    Path out = folder.resolve("two");
    evaluate(out, 2, 4, "--device", "cpu").succeeded();
    Path first = out.resolve("supernet-evaluation/standalone-001.json");
    FileTime before = Files.getLastModifiedTime(first);
    JsonNode shared = evaluate(out, 4, 4, "--num_gpus", 2, "--device", "cpu").json();
    assertThat(figures(shared)).isEqualTo(figures(expected));
    assertThat(Files.getLastModifiedTime(first)).isEqualTo(before);
    assertThat(out.resolve("supernet-evaluation/training-003")).doesNotExist();
    for (int lost = 3; lost <= 4; lost++) {
      Files.delete(out.resolve("supernet-evaluation/standalone-00" + lost + ".json"));
    }
    shared = evaluate(out, 4, 4, "--parallel", 2, "--device", "cpu").json();
    assertThat(figures(shared)).isEqualTo(figures(expected));
    assertThat(Files.getLastModifiedTime(first)).isEqualTo(before);
  }

  /** A kill after a training and before its result was written costs no training. */
  @Test
  void trainingFoundOnDiskIsTakenOver() throws IOException {
    Path whole = folder.resolve("whole");
    JsonNode expected = evaluate(whole, 2, 6).json();
    Path out = folder.resolve("killed");
    Path evaluation = out.resolve("supernet-evaluation");
    evaluate(out, 2, 6).succeeded();
    // As after a kill: the second result is missing, its training is on disk.
    Path record = evaluation.resolve("standalone-002.json");
    JsonNode second = Json.read(record);
    Files.delete(record);
    Files.delete(evaluation.resolve("evaluation.json"));
    Path yaml = folder.resolve("second.yml");
    SubTransformerFile.write(
        yaml, ConfigurationDictionary.fromJson(second.path("architecture"), "second"), List.of());
    CommandLineRun.of(
            "train-subtransformer",
            "--configs",
            task.file(),
            "--sub-configs",
            yaml,
            "--sub-max-update",
            6,
            "--sub-warmup-updates",
            2,
            "--save-interval-updates",
            3,
            "--save-dir",
            evaluation.resolve("training-002"))
        .succeeded();
    assertThat(figures(evaluate(out, 2, 6).json())).isEqualTo(figures(expected));
    assertThat(Json.read(record)).isEqualTo(second);
  }
}
