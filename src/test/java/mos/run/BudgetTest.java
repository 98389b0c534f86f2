package mos.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import mos.base.ConfigurationException;
import mos.command.settings.AllSettings;
import mos.command.settings.TrainingSettings;
import mos.config.Settings;
import mos.results.ResultJson;
import mos.results.RunBudget;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a run's time is divided, with stages that take a counted time. */
class BudgetTest {
  @TempDir Path folder;

  private static final List<String> STAGES =
      List.of(
          "data",
          "supernet",
          "latency_dataset",
          "latency_predictor",
          "evo_search",
          "measure",
          "inherited_valid",
          "inherited_test",
          "train",
          "final_valid",
          "final_test");

  @Test
  void sharesAddUpToTheTime() {
    Map<String, Double> shares = TimeShares.of(1000, Double.NaN, STAGES);
    assertThat(shares).containsOnlyKeys("supernet", "latency_dataset", "evo_search", "train");
    assertThat(shares.get("supernet")).isCloseTo(500, within(1e-6));
    assertThat(shares.values().stream().mapToDouble(x -> x).sum()).isBetween(900.0, 950.0);
    // The last one gets all that is left but for what is known to come.
    assertThat(TimeShares.of(300, 20, STAGES.subList(8, 11))).isEqualTo(Map.of("train", 280.0));
    assertThat(TimeShares.of(-5, 20, STAGES.subList(8, 11))).isEqualTo(Map.of("train", 0.0));
  }

  @Test
  void updatesFillTheTimeWithTheirValidations() {
    TrainingSpeed speed = new TrainingSpeed(4, 0.25, 3, 0.01);
    int updates = speed.updates(1000);
    assertThat(speed.seconds(updates)).isBetween(999.0, 1000.0);
    assertThat(speed.seconds(updates + 1)).isGreaterThan(1000);
    assertThat(speed.updates(5)).isEqualTo(TrainingSpeed.LEAST_UPDATES);
    assertThat(speed.updates(-5)).isEqualTo(TrainingSpeed.LEAST_UPDATES);
  }

  @Test
  void searchBecomesShorterFirstAndThenNarrower() {
    SearchSize task = new SearchSize(30, 125);
    assertThat(task.within(1e9)).isEqualTo(task);
    assertThat(task.within(1250)).isEqualTo(new SearchSize(10, 125));
    SearchSize small = task.within(60);
    assertThat(small).isEqualTo(new SearchSize(3, 20));
    assertThat(small.parents() + small.mutations() + small.crossovers()).isEqualTo(20);
    assertThat(task.within(0)).isEqualTo(new SearchSize(3, 5));
    assertThat(new SearchSize(1, 6).within(0)).isEqualTo(new SearchSize(1, 5));
    for (int population = 5; population < 200; population++) {
      SearchSize size = new SearchSize(1, population);
      assertThat(size.parents()).isPositive();
      assertThat(size.parents() + size.mutations() + size.crossovers()).isEqualTo(population);
    }
  }

  /** Every stage is up to a quarter faster or slower than was thought; the run is in time. */
  @Test
  void endsInTimeThoughEveryStageIsOtherThanThought() {
    SplittableRandom random = new SplittableRandom(7);
    for (int trial = 0; trial < 200; trial++) {
      double whole = 360 * Math.exp(random.nextDouble() * 5);
      double translation = whole * 0.01 * random.nextDouble();
      double used = 0;
      for (String stage : STAGES) {
        double seconds;
        if (TimeShares.sized(stage)) {
          List<String> coming = STAGES.subList(STAGES.indexOf(stage), STAGES.size());
          double rest = stage.equals("train") ? 2 * translation + 0.02 * whole : Double.NaN;
          double share = TimeShares.of(whole - used, rest, coming).get(stage);
          double error = stage.equals("train") ? 0.2 : 0.5;
          seconds = share * (1 + error * (random.nextDouble() - 0.5));
        } else {
          seconds = stage.contains("_valid") || stage.contains("_test") ? translation : 2;
        }
        used += seconds;
      }
      assertThat(used / whole).as("share of %.0f s", whole).isBetween(0.9, 1.1);
    }
  }

  /** What earlier attempts took, killed ones too, is used up; so is what is in no record. */
  @Test
  void timeOfUnfinishedStagesIsUsed() throws Exception {
    Path out = folder.resolve("out");
    Settings given =
        AllSettings.load(
            List.of(),
            Map.of("task", "sample", "output-dir", out.toString(), "hours", "2", "data", data()));
    List<Stage> stages = Plan.of(given);
    StageRecords records = new StageRecords(out);
    Budget budget = Budget.of(given, records);
    Stage supernet = stages.get(0);
    assertThat(budget.left(stages)).isCloseTo(7200, within(60.0));
    assertThat(budget.undecided(supernet)).isTrue();
    assertThat(records.finished(supernet, supernet.settings())).isNull();
    records.save(supernet, supernet.settings(), 3000, null);
    ResultJson.write(
        out.resolve(RunBudget.FILE_NAME),
        RunBudget.NONE.with(2, 200, "supernet", 3600, Map.of("max-update", "4711")));
    assertThat(budget.left(stages)).isCloseTo(4000, within(60.0));
    assertThat(budget.undecided(supernet)).isFalse();
    assertThat(budget.undecided(stages.get(1))).isTrue();
    // The stage goes on with what it was given, whatever the hours are now, and is told so.
    for (String hours : List.of("2", "5")) {
      Map<String, String> options = new LinkedHashMap<>(given.overrides());
      options.put("hours", hours);
      Settings again = AllSettings.load(List.of(), options);
      assertThat(Plan.of(again).get(0).settings().get(TrainingSettings.MAX_UPDATE)).isEqualTo(4711);
      assertThat(Reproduction.told(again).options())
          .containsEntry("max-update", "4711")
          .doesNotContainKey("hours");
      options.put("max-update", "5");
      Settings own = AllSettings.load(List.of(), options);
      assertThat(Plan.of(own).get(0).settings().get(TrainingSettings.MAX_UPDATE)).isEqualTo(5);
      assertThat(Budget.of(own, records).decides(supernet)).isFalse();
    }
    Map<String, String> trial = new LinkedHashMap<>(given.overrides());
    trial.put("trial-run", "true");
    assertThatThrownBy(() -> Plan.of(AllSettings.load(List.of(), trial)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("hours: got 2")
        .hasMessageContaining("trial-run");
  }

  private String data() throws Exception {
    Path data = Files.createDirectory(folder.resolve("data"));
    for (String language : List.of("en", "de")) {
      Files.writeString(data.resolve("dict." + language + ".txt"), "a 1\n");
      for (String split : List.of("train", "valid", "test")) {
        Files.writeString(data.resolve(split + ".en-de." + language + ".idx"), "a");
        Files.writeString(data.resolve(split + ".en-de." + language + ".bin"), "a");
      }
    }
    return data.toString();
  }

  @Test
  void estimateOfTheRunSaysWhetherItKnowsAll() {
    assertThat(new RunEstimate(3600, 0, true).left(100, 1000))
        .isEqualTo("run about 1 h 02 min left");
    assertThat(new RunEstimate(0, 0.5, false).left(100, 1000))
        .isEqualTo("run over 10 min 00 s left");
    assertThat(new RunEstimate(0, 0, false).left(100, 1000)).isEmpty();
    assertThat(RunEstimate.until(7000).left(100, 1000)).startsWith("run about 1 h 5");
    assertThat(RunEstimate.until(50).left(100, 1000)).isEmpty();
  }
}
