package mos.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import mos.base.ConfigurationException;
import mos.command.settings.AllSettings;
import mos.command.settings.EvolutionSettings;
import mos.command.settings.LatencyDatasetSettings;
import mos.command.settings.OptimiserSettings;
import mos.command.settings.RunSettings;
import mos.command.settings.SearchSettings;
import mos.command.settings.TaskFile;
import mos.command.settings.TrainingSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.console.Durations;
import mos.results.ResultJson;
import mos.results.RunBudget;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The wall-clock time of a run with {@code --hours}: gives each stage a size when its turn comes,
 * from its speed and from the time that is left. What was given is in {@code budget.json}, and
 * stays.
 */
final class Budget {
  private static final Logger LOG = LoggerFactory.getLogger(Budget.class);

  /** Of the whole, for the summary, the report and what no trial foresees. */
  private static final double MARGIN = 0.02;

  /** Of a stage's time, the most for a trial of its speed. */
  private static final double TRIAL = 0.02;

  private static final int FEWEST_ROWS = 20;

  private final double hours;
  private final Path out;
  private final Settings given;
  private final StageRecords records;
  private final long begin = System.nanoTime();
  private double noted;
  private boolean told;

  private Budget(double hours, Path out, Settings given, StageRecords records) {
    this.hours = hours;
    this.out = out;
    this.given = given;
    this.records = records;
  }

  /** Null where no time is given. */
  static Budget of(Settings given, StageRecords records) {
    OptionalDouble hours = hours(given);
    return hours.isEmpty()
        ? null
        : new Budget(hours.getAsDouble(), RunSettings.outputDir(given), given, records);
  }

  /**
   * The hours that options, files or the task give.
   *
   * @throws ConfigurationException beside a trial run, which has sizes of its own
   */
  static OptionalDouble hours(Settings given) {
    List<Path> files = new ArrayList<>(List.of(TaskFile.of(given).file()));
    files.addAll(given.files());
    Settings all = AllSettings.load(files, given.overrides());
    if (!all.has(RunSettings.HOURS)) {
      return OptionalDouble.empty();
    }
    if (given.get(RunSettings.TRIAL_RUN)) {
      if (given.overrides().containsKey(RunSettings.HOURS.key())) {
        throw all.error(RunSettings.HOURS, "left out with trial-run, which has sizes of its own");
      }
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(all.get(RunSettings.HOURS));
  }

  /** The sizes that stages were given so far, by setting; none without {@code --hours}. */
  static Map<String, String> sizes(Settings given) {
    return hours(given).isEmpty() ? Map.of() : read(RunSettings.outputDir(given)).sizes();
  }

  private static RunBudget read(Path out) {
    Path file = out.resolve(RunBudget.FILE_NAME);
    return Files.exists(file) ? ResultJson.read(file, RunBudget.class) : RunBudget.NONE;
  }

  /** The setting that says how much a stage does; null where time does not decide it. */
  private static Setting<?> size(Stage stage) {
    return switch (stage.name()) {
      case "supernet" -> TrainingSettings.MAX_UPDATE;
      case "latency_dataset" -> LatencyDatasetSettings.SIZE;
      case "evo_search" -> EvolutionSettings.EVO_ITER;
      case "train" -> TrainingSettings.SUB_MAX_UPDATE;
      default -> null;
    };
  }

  /** Whether time decides the stage's size: the command line does not. */
  boolean decides(Stage stage) {
    Setting<?> size = size(stage);
    return size != null && !given.overrides().containsKey(size.key());
  }

  /** Whether a stage that has not begun was given a size all the same, or one that began none. */
  boolean undecided(Stage stage) {
    return decides(stage)
        && !(records.begun(stage) && read(out).sizes().containsKey(size(stage).key()));
  }

  /** Seconds of the run that are left; negative when it is late. */
  double left(List<Stage> stages) {
    double used = read(out).measuring();
    for (Stage stage : stages) {
      used += records.secondsSoFar(stage);
    }
    // What this process did beside: settings, data, hashes.
    used += (System.nanoTime() - begin) / 1e9 - noted;
    return hours * 3600 - used;
  }

  /** Seconds of this process that a record tells, too. */
  void note(double seconds) {
    noted += seconds;
  }

  /**
   * Measures a stage's speed and gives it its size.
   *
   * @param stages of the run
   */
  void size(Stage stage, List<Stage> stages) {
    Map<String, Double> shares = shares(stage, stages);
    tell(stages, shares);
    double share = shares.get(stage.name());
    if (share <= 0) {
      LOG.warn("the {} are used up: {} gets its least size", words(hours * 3600), stage.name());
    }
    LOG.info("measuring the speed of {}", stage.name());
    long begin = System.nanoTime();
    SpeedTrial trial = new SpeedTrial(stage, out.resolve("speed-trial"), TRIAL * share);
    Map<String, String> sizes = new LinkedHashMap<>();
    String how =
        switch (stage.name()) {
          case "latency_dataset" -> rows(stage, trial.row(), share, sizes);
          case "evo_search" -> search(stage, trial.candidate(), share, sizes);
          default -> training(stage, trial.training(), begin, share, sizes);
        };
    double measured = (System.nanoTime() - begin) / 1e9;
    ResultJson.write(
        out.resolve(RunBudget.FILE_NAME),
        read(out).with(hours, measured, stage.name(), share - measured, sizes));
    note(measured);
    LOG.info("{}", how);
  }

  private Map<String, Double> shares(Stage stage, List<Stage> stages) {
    List<String> coming =
        stages.subList(stages.indexOf(stage), stages.size()).stream().map(Stage::name).toList();
    double rest = Double.NaN;
    if (stage.name().equals("train")) {
      rest = MARGIN * hours * 3600;
      for (Stage other : stages) {
        // The same translations again, with other weights.
        rest += other.name().startsWith("inherited_") ? records.secondsSoFar(other) : 0;
      }
    }
    return TimeShares.of(left(stages), rest, coming);
  }

  private void tell(List<Stage> stages, Map<String, Double> shares) {
    if (told) {
      return;
    }
    told = true;
    double left = left(stages);
    double used = hours * 3600 - left;
    Map<String, String> titles =
        stages.stream().collect(Collectors.toMap(Stage::name, Stage::title));
    LOG.info(
        "{} for the run{}, about: {}; the rest for what is short",
        words(hours * 3600),
        used < 1 ? "" : ", of which " + words(used) + " are used",
        shares.entrySet().stream()
            .map(one -> words(one.getValue()) + " to " + titles.get(one.getKey()))
            .collect(Collectors.joining(", ")));
  }

  private static String words(double seconds) {
    return Durations.ofSeconds(seconds);
  }

  private static String training(
      Stage stage, TrainingSpeed speed, long begin, double share, Map<String, String> sizes) {
    boolean single = stage.name().equals("train");
    Setting<Integer> most = single ? TrainingSettings.SUB_MAX_UPDATE : TrainingSettings.MAX_UPDATE;
    Setting<Integer> warmUp =
        single ? OptimiserSettings.SUB_WARMUP_UPDATES : OptimiserSettings.WARMUP_UPDATES;
    Settings task = stage.allSettings();
    double left = share - (System.nanoTime() - begin) / 1e9;
    int updates = speed.updates(left);
    double ratio = Math.min(0.5, task.get(warmUp) / (double) task.get(most));
    sizes.put(most.key(), Integer.toString(updates));
    sizes.put(warmUp.key(), Long.toString(Math.round(updates * ratio)));
    return String.format(
        Locale.ROOT,
        "%s: %d updates, %.3g a second, about %s with validations",
        stage.name(),
        updates,
        1 / speed.update(),
        words(speed.seconds(updates)));
  }

  private static String rows(Stage stage, double each, double share, Map<String, String> sizes) {
    int task = stage.allSettings().get(LatencyDatasetSettings.SIZE);
    int rows = (int) Math.max(Math.min(task, FEWEST_ROWS), Math.min(task, share / each));
    sizes.put(LatencyDatasetSettings.SIZE.key(), Integer.toString(rows));
    return String.format(
        Locale.ROOT,
        "%s: %d SubTransformers, %s each, about %s",
        stage.name(),
        rows,
        words(each),
        words(rows * each));
  }

  private static String search(Stage stage, double each, double share, Map<String, String> sizes) {
    Settings task = stage.allSettings();
    // A random search of the same budget is beside it.
    int times = task.get(SearchSettings.BASELINES).equals("all") ? 2 : 1;
    SearchSize whole =
        new SearchSize(
            task.get(EvolutionSettings.EVO_ITER), task.get(EvolutionSettings.POPULATION_SIZE));
    SearchSize size = whole.within(share / each / times);
    sizes.put(EvolutionSettings.EVO_ITER.key(), Integer.toString(size.iterations()));
    if (size.population() < whole.population()) {
      sizes.put(EvolutionSettings.POPULATION_SIZE.key(), Integer.toString(size.population()));
      sizes.put(EvolutionSettings.PARENT_SIZE.key(), Integer.toString(size.parents()));
      sizes.put(EvolutionSettings.MUTATION_SIZE.key(), Integer.toString(size.mutations()));
      sizes.put(EvolutionSettings.CROSSOVER_SIZE.key(), Integer.toString(size.crossovers()));
    }
    return String.format(
        Locale.ROOT,
        "%s: %d iterations of %d candidates, %s each, at most about %s",
        stage.name(),
        size.iterations(),
        size.population(),
        words(each),
        words(times * size.candidates() * each));
  }
}
