package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class GenerateScriptTest {
  @TempDir Path folder;

  /** The command lines of a script, without the launcher. */
  private static List<String[]> commands(String script) {
    return script
        .replace("\\\n", "")
        .lines()
        .filter(line -> line.startsWith("\"$mos\" "))
        .map(line -> line.substring("\"$mos\" ".length()).trim().split("\\s+"))
        .toList();
  }

  @Test
  void publishedOptionsGiveAScriptOfCommandsThatParse() {
    String[] published = {
      "--output_dir", "/tmp/o", "--num_gpus", "4", "--trial_run", "0",
      "--hardware_spec", "gpu_titanxp", "--max_experts", "6", "--frac_experts", "1"
    };
    String text = String.join(" ", published) + " --task sample";
    String script = CommandLineRun.of((Object[]) ("generate-script " + text).split(" ")).out();
    String hyphens = text.replace("_dir", "-dir").replace("_run", "-run").replace("_gpus", "-gpus");
    hyphens = hyphens.replace("_spec", "-spec").replace("_experts", "-experts");
    assertThat(CommandLineRun.of((Object[]) ("generate-script " + hyphens).split(" ")).out())
        .isEqualTo(script);
    assertThat(commands(script))
        .extracting(words -> words[0])
        .containsExactly(
            "prepare-sample",
            "train",
            "latency-dataset",
            "latency-predictor",
            "evo-search",
            "measure",
            "generate",
            "generate",
            "train-subtransformer",
            "generate",
            "generate",
            "measure-translation",
            "generate",
            "measure-translation",
            "report");
    for (String[] words : commands(script)) {
      assertThat(Main.commandLine().parseArgs(words).hasSubcommand()).isTrue();
    }
  }

  /** Whatever is in a path or a value, a shell reads one word of it. */
  @Test
  void wordsWithAnyCharactersStayWords() throws IOException, InterruptedException {
    TinyTask task = new TinyTask(folder);
    Path odd = Files.createDirectory(folder.resolve("a b;$HOME 'x'\n\"y\" `id`&*"));
    task.write("task.yml", TinyTask.SPACE);
    Path file = Files.move(task.file(), odd.resolve("t.yml"));
    String script =
        CommandLineRun.of(
                "generate-script",
                "--task",
                file,
                "--output_dir",
                odd,
                "--data",
                odd,
                "--seed",
                "3")
            .succeeded()
            .out();
    Path printer = task.write("printer", "#!/bin/sh\nprintf '%s\\0' \"$@\"\n");
    assertThat(printer.toFile().setExecutable(true)).isTrue();
    ProcessBuilder bash = new ProcessBuilder("bash", task.write("mos.sh", script).toString());
    bash.environment().put("MOS", printer.toString());
    Path out = folder.resolve("words");
    Process process = bash.redirectOutput(out.toFile()).start();
    assertThat(process.waitFor()).isZero();
    assertThat(Files.readString(out).split("\0"))
        .contains(file.toString(), odd.toString(), odd.resolve("supernet").toString())
        .endsWith("report", odd.toString());
  }

  @Test
  void onlyPublishedTasksHaveThePublishedFolder() throws IOException {
    String sample = CommandLineRun.of("generate-script", "--task", "sample").succeeded().out();
    assertThat(sample).contains("--save-dir out/sample/supernet").doesNotContain("/tmp/supernet");
    String published =
        CommandLineRun.of("generate-script", "--task", "wmt14.en-de", "--data", "d").out();
    assertThat(published).contains("--save-dir /tmp/supernet");
    Path own = Files.writeString(folder.resolve("mine.yml"), TinyTask.SPACE);
    assertThat(CommandLineRun.of("generate-script", "--task", own, "--data", "d").out())
        .contains("--save-dir out/mine/supernet");
  }

  @Tag("slow")
  @Test
  @Timeout(300)
  void scriptFindsAndTrainsWhatRunDoes() throws IOException, InterruptedException {
    TinyTask task = TinyTask.in(folder);
    Path run = folder.resolve("run");
    task.run(run, "--flops-constraint", "1").succeeded();
    Path out = folder.resolve("script");
    String script =
        CommandLineRun.of(
                "generate-script",
                "--task",
                task.file(),
                "--output_dir",
                out,
                "--trial_run",
                "1",
                "--flops_constraint",
                "1")
            .succeeded()
            .out();
    Path launcher =
        task.write(
            "mos",
            String.format(
                Locale.ROOT,
                "#!/bin/sh\nexec '%s' -cp '%s' mos.cli.Main \"$@\"\n",
                Path.of(System.getProperty("java.home"), "bin", "java"),
                System.getProperty("java.class.path")));
    assertThat(launcher.toFile().setExecutable(true)).isTrue();
    ProcessBuilder bash = new ProcessBuilder("bash", task.write("mos.sh", script).toString());
    bash.directory(Files.createDirectory(folder.resolve("elsewhere")).toFile());
    bash.environment().put("MOS", launcher.toString());
    Path log = folder.resolve("log");
    bash.redirectErrorStream(true).redirectOutput(log.toFile());
    Process process = bash.start();
    try {
      assertThat(process.waitFor(250, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    RunCommandTest.assertSameResult(run, out);
    assertThat(out.resolve("report.html")).content(StandardCharsets.UTF_8).contains("<svg");
  }
}
