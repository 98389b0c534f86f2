package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import mos.command.Command;
import mos.command.SingleCommands;
import mos.command.settings.AllSettings;
import mos.config.SettingGroup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

class HelpTest {
  private static final Path ARCHITECTURE = Path.of("src/test/resources/hat/subtransformer.yml");

  static Stream<String> commands() {
    return Main.commandLine().getSubcommands().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void helpDescribesCommandAndOptionsAndGivesAnExample(String name) {
    CommandLineRun run = CommandLineRun.of(name, "--help").succeeded();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains("Usage: mos " + name)
        .contains("Example:")
        .contains("mos " + name);
    CommandSpec spec = Main.commandLine().getSubcommands().get(name).getCommandSpec();
    assertThat(String.join("", spec.usageMessage().description())).isNotBlank();
    for (OptionSpec option : spec.options()) {
      String text = String.join(" ", option.description());
      assertThat(text).as(option.longestName()).isNotBlank();
      if (option.defaultValue() != null && !option.defaultValue().matches("false|0")) {
        assertThat(text).as(option.longestName()).containsIgnoringCase("default");
      }
      assertThat(option.longestName()).doesNotContain("_");
    }
  }

  @Test
  void programListsItsCommandsInGroupsWithAWholeSentenceEach() {
    CommandLineRun run = CommandLineRun.of("--help").succeeded();
    assertThat(run.err()).isEmpty();
    assertThat(run.out().lines()).allMatch(line -> line.length() <= 80);
    for (Commands.Group group : Commands.Group.values()) {
      assertThat(run.out()).contains("\n" + group.title() + ":\n");
    }
    for (Commands command : Commands.values()) {
      assertThat(command.summary()).hasSizeLessThan(60).matches("[A-Z][^.]*\\.");
      assertThat(run.out().replaceAll("\\s+", " "))
          .contains(" " + command.word() + " " + command.summary());
    }
    assertThat(CommandLineRun.of("help")).isEqualTo(run);
  }

  @Test
  void everyTaskIsACommand() {
    for (Command<?> command : SingleCommands.all()) {
      assertThat(Commands.of(command.name())).as(command.name()).isNotNull();
    }
    assertThat(commands())
        .containsExactly(Stream.of(Commands.values()).map(Commands::word).toArray(String[]::new));
  }

  @Test
  void withoutACommandFirstStepsAndGroupsAreShownAsAnError() {
    CommandLineRun run = CommandLineRun.of();
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("mos run --task sample").contains("\nTranslation:\n");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void synopsisIsOneLineAndNoLineIsTooLong(String name) {
    CommandLineRun all = CommandLineRun.of(name, "--help", "all").succeeded();
    assertThat(all.out().lines().findFirst().orElseThrow()).startsWith("Usage: mos " + name);
    assertThat(all.out().lines().skip(1).filter(line -> !line.startsWith("      ")).toList())
        .allMatch(line -> line.length() <= 80);
    assertThat(all.out()).doesNotContain("more options");
    // Every option is under one heading, and once.
    CommandSpec spec = Main.commandLine().getSubcommands().get(name).getCommandSpec();
    for (OptionSpec option : spec.options()) {
      assertThat(
              all.out()
                  .lines()
                  .filter(line -> line.matches(" .*" + option.longestName() + "\\b.*")))
          .as(option.longestName())
          .anyMatch(
              line ->
                  line.matches("  (-\\w, )?(--\\S+, )*" + option.longestName() + "([=\\[, ].*)?"));
    }
    assertThat(CommandLineRun.of("help", name, "all")).isEqualTo(all);
    assertThat(CommandLineRun.of(name, "--help=all")).isEqualTo(all);
  }

  @Test
  void whatMattersFirstStandsFirstAndTheRestIsNamed() {
    String few = CommandLineRun.of("evaluate-supernet", "--help").succeeded().out();
    String all = CommandLineRun.of("evaluate-supernet", "--help", "all").succeeded().out();
    assertThat(few.lines().count()).isLessThan(100);
    assertThat(few)
        .contains("--architectures=<int>")
        .doesNotContain("--adam-betas")
        .contains(" more options: mos evaluate-supernet --help all");
    assertThat(all)
        .contains("\nSearch space:\n", "--adam-betas")
        .contains("Where to compute: cpu, cuda, cuda:N, or auto, a");
  }

  @Test
  void settingsHaveTheirHeading() {
    assertThat(AllSettings.known()).noneMatch(setting -> setting.group() == SettingGroup.OTHER);
  }

  @Test
  void wordsAreWrappedAndNeverCut() {
    HelpText text = new HelpText(46);
    text.entry(
        "--mos-type=<name>", "one of archrouting_jack_2L, neuronrouting_jack_drop_resnet_4L");
    text.command("mos train --configs configs/tasks/sample.yml --data data");
    assertThat(text.toString())
        .isEqualTo(
            """
              --mos-type=<name>
                  one of archrouting_jack_2L,
                  neuronrouting_jack_drop_resnet_4L
              mos train --configs \\
                  configs/tasks/sample.yml --data data
            """);
  }

  @Test
  void underscoresInOptionNamesMeanHyphens() {
    CommandLineRun hyphens =
        CommandLineRun.of("measure", "--describe", "--sub-configs", ARCHITECTURE, "--qkv-dim=512");
    CommandLineRun underscores =
        CommandLineRun.of("measure", "--describe", "--sub_configs", ARCHITECTURE, "--qkv_dim=512");
    assertThat(underscores.succeeded()).isEqualTo(hyphens);
    // Values keep theirs.
    CommandLineRun.of("measure", "--describe", "--sub_configs=no_such_file")
        .failed(1, "no_such_file");
  }

  /** What a process of its own loads for a command line. */
  private static List<String> classesLoaded(String... words)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load:stdout",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "mos.cli.Main"));
    command.addAll(List.of(words));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();
    assertThat(process.waitFor()).isZero();
    assertThat(lines).anyMatch(line -> line.contains(" mos.cli.Main "));
    return lines.stream().filter(line -> line.contains("[class,load]")).toList();
  }

  @Test
  @Timeout(60)
  void helpAndDescribeLoadNoNatives() throws Exception {
    assertThat(classesLoaded("train", "--help"))
        .noneMatch(line -> line.contains("org.bytedeco.pytorch.global.torch "));
    assertThat(classesLoaded("measure", "--describe", "--sub-configs", ARCHITECTURE.toString()))
        .anyMatch(line -> line.contains("mos.space.ArchitectureCost "))
        .noneMatch(line -> line.contains("org.bytedeco.pytorch.global.torch "))
        .noneMatch(line -> line.contains("org.bytedeco.javacpp.Loader "));
  }
}
