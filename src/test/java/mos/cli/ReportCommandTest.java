package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import mos.base.ConfigurationException;
import mos.base.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ReportCommandTest {
  @TempDir Path folder;
  private final StringWriter out = new StringWriter();

  private int run(String... arguments) {
    return new CommandLine(new ReportCommand())
        .setOut(new PrintWriter(out))
        .setExecutionExceptionHandler(
            (e, line, parsed) -> {
              assertThat(e).isInstanceOf(ConfigurationException.class);
              return 2;
            })
        .execute(arguments);
  }

  @Test
  void printsThePathOfThePage() throws Exception {
    Files.writeString(folder.resolve("summary.json"), "{}");
    assertThat(run(folder.toString())).isZero();
    assertThat(out.toString().strip()).isEqualTo(folder.resolve("report.html").toString());
    assertThat(folder.resolve("report.html")).isNotEmptyFile();
  }

  @Test
  void printsOneJsonObjectWhenAsked() throws Exception {
    Files.writeString(folder.resolve("summary.json"), "{}");
    assertThat(run("--json", folder.toString())).isZero();
    assertThat(Json.parse(out.toString(), "output").path("report").asText())
        .isEqualTo(folder.resolve("report.html").toString());
  }

  @Test
  void folderOfSomethingElseIsAConfigurationError() {
    assertThat(run(folder.toString())).isEqualTo(2);
  }
}
