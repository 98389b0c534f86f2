package mos.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mos.base.ConfigurationException;
import mos.base.Json;
import mos.base.Limit;
import mos.command.settings.AllSettings;
import mos.command.settings.DataSettings;
import mos.config.Effect;
import mos.config.Setting;
import mos.config.Settings;
import mos.experiment.DataFolder;
import mos.space.SearchSpace;
import mos.space.SearchSpaceSettings;
import mos.space.SubTransformerFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every setting of a run, changed after the run has finished: the stages whose work asks for it are
 * gone through again, those that use their results too, and no other. Settings, other values and
 * what is expected are all taken from the program; nothing is picked by hand.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StageSettingsTest {
  /** Have one legal value beside others that are given with them, and why. */
  private static final Map<String, String> TOGETHER =
      Map.of(
          "population-size", "the sum of the next three",
          "parent-size", "a part of the population",
          "mutation-size", "a part of the population",
          "crossover-size", "a part of the population",
          "feature-dim", "HAT's number of features is one",
          "distill-weight", "of a distillation, which is off",
          "sample-bpe-operations", "the run does not make its data",
          "source-lang", "the data have one direction",
          "target-lang", "the data have one direction");

  @TempDir static Path folder;
  private Path data;
  private Path out;
  private Path trials;
  private int number;

  @BeforeAll
  void finishARun() throws IOException {
    data = Files.createDirectory(folder.resolve("data"));
    dictionaries(data, "a");
    trials = Files.createDirectory(folder.resolve("trials"));
    out = Files.createDirectory(folder.resolve("finished"));
    finish(planned(Map.of(), out), out);
  }

  private static void dictionaries(Path data, String word) throws IOException {
    for (String language : List.of("en", "de")) {
      Files.writeString(data.resolve("dict." + language + ".txt"), word + " 1\n");
      Files.writeString(data.resolve("train.en-de." + language + ".idx"), word);
      Files.writeString(data.resolve("train.en-de." + language + ".bin"), word);
    }
  }

  /** Gives every stage the files and the record of one that is finished. */
  private void finish(List<Stage> stages, Path folder) throws IOException {
    StageRecords records = new StageRecords(folder);
    for (Stage stage : stages) {
      for (Path output : stage.outputs()) {
        Files.createDirectories(output);
      }
      find(stage, folder);
      assertThat(records.finished(stage, stage.settings())).as(stage.name()).isNull();
      records.save(stage, stage.settings(), 1, Json.object());
    }
  }

  /** What a search of the stage's space finds: the largest. */
  private static void find(Stage stage, Path folder) {
    Path architecture = folder.resolve("search/architecture.yml");
    List<Path> files = stage.files().stream().filter(file -> !file.equals(architecture)).toList();
    SearchSpace space = SearchSpaceSettings.space(AllSettings.load(files, stage.options()));
    SubTransformerFile.write(architecture, space.largest(), List.of());
  }

  private List<Stage> planned(Map<String, String> more, Path output) {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("task", "sample");
    options.put("data", data.toString());
    options.put("output-dir", output.toString());
    options.putAll(more);
    return Plan.of(AllSettings.load(List.of(), options));
  }

  private static Stream<Setting<?>> settings() {
    return StageSettings.all().stream().filter(setting -> !TOGETHER.containsKey(setting.key()));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void redoesTheStagesThatAskForItAndThoseBehindThem(Setting<?> setting) throws IOException {
    Map<String, String> changed = Map.of(setting.key(), another(setting));
    Path copy = copy();
    Set<String> expected = new LinkedHashSet<>();
    for (Stage stage : planned(changed, copy)) {
      boolean asks = asked(stage, copy).contains(setting.key()) && setting.effect() != Effect.NONE;
      if (asks || stage.after().stream().anyMatch(expected::contains)) {
        expected.add(stage.name());
      }
    }
    StageRecords records = new StageRecords(copy);
    Set<String> redone = new LinkedHashSet<>();
    for (Stage stage : planned(changed, copy)) {
      find(stage, copy);
      if (records.finished(stage, stage.settings()) == null) {
        redone.add(stage.name());
      }
    }
    assertThat(redone).isEqualTo(expected);
  }

  /** Those that cannot be changed alone are checked to be so. */
  @Test
  void whatIsLeftOutCannotBeChangedAlone() {
    for (Setting<?> setting : StageSettings.all()) {
      if (TOGETHER.containsKey(setting.key())) {
        assertThat(candidates(setting).filter(value -> isLegal(setting, value)))
            .as(setting.key())
            .isEmpty();
      }
    }
  }

  /** Nothing is without an effect that is not said to be. */
  @Test
  void whatNoStageAsksForIsNamed() {
    Set<String> asked = new TreeSet<>();
    planned(Map.of(), out).forEach(stage -> asked.addAll(asked(stage, out)));
    Set<String> others =
        StageSettings.all().stream()
            .map(Setting::key)
            .collect(Collectors.toCollection(TreeSet::new));
    others.removeAll(asked);
    // Others are asked for with another value of some setting.
    for (Setting<?> setting : StageSettings.all()) {
      candidates(setting)
          .filter(value -> !others.isEmpty() && isLegal(setting, value))
          .limit(4)
          .forEach(
              value ->
                  planned(Map.of(setting.key(), value), trials)
                      .forEach(stage -> others.removeAll(asked(stage, trials))));
    }
    // How many processes there are and how they go together, and the data of a run that makes its
    // own.
    assertThat(others)
        .containsExactly(
            "distributed-timeout", "elastic", "num-gpus", "sample-bpe-operations", "zero-sharding");
  }

  /** What the stage's work is made of. */
  private static Set<String> asked(Stage stage, Path folder) {
    find(stage, folder);
    Set<String> keys = new TreeSet<>();
    stage.command().configuration(stage.settings().noting(setting -> keys.add(setting.key())));
    return keys;
  }

  private Path copy() throws IOException {
    Path copy = folder.resolve("copy-" + ++number);
    try (Stream<Path> files = Files.walk(out)) {
      for (Path file : files.toList()) {
        Path to = copy.resolve(out.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(to);
        } else {
          Files.copy(file, to);
        }
      }
    }
    return copy;
  }

  /** Another legal value. */
  private String another(Setting<?> setting) {
    return candidates(setting)
        .filter(value -> isLegal(setting, value))
        .findFirst()
        .orElseThrow(() -> new AssertionError(setting.key() + ": no other legal value found"));
  }

  private boolean isLegal(Setting<?> setting, String value) {
    try {
      for (Stage stage : planned(Map.of(setting.key(), value), trials)) {
        find(stage, trials);
        Settings own = stage.settings();
        stage.command().check(own);
        stage.command().configuration(own);
        if (stage.options().containsKey(DataSettings.DATA.key())) {
          DataFolder.open(DataSettings.source(own));
        }
      }
      return differs(setting, value);
    } catch (ConfigurationException | IllegalArgumentException e) {
      return false;
    }
  }

  private <T> boolean differs(Setting<T> setting, String value) {
    return !of(setting, planned(Map.of(setting.key(), value), out))
        .equals(of(setting, planned(Map.of(), out)));
  }

  /** Its value in each stage that has one. */
  private static <T> List<T> of(Setting<T> setting, List<Stage> stages) {
    return stages.stream()
        .map(Stage::allSettings)
        .flatMap(settings -> settings.find(setting).stream())
        .toList();
  }

  private <T> Stream<String> candidates(Setting<T> setting) {
    if (setting == DataSettings.DATA) {
      return Stream.of(otherData());
    }
    T now = of(setting, planned(Map.of(), out)).stream().findFirst().orElse(null);
    List<String> values = new ArrayList<>();
    if (now instanceof Boolean truth) {
      values.add(String.valueOf(!truth));
    } else if (now instanceof Integer || now instanceof Long) {
      long whole = ((Number) now).longValue();
      values.addAll(List.of("" + (whole + 1), "" + (whole - 1), "" + 2 * whole));
    } else if (now instanceof Double real) {
      values.addAll(List.of("" + (real + 0.01), "" + real / 2, "" + (real + 2), "0.5"));
    } else if (now instanceof Limit) {
      values.addAll(List.of("70%", "3"));
    } else if (now instanceof List<?> list) {
      String first = list.isEmpty() ? "1" : String.valueOf(list.get(0));
      List<Object> more = new ArrayList<>(list);
      more.add(0.5);
      values.add(
          list.size() > 1
              ? join(list.subList(0, list.size() - 1))
              : first.matches("-?\\d+") ? "" + (Long.parseLong(first) + 1) : join(more));
      values.add(join(list).replaceFirst("\\d+(\\.\\d+)?$", "0.5"));
      values.add(join(list) + "," + first);
    }
    values.addAll(List.of(setting.label().split("\\|")));
    values.addAll(
        List.of("2", "1", "4096", "0.5", "relu", "gelu", "2,1", "64,32", "cpu", "true x"));
    return values.stream().distinct();
  }

  private static String join(List<?> list) {
    return list.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  private String otherData() {
    Path other = folder.resolve("other-data");
    try {
      if (!Files.exists(other)) {
        dictionaries(Files.createDirectory(other), "b");
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return other.toString();
  }
}
