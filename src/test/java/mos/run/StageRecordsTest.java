package mos.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import mos.base.Json;
import mos.command.Identity;
import mos.command.settings.AllSettings;
import mos.command.settings.MachineSettings;
import mos.command.settings.TrainingSettings;
import mos.config.Effect;
import mos.config.Setting;
import mos.config.Settings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which stages of a finished run are gone through again; the run is one of an earlier version. */
class StageRecordsTest {
  private static final Path FIXTURE = Path.of("src/test/resources/formats/run-1");
  private static final String TYPED = "out/sample/";
  private static final String[] SEARCHED = {
    "evo_search", "inherited_valid", "inherited_test", "train", "final_valid", "final_test"
  };

  @TempDir Path folder;
  private Path out;

  /** A copy of the recorded run, with files of the sizes that its records tell. */
  @BeforeEach
  void copyRun() throws IOException {
    out = Files.createDirectories(folder.resolve("sample"));
    try (Stream<Path> files = Files.walk(FIXTURE)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = out.resolve(FIXTURE.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    Path configs = folder.resolve("home/configs");
    copy(FIXTURE.resolve("sample.yml"), configs.resolve("tasks/sample.yml"));
    copy(Path.of("configs/latency/sample.yml"), configs.resolve("latency/sample.yml"));
    for (Path record : records()) {
      for (Map.Entry<String, JsonNode> product : Json.read(record).path("products").properties()) {
        Path file = out.resolve(product.getKey().substring(TYPED.length()));
        Files.createDirectories(file.getParent());
        if (file.getFileName().toString().startsWith("dict.")) {
          Files.writeString(file, dictionary(product.getValue().asInt()));
          continue;
        }
        try (RandomAccessFile made = new RandomAccessFile(file.toFile(), "rw")) {
          made.setLength(product.getValue().asLong());
        }
      }
    }
  }

  /** A dictionary of so many bytes. */
  private static String dictionary(int bytes) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; bytes - text.length() >= 32; i++) {
      text.append(String.format(Locale.ROOT, "w%012d 1%n", i));
    }
    return text + "x".repeat(bytes - text.length() - 3) + " 1\n";
  }

  private List<Path> records() throws IOException {
    try (Stream<Path> files = Files.list(out.resolve("stages"))) {
      return files.sorted().toList();
    }
  }

  /** Stages that the run, repeated with more options, would go through again. */
  private List<String> redone(Path out, String... more) {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("task", "sample");
    options.put("output-dir", out.toString());
    options.put("trial-run", "1");
    options.put("latency-constraint", "5000");
    // What a trial run had then.
    options.put("latiter", "20");
    options.put("evo-max-tries", "400");
    for (int i = 0; i < more.length; i += 2) {
      options.put(more[i], more[i + 1]);
    }
    Settings given = AllSettings.load(List.of(), options);
    StageRecords records = new StageRecords(out);
    List<String> redone = new ArrayList<>();
    Path architecture = out.resolve("search/architecture.yml");
    for (Stage stage : planned(given)) {
      if (stage.name().equals("measure") && !Files.exists(architecture)) {
        copy(FIXTURE.resolve("search/architecture.yml"), architecture);
      }
      Settings own = stage.settings();
      boolean redo = records.finished(stage, own) == null;
      // Takes seconds, and now also checks the limit.
      if (redo && !stage.name().equals("measure")) {
        redone.add(stage.name());
      }
    }
    return redone;
  }

  /** The stages with the sample task as it was then. */
  private List<Stage> planned(Settings given) {
    String home = System.getProperty("mos.home");
    System.setProperty("mos.home", folder.resolve("home").toString());
    try {
      return Plan.of(given);
    } finally {
      if (home == null) {
        System.clearProperty("mos.home");
      } else {
        System.setProperty("mos.home", home);
      }
    }
  }

  private static void copy(Path from, Path to) {
    try {
      Files.createDirectories(to.getParent());
      Files.copy(from, to);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void assertNothingRedone(Path spelled) {
    assertThat(redone(spelled)).isEmpty();
    assertThat(spelled.resolve("previous"))
        .isDirectoryNotContaining(kept -> !kept.getFileName().toString().startsWith("measure-"));
  }

  @Test
  void anotherSpellingOfTheFolderIsTheSameRun() throws IOException {
    assertNothingRedone(out);
    assertNothingRedone(folder.resolve("./sample/../sample"));
    assertNothingRedone(Path.of("").toAbsolutePath().relativize(out.toRealPath()));
    assertNothingRedone(Files.createSymbolicLink(folder.resolve("link"), out));
    assertNothingRedone(Files.move(out, folder.resolve("moved")));
  }

  /** Another legal value than the run's, where the setting is one of a run. */
  private static Stream<Arguments> thatDecideNothing() {
    return StageSettings.all().stream()
        .filter(setting -> setting.effect() == Effect.NONE)
        .map(setting -> Arguments.of(setting.key(), another(setting)));
  }

  private static String another(Setting<?> setting) {
    // A pass holds a batch at least.
    String number = setting == TrainingSettings.TOKENS_PER_PASS ? "4096" : "7";
    if (setting == MachineSettings.ZERO_SHARDING) {
      return "os";
    }
    return setting.isBoolean() ? "1" : number;
  }

  @ParameterizedTest
  @MethodSource("thatDecideNothing")
  void whatDecidesNoResultRedoesNothing(String key, String value) {
    assertThat(redone(out, key, value)).isEmpty();
  }

  @Test
  void whatDecidesNoResultIsSaidOnce() {
    assertThat(thatDecideNothing().map(one -> one.get()[0]))
        .containsExactlyInAnyOrder(
            "threads",
            "num-gpus",
            "runner-timeout",
            "distributed-timeout",
            "zero-sharding",
            "elastic",
            "max-tokens-per-pass",
            "save-interval-updates",
            "keep-last-epochs",
            "lat-dataset-retries",
            "accept-other-hardware");
  }

  /** A search by loss translates nothing. */
  @Test
  void whatAStageDoesNotReadDecidesNothing() {
    assertThat(redone(out, "lenpen", "0.7"))
        .containsExactly("inherited_valid", "inherited_test", "final_valid", "final_test");
  }

  @Test
  void aStageOfItsOwnSettingsIsRedoneAlone() {
    assertThat(redone(out, "init", "supernet"))
        .containsExactly("train", "final_valid", "final_test");
  }

  @Test
  void noMoreThanWhatASettingDecidesIsRedone() throws IOException {
    assertThat(redone(out, "sub-max-update", "9"))
        .containsExactly("train", "final_valid", "final_test");
    assertThat(out.resolve("previous")).isDirectoryContaining("glob:**/train-*");
    // The training comes back; translations, which cost little, are made again.
    assertThat(redone(out)).containsExactly("final_valid", "final_test");
    assertThat(redone(out, "beam", "7"))
        .containsExactly("inherited_valid", "inherited_test", "final_valid", "final_test");
    assertThat(redone(out, "max-update", "9")).startsWith("supernet").endsWith(SEARCHED).hasSize(7);
  }

  @Test
  void moreRowsOfLatencyDataAreMeasuredBesideThoseThatAreThere() {
    assertThat(redone(out, "lat-dataset-size", "20"))
        .startsWith("latency_dataset", "latency_predictor")
        .endsWith(SEARCHED)
        .hasSize(8);
    assertThat(out.resolve("latency/dataset.csv")).exists();
  }

  @Test
  void anInterruptedTrainingMayBecomeLonger() throws IOException {
    Path record = out.resolve("stages/supernet.json");
    ObjectNode unfinished = (ObjectNode) Json.read(record);
    Files.writeString(record, Json.pretty(unfinished.put("finished", false)));
    assertThat(redone(out, "max-update", "9")).startsWith("supernet");
    assertThat(out.resolve("supernet/checkpoint_best.safetensors")).exists();
    assertThat(redone(out, "max-update", "4")).startsWith("supernet");
    assertThat(out.resolve("supernet/checkpoint_best.safetensors")).doesNotExist();
  }

  /** 128 micro-batches are 128 on any number of GPUs; one that does not divide them, too. */
  @Test
  void sharesOfAnUpdateAreNotPartOfTheIdentity() {
    for (String processes : new String[] {"1", "3", "4"}) {
      Map<String, String> options =
          Map.of("task", "wmt14.en-de", "data", "d", "device", "cpu", "num-gpus", processes);
      Settings given = AllSettings.load(List.of(), options);
      Stage supernet = Plan.of(given).get(0);
      Settings own = AllSettings.load(supernet.files(), supernet.options());
      assertThat(Identity.ofCommand().of(supernet.command(), own))
          .containsEntry("update-freq", 128);
      assertThat(supernet.commandLine()).contains("--update-freq-total", "128");
    }
  }
}
