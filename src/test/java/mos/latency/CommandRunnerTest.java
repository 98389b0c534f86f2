package mos.latency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.command.settings.RunnerSettings;
import mos.config.Settings;
import mos.host.CommandIdentity;
import mos.host.Hardware;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class CommandRunnerTest {
  private static final SubTransformer SMALLEST = LatencyRows.SPACE.smallest();

  @TempDir Path folder;

  @BeforeEach
  void needsShell() {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")));
  }

  private static CommandRunner shell(String script, int seconds) {
    return new CommandRunner(List.of("/bin/sh", "-c", script, "runner"), seconds);
  }

  @Test
  void commandGetsTheArchitectureAsItsLastArgument() {
    Path kept = folder.resolve("seen.yml");
    Latency latency = shell("cp \"$1\" " + kept + "; echo 1.5 20.25", 30).measure(SMALLEST);
    assertThat(SubTransformerFile.read(kept)).isEqualTo(SMALLEST);
    assertThat(latency).isEqualTo(new Latency(1.5, 20.25, 0, 0, 0));
  }

  @Test
  void oneNumberIsTheWholeLatency() {
    assertThat(shell("echo; echo ' 12.5 '", 30).measure(SMALLEST).ms()).isEqualTo(12.5);
  }

  @Test
  void failureIsToldWithExitCodeAndWhatItSaid() {
    assertThatThrownBy(() -> shell("echo 5; echo no phone found >&2; exit 7", 30).measure(SMALLEST))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("exit code 7: no phone found");
  }

  @Test
  void whatIsNoMillisecondsIsRefused() {
    for (String printed : List.of("", "fast", "1 2 3", "-4", "0", "NaN", "1e30", "5 ms")) {
      assertThatThrownBy(() -> shell("echo '" + printed + "'", 30).measure(SMALLEST))
          .as(printed)
          .isInstanceOf(MosException.class)
          .hasMessageContaining(printed.isEmpty() ? "printed nothing" : '"' + printed + '"')
          .hasMessageContaining("must be milliseconds");
    }
  }

  @Test
  @Timeout(20)
  void slowCommandIsEnded() {
    assertThatThrownBy(() -> shell("sleep 60; echo 5", 1).measure(SMALLEST))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("took longer than 1 s (runner-timeout)");
  }

  @Test
  void missingCommandIsAUsageError() {
    assertThatThrownBy(() -> new CommandRunner(List.of("/no/such/runner"), 5).measure(SMALLEST))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("cannot start /no/such/runner");
  }

  @Test
  void wordsThatNoShellWouldReadAreRefused() {
    Settings settings =
        Settings.load(List.of(), Map.of("runner", "measure \"my phone"), RunnerSettings.settings());
    assertThatThrownBy(() -> RunnerSettings.of(settings))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("runner: got measure \"my phone, must be a command")
        .hasMessageContaining("a double quote that is not closed");
  }

  /** However a file is named, a runner is what it does. */
  @Test
  void aRunnerIsKnownByItsFilesContents(@TempDir Path folder) throws IOException {
    Path script = Files.writeString(folder.resolve("run.sh"), "echo 5\n");
    Path link = Files.createSymbolicLink(folder.resolve("link.sh"), script);
    Path elsewhere = Files.createDirectory(folder.resolve("a b")).resolve("run.sh");
    Files.copy(script, elsewhere);
    String known = CommandIdentity.of("sh " + script + " --opt='x y'");
    assertThat(known).matches("sh 'run\\.sh#[0-9a-f]{16}' '--opt=x y'");
    assertThat(CommandIdentity.of("sh '" + elsewhere + "' --opt=\"x y\"")).isEqualTo(known);
    assertThat(CommandIdentity.same("sh some/where/run.sh '--opt=x y'", known)).isTrue();
    assertThat(CommandIdentity.same("sh run.sh --opt=x", known)).isFalse();
    Files.writeString(script, "echo 6\n");
    assertThat(CommandIdentity.of("sh " + script + " --opt='x y'")).isNotEqualTo(known);
    Hardware before =
        Hardware.ofRunner("phone", new CommandRunner(List.of("sh", "run.sh"), 1).identity());
    Hardware now =
        Hardware.ofRunner("phone", new CommandRunner(List.of("sh", link.toString()), 1).identity());
    assertThat(before.differences(now)).hasSize(1);
    Files.move(script, folder.resolve("moved.sh"));
    Path again = Files.writeString(folder.resolve("run.sh"), "echo 6\n");
    assertThat(
            before.differences(
                Hardware.ofRunner(
                    "phone", new CommandRunner(List.of("sh", again.toString()), 1).identity())))
        .isEmpty();
  }

  @Test
  void quotesHoldWordsTogether() {
    Settings settings =
        Settings.load(
            List.of(),
            Map.of("runner", "ssh pi 'my measure' --n \"a b\""),
            RunnerSettings.settings());
    assertThat(RunnerSettings.of(settings))
        .isEqualTo(new CommandRunner(List.of("ssh", "pi", "my measure", "--n", "a b"), 600));
  }
}
