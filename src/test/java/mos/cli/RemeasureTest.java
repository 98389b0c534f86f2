package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.TreeSet;
import mos.base.Json;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that meet or miss their constraint, on a device whose times the test changes. */
class RemeasureTest {
  @TempDir static Path folder;
  private static TinyTask task;
  private static Path factor;
  private static String runner;

  @BeforeAll
  static void writeTask() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")));
    task = TinyTask.in(folder);
    factor = folder.resolve("factor");
    // 10 ms a decoder layer, times the file's number; with "swap", more for the smaller ones.
    runner =
        "/bin/sh "
            + task.write(
                "device.sh",
                """
                layers=$(sed -n 's/^decoder-layer-num-subtransformer: //p' "$1")
                case $(cat %1$s) in
                  swap) echo $((30 - layers * 10)) ;;
                  *) echo $((layers * 10 * $(cat %1$s))) ;;
                esac
                """
                    .formatted(factor));
  }

  private static JsonNode summary(Path out) {
    return Json.read(out.resolve("summary.json"));
  }

  @Test
  void missedConstraintIsToldAndMeasuredAgain() throws IOException {
    Path out = folder.resolve("out");
    Files.writeString(factor, "1");
    String[] options = {"--runner", runner, "--latency-constraint", "60%"};
    CommandLineRun run = task.run(out, options).succeeded();
    assertThat(run.out())
        .contains("constraint met: latency 50.0% of the largest's (10 of 20 ms), limit 60%")
        .contains("2.00 times as fast as the largest SubTransformer")
        .contains("report: " + out + "/report.html")
        .contains("model:  " + out + "/subtransformer/checkpoint_best.safetensors");
    JsonNode met = summary(out);
    assertThat(met.path("constraint_met").asBoolean()).isTrue();
    assertThat(met.path("speed_up").asDouble()).isEqualTo(2);
    assertThat(met.path("largest").path("latency_ms").asDouble()).isEqualTo(20);
    assertThat(met.path("largest").path("flops").asLong())
        .isGreaterThan(met.path("flops").asLong());
    assertThat(met.path("latency_constraint_ms").asDouble()).isEqualTo(12);
    JsonNode constraint = met.path("constraints").path(0);
    for (String key :
        new String[] {
          "quantity",
          "limit",
          "limit_unit",
          "limit_value",
          "measured",
          "share",
          "met",
          "measured_at",
          "other_load"
        }) {
      assertThat(constraint.has(key)).as(key).isTrue();
    }

    Files.writeString(factor, "swap");
    Map<String, FileTime> before = TinyTask.times(out);
    String[] again = {"remeasure", out.toString(), "--runner", runner};
    CommandLineRun missed = CommandLineRun.of((Object[]) again);
    assertThat(missed.code()).as("%s", missed).isEqualTo(1);
    assertThat(missed.out())
        .contains(
            "*** CONSTRAINT NOT MET: latency 200.0% of the largest's (20 of 10 ms), limit 60%")
        .contains("to measure again: mos remeasure " + out);
    Map<String, FileTime> after = TinyTask.times(out);
    TreeSet<String> changed = new TreeSet<>(after.keySet());
    changed.removeIf(name -> after.get(name).equals(before.get(name)));
    assertThat(changed)
        .containsExactly(
            "report.html", "stages/measure.json", "summary.json", "translations.jsonl");
    assertThat(after.keySet()).isEqualTo(before.keySet());
    JsonNode told = summary(out);
    assertThat(told.path("constraint_met").asBoolean()).isFalse();
    assertThat(told.path("latency_ms").asDouble()).isEqualTo(20);
    // The same run redoes nothing and tells the same.
    CommandLineRun repeated = task.run(out, options);
    assertThat(repeated.code()).isEqualTo(1);
    assertThat(repeated.out()).contains("*** CONSTRAINT NOT MET");

    Files.writeString(factor, "3");
    CommandLineRun.of((Object[]) again).succeeded();
    assertThat(summary(out).path("latency_ms").asDouble()).isEqualTo(30);
    CommandLineRun.of("remeasure", out).failed(2, "its run measured with the command", "--runner");
    CommandLineRun.of("remeasure", folder.resolve("nowhere"))
        .failed(2, "nowhere: no finished run: there is no summary.json in it");
  }

  @Test
  void severalLimitsAndTheFrontAreToldInTheTable() throws IOException {
    Path out = folder.resolve("several");
    Files.writeString(factor, "1");
    CommandLineRun run =
        task.run(
                out,
                "--runner",
                runner,
                "--latency-constraint",
                "15",
                "--flops-constraint",
                "90%",
                "--also-latency",
                "1",
                "--front",
                "1")
            .succeeded();
    assertThat(run.out())
        .contains("constraint met: FLOPs ", "limit 90% of the largest's FLOPs")
        .contains("constraint met: latency 10 ms, limit 15 ms")
        .contains("points, all in search/front.csv")
        .contains("search/front/001.yml");
    assertThat(summary(out).path("constraints"))
        .extracting(one -> one.path("quantity").asText())
        .containsExactly("flops", "latency");
  }

  @Test
  void countedOnlyIsToldToo() throws IOException {
    Files.writeString(factor, "1");
    Path out = folder.resolve("counted");
    CommandLineRun run =
        task.run(out, "--runner", runner, "--params-constraint", "80%").succeeded();
    assertThat(run.out()).contains("constraint met: parameters ").contains("limit 80%");
    assertThat(summary(out).path("latency_constraint_ms").isNull()).isTrue();
    assertThat(summary(out).path("constraint_met").asBoolean()).isTrue();
    assertThat(summary(out).path("speed_up").isNumber()).isTrue();
    task.run(folder.resolve("no"), "--runner", runner, "--params-constraint", "1%")
        .failed(1, "no SubTransformer under 1% of the largest's parameters: the smallest");
  }
}
