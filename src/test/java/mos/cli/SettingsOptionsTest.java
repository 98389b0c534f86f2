package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import mos.config.Setting;
import mos.config.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class SettingsOptionsTest {
  private static final Setting<Integer> TOKENS =
      Setting.ofInt("max-tokens")
          .range(1, 9000)
          .unit("tokens")
          .doc("tokens per micro-batch, 100% padding counted")
          .defaultsTo(4096);
  private static final Setting<Boolean> SANDWICH =
      Setting.ofBoolean("sandwich-rule").defaultsTo(true);
  private static final Setting<List<Integer>> ATTENTION =
      Setting.ofInts("decoder-arbitrary-ende-attn-choice").range(-1, 2);
  private static final Setting<Double> LR = Setting.ofDouble("lr");
  private static final List<Setting<?>> OPTIONS = List.of(TOKENS, SANDWICH, ATTENTION);
  private static final List<Setting<?>> KNOWN = List.of(TOKENS, SANDWICH, ATTENTION, LR);

  private final CommandSpec command = CommandSpec.create().name("mos");
  private final SettingsOptions options = SettingsOptions.addTo(command, OPTIONS);
  private final CommandLine line = new CommandLine(command);

  @TempDir Path folder;

  @Test
  void optionsWinOverFilesAndLaterFilesOverEarlier() throws IOException {
    Path a = Files.writeString(folder.resolve("a.yml"), "max-tokens: 1\nlr: 0.1\n");
    Path b = Files.writeString(folder.resolve("b.yml"), "max-tokens: 2\nlr: 0.2\n");
    Path c = Files.writeString(folder.resolve("c.yml"), "lr: 0.3\n");
    line.parseArgs(
        "--configs",
        a + "," + b,
        "--max-tokens",
        "3",
        "--configs=" + c,
        "--sandwich-rule",
        "0",
        "--decoder-arbitrary-ende-attn-choice",
        "-1,2");
    assertThat(options.configs()).containsExactly(a, b, c);
    Settings settings = options.load(List.of(), KNOWN);
    assertThat(settings.get(TOKENS)).isEqualTo(3);
    assertThat(settings.get(LR)).isEqualTo(0.3);
    assertThat(settings.get(SANDWICH)).isFalse();
    assertThat(settings.get(ATTENTION)).containsExactly(-1, 2);
  }

  @Test
  void withoutOptionsDefaultsHoldAndNothingIsOverridden() {
    line.parseArgs();
    assertThat(options.overrides()).isEmpty();
    assertThat(options.load(List.of(), KNOWN).get(TOKENS)).isEqualTo(4096);
    line.parseArgs("--sandwich-rule");
    assertThat(options.overrides()).containsOnly(java.util.Map.entry("sandwich-rule", "true"));
  }

  @Test
  void helpShowsMeaningRangeUnitAndDefault() {
    String help = line.getUsageMessage(CommandLine.Help.Ansi.OFF).replaceAll("\\s+", " ");
    assertThat(help)
        .contains("--max-tokens=<int>")
        .contains("Tokens per micro-batch, 100% padding counted (tokens; 1..9000; default: 4096)");
  }
}
