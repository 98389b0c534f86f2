package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import mos.base.Json;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every command line of README and docs, run by a shell in one folder as it stands, at trial size
 * ({@code trial-launcher.sh} is its {@code ./mos}). What cannot be run here is listed with its
 * reason, and a reason that has no command is an error.
 */
@Tag("slow")
class DocumentedCommandsTest {
  private static final Map<String, String> NOT_RUN = new LinkedHashMap<>();

  static {
    NOT_RUN.put("MOS_GPU=1 .*", "builds with the natives for NVIDIA GPUs");
    NOT_RUN.put(".*get-preprocessed .*", "network; GetPreprocessedCommandTest has a local server");
    NOT_RUN.put(".*generate-script .*bash.*", "days; GenerateScriptTest runs such a script");
    NOT_RUN.put(".*bench --train .*wmt14.*", "hours without a GPU");
    NOT_RUN.put(".*train.*wmt14.en-de.yml .*", "a 200 M model; the same runs with sample.yml");
    NOT_RUN.put(".*--num_gpus 4.*", "needs GPUs; DistributedTrainingTest starts processes");
    NOT_RUN.put(".*import --path checkpoint_best.pt .*", "FairseqCheckpointTest writes such files");
    NOT_RUN.put(".*ctranslate2_latency.sh .*", "needs CTranslate2's client");
    NOT_RUN.put(".*export .*--format ctranslate2.*", "CTranslate2ModelTest writes such folders");
    NOT_RUN.put(".*mos take .*", "no two trial runs have the same front; TakeCommandTest takes");
    NOT_RUN.put(".*mos run .*--hours .*", "hours; BudgetRunTest keeps to a minute");
    NOT_RUN.put(".*mos serve .*", "ends with a signal; ServeCommandTest sends one");
    NOT_RUN.put(".*export .*--format onnx.*", "OnnxExportTest writes such folders");
    NOT_RUN.put(".*pi5.*", "another device; LatencyPlanTest goes this way");
    NOT_RUN.put(".*parity golden .*", "golden files; ParityCommandTest has those in shared");
  }

  /** Tells what was measured, on which machine, with which parts of a command. */
  private static final Path MEASURED = Path.of("docs/benchmarks.md");

  /** What others build on comes first. */
  private static final List<String> ORDER =
      List.of(
          "prepare-sample",
          "preprocess",
          "init",
          "run",
          "train",
          "train-subtransformer",
          "latency-dataset",
          "latency-predictor",
          "evo-search",
          "export",
          "learn-bpe");

  @TempDir Path folder;

  private static int rank(DocumentedCommand command) {
    int rank = ORDER.indexOf(command.line().replaceFirst("^(\\./)?mos ", "").split(" ", 2)[0]);
    return rank < 0 ? ORDER.size() : rank;
  }

  private static List<DocumentedCommand> runnable() throws IOException {
    Set<String> lines = new LinkedHashSet<>();
    List<DocumentedCommand> commands = new ArrayList<>();
    for (DocumentedCommand command : DocumentedCommand.all()) {
      boolean bareName = command.line().split(" ").length == 2;
      boolean needed = !bareName || command.line().endsWith(" doctor");
      String line = command.line().replaceFirst("^\\./", "").replaceFirst("\\s+#.*", "");
      if (needed
          && !command.hasPlaceholders()
          && !command.page().equals(MEASURED)
          && NOT_RUN.keySet().stream().noneMatch(line::matches)
          && lines.add(line)) {
        commands.add(command);
      }
    }
    commands.sort(Comparator.comparingInt(DocumentedCommandsTest::rank));
    return commands;
  }

  @Test
  void reasonsHaveTheirCommands() throws IOException {
    List<String> lines = DocumentedCommand.all().stream().map(DocumentedCommand::line).toList();
    for (String pattern : NOT_RUN.keySet()) {
      assertThat(lines).anyMatch(line -> line.replaceFirst("^\\./", "").matches(pattern));
    }
  }

  @Test
  @Timeout(1800)
  void commandsDoWhatTheySay() throws Exception {
    layOut();
    List<String> failed = new ArrayList<>();
    List<DocumentedCommand> commands = runnable();
    assertThat(commands).hasSizeGreaterThan(40);
    for (DocumentedCommand command : commands) {
      long start = System.nanoTime();
      Path log = folder.resolve("log");
      prepare(command.line());
      int code = shell(command.line(), log);
      System.err.printf(
          Locale.ROOT, "%5.1f s  %s%n", (System.nanoTime() - start) / 1e9, command.line());
      // Whether times agree is the machine's matter; that they do not is said so.
      boolean unsteady = code == 1 && Files.readString(log).contains("DO NOT AGREE");
      if (code != 0 && !unsteady) {
        failed.add(command.page() + ": " + command.line() + "\n" + Files.readString(log));
      }
      if (command.line().contains(" prepare-sample ")) {
        takeText();
      }
    }
    assertThat(failed).isEmpty();
    assertThat(folder.resolve("page.de.txt")).content(StandardCharsets.UTF_8).isNotBlank();
    assertThat(Files.readAllLines(folder.resolve("page.de.txt"))).hasSize(3);
    assertThat(folder.resolve("out/real/report.html"))
        .content(StandardCharsets.UTF_8)
        .contains("Found SubTransformer");
    assertThat(folder.resolve("comparison.html"))
        .content(StandardCharsets.UTF_8)
        .endsWith("</html>\n");
    assertThat(Json.read(folder.resolve("out/again/summary.json")).path("architecture"))
        .isEqualTo(Json.read(folder.resolve("out/sample/summary.json")).path("architecture"));
  }

  /** The reader's folder: the project's configurations, and the files that the pages speak of. */
  private void layOut() throws IOException {
    try (InputStream launcher = getClass().getResourceAsStream("trial-launcher.sh")) {
      Files.copy(launcher, folder.resolve("mos"));
    }
    assertThat(folder.resolve("mos").toFile().setExecutable(true)).isTrue();
    link("configs", Path.of("configs").toAbsolutePath());
    Files.writeString(folder.resolve("on-phone.sh"), "#!/bin/sh\necho 12.5 20.5\n");
    assertThat(folder.resolve("on-phone.sh").toFile().setExecutable(true)).isTrue();
    Files.createDirectories(folder.resolve("out"));
    Files.createDirectories(folder.resolve("raw"));
    Files.createDirectories(folder.resolve("model"));
    // Names that pages use for what other pages make; they lead somewhere once it is made.
    for (String yaml : List.of("arch.yml", "sub.yml", "small.yml", "large.yml")) {
      link(yaml, Path.of("out/sample/search/architecture.yml"));
    }
    link("subtransformer", Path.of("checkpoints"));
    link("teacher", Path.of("checkpoints"));
    link(
        "model/checkpoint_best.safetensors", Path.of("../checkpoints/checkpoint_best.safetensors"));
    link("out/supernet", Path.of("sample/supernet"));
    link("out/hat", Path.of("sample"));
    link("out/mos", Path.of("my"));
    link("out/a", Path.of("sample"));
    link("out/b", Path.of("my"));
    link("codes", Path.of("mydata/codes"));
    link("ct2", Path.of("mydata"));
    link("src", Path.of("src").toAbsolutePath());
  }

  /** What a page supposes that the reader has, or has not. */
  private void prepare(String line) throws IOException {
    Matcher averaged = Pattern.compile("average-checkpoints --save-dir (\\S+)").matcher(line);
    if (averaged.find()) {
      // Trial runs end within their first epoch.
      link(averaged.group(1) + "/checkpoint1.safetensors", Path.of("checkpoint_best.safetensors"));
    } else if (line.contains("distill-data") && Files.exists(folder.resolve("distilled"))) {
      Files.move(folder.resolve("distilled"), folder.resolve("distilled-before"));
    }
  }

  private void link(String name, Path target) throws IOException {
    Files.createSymbolicLink(folder.resolve(name), target);
  }

  /** The reader's texts, taken from the sample's. */
  private void takeText() throws IOException {
    for (String language : List.of("en", "de")) {
      for (String part : List.of("train", "valid", "test")) {
        List<String> lines = lines("out/data/raw/" + part + "." + language);
        text("raw/" + part + "." + language, lines, part.equals("train") ? 300 : 20);
      }
    }
    List<String> german = lines("raw/test.de");
    for (String name :
        List.of(
            "corpus.de",
            "corpus.tok.de",
            "output.tok",
            "output.de",
            "test.de",
            "a.de",
            "b.de",
            "a.txt",
            "b.txt",
            "out.txt",
            "ref.txt")) {
      text(name, german, 20);
    }
    text("input.txt", lines("raw/test.en"), 3);
    text("page.en.txt", lines("raw/test.en"), 3);
    text("text.en", lines("raw/test.en"), 3);
    text("text.fi", List.of("Hinta on esim. 5 euroa."), 1);
    text("nonbreaking_prefix.fi", List.of("esim"), 1);
  }

  private List<String> lines(String name) throws IOException {
    return Files.readAllLines(folder.resolve(name));
  }

  private void text(String name, List<String> lines, int count) throws IOException {
    Files.write(folder.resolve(name), lines.subList(0, count));
  }

  private int shell(String line, Path log) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", line)
            .directory(folder.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    Map<String, String> environment = builder.environment();
    environment.put("PATH", folder + ":" + environment.get("PATH"));
    environment.put("OMP_WAIT_POLICY", "passive");
    environment.put(
        "MOS_TEST_JAVA", Path.of(System.getProperty("java.home"), "bin", "java").toString());
    environment.put("MOS_TEST_CLASS_PATH", classPath());
    Process process = builder.start();
    try {
      return process.waitFor(300, TimeUnit.SECONDS) ? process.exitValue() : 124;
    } finally {
      Stream.concat(process.descendants(), Stream.of(process.toHandle()))
          .forEach(ProcessHandle::destroyForcibly);
    }
  }

  /** Absolute, since the command runs elsewhere. */
  private static String classPath() {
    List<String> places = new ArrayList<>();
    for (String place : System.getProperty("java.class.path").split(java.io.File.pathSeparator)) {
      places.add(Path.of(place).toAbsolutePath().toString());
    }
    return String.join(java.io.File.pathSeparator, places);
  }
}
