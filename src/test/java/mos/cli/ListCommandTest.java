package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import mos.base.FolderLock;
import mos.results.ListedRun;
import mos.results.ResultJson;
import mos.results.RunList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListCommandTest {
  @TempDir Path folder;

  @Test
  void showsRunsWithTheirFigures() throws Exception {
    Path done = Files.createDirectories(folder.resolve("a/done"));
    Files.writeString(
        done.resolve("summary.json"),
        "{\"task\":\"my\",\"constraint_met\":false,\"latency_ms\":12.5,\"params\":1234567,"
            + "\"bleu\":{\"final\":31.25}}");
    Files.createDirectories(folder.resolve("a/going/stages"));
    Files.writeString(Files.createDirectories(folder.resolve("b")).resolve("summary.json"), "{");
    Files.createDirectories(folder.resolve("empty"));
    CommandLineRun run = CommandLineRun.of("list", folder.toString(), "--json").succeeded();
    RunList list = ResultJson.parse(run.out(), RunList.class, "list");
    assertThat(list.runs())
        .extracting(ListedRun::state)
        .containsExactly("finished", "stopped", "damaged");
    ListedRun one = list.runs().get(0);
    assertThat(one.run()).isEqualTo(done.toString());
    assertThat(one.constraintMet()).isFalse();
    assertThat(one.latencyMs()).isEqualTo(12.5);
    assertThat(one.bleu()).isEqualTo(31.25);
    assertThat(one.params()).isEqualTo(1_234_567);
    assertThat(one.date()).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
    String table = CommandLineRun.of("list", folder.toString()).succeeded().out();
    assertThat(table).contains("NOT MET", "12.50 ms", "31.25", "stopped", "damaged");
    try (FolderLock held = FolderLock.of(folder.resolve("a/going"))) {
      assertThat(CommandLineRun.of("list", folder.toString()).succeeded().out())
          .contains("running")
          .doesNotContain("stopped");
    }
    assertThat(CommandLineRun.of("list", folder.toString()).out()).doesNotContain("running");
    assertThat(CommandLineRun.of("list", folder.resolve("none").toString()).code()).isEqualTo(2);
  }
}
