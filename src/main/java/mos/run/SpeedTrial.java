package mos.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import mos.base.AtomicFile;
import mos.base.Folders;
import mos.base.MosException;
import mos.base.StopSignal;
import mos.command.settings.AllSettings;
import mos.command.settings.DataSettings;
import mos.command.settings.EvolutionSettings;
import mos.command.settings.FileSettings;
import mos.command.settings.LatencyDatasetSettings;
import mos.command.settings.OptimiserSettings;
import mos.command.settings.SearchSettings;
import mos.command.settings.TrainingSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.data.ParallelCorpus;
import mos.data.TokenCorpus;
import mos.experiment.DataFolder;
import mos.results.MetricsLine;
import mos.results.ResultJson;
import mos.results.TrainingFigures;
import mos.train.Checkpoint;

/**
 * Does a little of a stage's work, in a folder that is deleted afterwards, to see how fast it is.
 *
 * @param stage whose work it is
 * @param folder for it
 * @param longest seconds that it should take at most, where it can be cut short
 */
record SpeedTrial(Stage stage, Path folder, double longest) {
  private static final int FIRST_UPDATES = 20;
  private static final int MOST_UPDATES = 2000;
  private static final double ENOUGH_SECONDS = 10;
  private static final int ROWS = 4;
  private static final int CANDIDATES = 5;

  /** Measures a training. */
  TrainingSpeed training() {
    return deleting(
        () -> {
          long begin = System.nanoTime();
          TrainingFigures few = train(FIRST_UPDATES);
          double first = secondsSince(begin);
          double each = few.seconds() / few.updates();
          double wanted = Math.min(ENOUGH_SECONDS, longest);
          int more = (int) Math.max(10, Math.min(MOST_UPDATES, Math.ceil(wanted / each)));
          long then = System.nanoTime();
          TrainingFigures figures = train(FIRST_UPDATES + more);
          double second = secondsSince(then);
          List<MetricsLine> lines = lines();
          double validation = Math.min(second, afterLastUpdate(lines));
          long early =
              lines.stream()
                  .filter(line -> line.valid() != null && line.update() <= FIRST_UPDATES)
                  .count();
          return new TrainingSpeed(
              Math.max(0, first - few.seconds() - early * validation),
              // The first updates are slow: the machine is warming up.
              Math.max(1e-6, figures.seconds() - few.seconds()) / more,
              validation,
              validationsPerUpdate(figures));
        });
  }

  /** Seconds of the last validation and of all that was saved then. */
  private double afterLastUpdate(List<MetricsLine> lines) {
    MetricsLine last =
        lines.stream().filter(line -> line.valid() == null).reduce((a, b) -> b).orElseThrow();
    Path saved = folder.resolve(Checkpoint.LAST);
    try {
      return Math.max(0, Files.getLastModifiedTime(saved).toMillis() / 1e3 - last.time());
    } catch (IOException e) {
      throw new MosException("cannot read " + saved + ": " + AtomicFile.describe(e), e);
    }
  }

  private TrainingFigures train(int updates) {
    boolean single = stage.command().settings().contains(TrainingSettings.SUB_MAX_UPDATE);
    Map<Setting<?>, Object> own = new LinkedHashMap<>();
    own.put(single ? TrainingSettings.SUB_MAX_UPDATE : TrainingSettings.MAX_UPDATE, updates);
    own.put(
        single ? OptimiserSettings.SUB_WARMUP_UPDATES : OptimiserSettings.WARMUP_UPDATES,
        FIRST_UPDATES - 1);
    own.put(TrainingSettings.PATIENCE, -1);
    own.put(FileSettings.SAVE_DIR, folder);
    return ResultJson.as(run(own), TrainingFigures.class, stage.name());
  }

  private List<MetricsLine> lines() {
    Path file = folder.resolve(MetricsLine.FILE_NAME);
    List<MetricsLine> lines = new ArrayList<>();
    try {
      for (String text : Files.readAllLines(file)) {
        lines.add(ResultJson.parse(text, MetricsLine.class, file.toString()));
      }
    } catch (IOException e) {
      throw new MosException("cannot read " + file + ": " + AtomicFile.describe(e), e);
    }
    return lines;
  }

  private double validationsPerUpdate(TrainingFigures figures) {
    Settings settings = stage.settings();
    double tokensOfUpdate = figures.tokensPerSecond() * figures.seconds() / figures.updates();
    long tokens = 0;
    DataFolder data = DataFolder.open(DataSettings.source(settings));
    try (ParallelCorpus train = data.split("train")) {
      TokenCorpus target = train.target();
      for (int i = 0; i < target.size(); i++) {
        tokens += target.length(i);
      }
    }
    double perEpoch = Math.max(1, tokens / Math.max(1, tokensOfUpdate));
    int every = settings.get(TrainingSettings.VALIDATE_INTERVAL_UPDATES);
    return 1 / (perEpoch * settings.get(TrainingSettings.VALIDATE_INTERVAL))
        + (every > 0 ? 1.0 / every : 0);
  }

  /** Seconds of a measured SubTransformer. */
  double row() {
    return deleting(
        () -> {
          long begin = System.nanoTime();
          run(
              Map.of(
                  LatencyDatasetSettings.PATH,
                  folder.resolve("dataset.csv"),
                  LatencyDatasetSettings.SIZE,
                  ROWS));
          return secondsSince(begin) / ROWS;
        });
  }

  /** Seconds of a candidate of a search: found, scored and measured. */
  double candidate() {
    return deleting(
        () -> {
          long begin = System.nanoTime();
          Map<Setting<?>, Object> own = new LinkedHashMap<>();
          own.put(EvolutionSettings.EVO_ITER, 1);
          own.put(EvolutionSettings.POPULATION_SIZE, CANDIDATES);
          own.put(EvolutionSettings.PARENT_SIZE, 1);
          own.put(EvolutionSettings.MUTATION_SIZE, 2);
          own.put(EvolutionSettings.CROSSOVER_SIZE, 2);
          own.put(SearchSettings.BASELINES, "none");
          own.put(SearchSettings.WRITE_CONFIG_PATH, folder.resolve("architecture.yml"));
          own.put(SearchSettings.SEARCH_CACHE, folder.resolve("cache.jsonl"));
          try {
            run(own);
          } catch (MosException e) {
            if (StopSignal.requested()) {
              throw e;
            }
            // So few may all miss the constraint; they have told how long they take.
          }
          return secondsSince(begin) / CANDIDATES;
        });
  }

  private JsonNode run(Map<Setting<?>, Object> own) {
    Map<String, String> options = new LinkedHashMap<>(stage.options());
    own.forEach((setting, value) -> options.put(setting.key(), value.toString()));
    Settings settings =
        AllSettings.load(stage.files(), options)
            .only(stage.command().options(), stage.command().name());
    return ResultJson.tree(stage.command().run(settings));
  }

  private <T> T deleting(Supplier<T> work) {
    try {
      Folders.delete(folder);
      Folders.create(folder);
      T result = work.get();
      Folders.delete(folder);
      return result;
    } catch (IOException e) {
      throw new MosException("cannot use " + folder + ": " + AtomicFile.describe(e), e);
    }
  }

  private static double secondsSince(long begin) {
    return (System.nanoTime() - begin) / 1e9;
  }
}
