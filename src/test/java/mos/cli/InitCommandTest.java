package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mos.base.Limit;
import mos.command.settings.AllSettings;
import mos.command.settings.ConstraintSettings;
import mos.command.settings.DataSettings;
import mos.config.Settings;
import mos.results.InitFigures;
import mos.results.ResultJson;
import mos.space.SearchSpaceSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InitCommandTest {
  @TempDir Path folder;

  /** Two hundred pairs, some of them twice. */
  private Path text() throws Exception {
    List<String> sources = new ArrayList<>();
    List<String> targets = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      sources.add("the number " + i % 150 + " is here");
      targets.add("le nombre " + i % 150 + " est ici");
    }
    Files.write(folder.resolve("corpus.en"), sources);
    Files.write(folder.resolve("corpus.fr"), targets);
    return folder.resolve("corpus");
  }

  @Test
  void makesOfRawTextWhatARunNeeds() throws Exception {
    Path task = folder.resolve("my.yml");
    CommandLineRun run =
        CommandLineRun.of("init", text().toString(), "--out", task.toString(), "--json")
            .succeeded();
    InitFigures made = ResultJson.parse(run.out(), InitFigures.class, "init");
    assertThat(made.sourceLang()).isEqualTo("en");
    assertThat(made.targetLang()).isEqualTo("fr");
    assertThat(made.space()).isEqualTo("tiny");
    Settings settings = AllSettings.load(List.of(task), Map.of());
    assertThat(settings.get(DataSettings.DATA)).isEqualTo(folder.resolve("my-data"));
    assertThat(settings.get(ConstraintSettings.LATENCY)).isEqualTo(Limit.percent(60));
    SearchSpaceSettings.space(settings);
    // The script goes through every check of a run that needs no training.
    CommandLineRun.of("generate-script", "--task", task.toString()).succeeded();
    Set<String> held = new HashSet<>();
    for (String part : List.of("valid", "test")) {
      List<String> lines = Files.readAllLines(folder.resolve("my-data/text/" + part + ".en"));
      assertThat(lines).hasSize(10).doesNotHaveDuplicates();
      lines.forEach(line -> assertThat(held.add(line)).isTrue());
    }
    List<String> train = Files.readAllLines(folder.resolve("my-data/text/train.en"));
    assertThat(train).doesNotContainAnyElementsOf(held).hasSizeGreaterThan(150);
    assertThat(made.pairs()).isEqualTo(train.size());

    // Again: nothing is overwritten; the folder is taken as it is, in the other direction too.
    String before = Files.readString(task);
    assertThat(CommandLineRun.of("init", text().toString(), "--out", task.toString()).code())
        .isEqualTo(2);
    assertThat(Files.readString(task)).isEqualTo(before);
    Path turned = folder.resolve("turned.yml");
    Path from = Path.of("").toAbsolutePath().relativize(folder.resolve("my-data"));
    String data = from.toString();
    CommandLineRun.of("init", data, "-s", "fr", "--out", turned.toString()).succeeded();
    assertThat(Files.readString(turned)).contains("source-lang: 'fr'", "target-lang: 'en'");
    // A task file works from any folder.
    assertThat(AllSettings.load(List.of(turned), Map.of()).get(DataSettings.DATA))
        .isEqualTo(folder.resolve("my-data"));
  }

  @Test
  void wantsTwoLanguages() throws Exception {
    Path text = text();
    Files.delete(folder.resolve("corpus.fr"));
    CommandLineRun run = CommandLineRun.of("init", text.toString());
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("en", "need", "two languages");
    Files.write(folder.resolve("corpus.fr"), List.of("a"));
    Files.write(folder.resolve("corpus.de"), List.of("a"));
    run = CommandLineRun.of("init", text.toString());
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("de, en, fr", "-s and -t");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny", "base", "big"})
  void everySpaceIsOne(String name) {
    Settings settings =
        AllSettings.load(
            List.of(Path.of("configs/own-data.yml"), Path.of("configs/spaces/" + name + ".yml")),
            Map.of());
    assertThat(SearchSpaceSettings.space(settings).smallest()).isNotNull();
  }
}
