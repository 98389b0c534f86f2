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
          double begin = now();
          train(FIRST_UPDATES);
          List<MetricsLine> first = updates();
          double each = secondsBetween(first.get(0), first.get(1)) / 10;
          double start = first.get(0).time() - begin - first.get(0).step().seconds();
          double wanted = Math.min(ENOUGH_SECONDS, longest);
          int more = (int) Math.min(MOST_UPDATES, Math.ceil(wanted / each / 10) * 10);
          TrainingFigures figures = train(FIRST_UPDATES + Math.max(10, more));
          double end = now();
          List<MetricsLine> all = updates();
          MetricsLine last = all.get(all.size() - 1);
          each = secondsBetween(first.get(1), last) / (last.update() - first.get(1).update());
          return new TrainingSpeed(
              Math.max(0, start), each, end - last.time(), validationsPerUpdate(figures));
        });
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

  private List<MetricsLine> updates() {
    Path file = folder.resolve(MetricsLine.FILE_NAME);
    List<MetricsLine> lines = new ArrayList<>();
    try {
      for (String text : Files.readAllLines(file)) {
        MetricsLine line = ResultJson.parse(text, MetricsLine.class, file.toString());
        if (line.valid() == null) {
          lines.add(line);
        }
      }
    } catch (IOException e) {
      throw new MosException("cannot read " + file + ": " + AtomicFile.describe(e), e);
    }
    return lines;
  }

  /** Of training alone; what is between updates is not in it. */
  private static double secondsBetween(MetricsLine from, MetricsLine to) {
    return Math.max(1e-6, to.step().seconds() - from.step().seconds());
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
          double begin = now();
          run(
              Map.of(
                  LatencyDatasetSettings.PATH,
                  folder.resolve("dataset.csv"),
                  LatencyDatasetSettings.SIZE,
                  ROWS));
          return (now() - begin) / ROWS;
        });
  }

  /** Seconds of a candidate of a search: found, scored and measured. */
  double candidate() {
    return deleting(
        () -> {
          double begin = now();
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
          return (now() - begin) / CANDIDATES;
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

  private static double now() {
    return System.currentTimeMillis() / 1e3;
  }
}
