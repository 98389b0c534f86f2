package mos.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.base.Sha256;
import mos.base.StopSignal;
import mos.config.Setting;
import mos.config.Settings;
import mos.data.ParallelCorpus;
import mos.latency.CommandRunner;
import mos.latency.LatencyPredictor;
import mos.latency.MachineState;
import mos.model.ModelConfig;
import mos.model.ModelSettings;
import mos.model.SuperTransformer;
import mos.report.Progress;
import mos.search.ArchitectureSearch;
import mos.search.Candidate;
import mos.search.EvolutionSettings;
import mos.search.EvolutionarySearch;
import mos.search.Fitness;
import mos.search.ParetoSearch;
import mos.search.RandomSearch;
import mos.search.SearchCache;
import mos.search.SearchListener;
import mos.search.SearchResult;
import mos.search.SearchState;
import mos.space.SearchSpace;
import mos.space.SubTransformer;
import mos.train.Checkpoint;
import mos.train.TrainingSettings;

/** Finds the best SubTransformer under a constraint, or the whole front, by evolution. */
public final class EvoSearchTask implements Task {
  static final Setting<Path> WRITE_CONFIG_PATH =
      Setting.ofPath("write-config-path").doc("Where the found architecture goes, HAT-style YAML");
  static final Setting<Path> SEARCH_CACHE =
      Setting.ofPath("search-cache")
          .doc("File of scores and latencies to reuse; not given: cache.jsonl beside the result");

  private static final String STATE = "state.json";

  @Override
  public String name() {
    return "evo-search";
  }

  @Override
  public String description() {
    return "Finds the SubTransformer with the lowest validation loss (or highest BLEU) under a\n"
        + "latency, FLOPs or parameter constraint, or with --front all the best compromises.\n"
        + "What it returns has been measured again and meets the constraint.\n"
        + "The same command continues an interrupted search.";
  }

  @Override
  public String example() {
    return "evo-search --configs configs/tasks/sample.yml --data data --restore-file"
        + " supernet/checkpoint_best.safetensors --latency-constraint 30"
        + " --write-config-path search/architecture.yml";
  }

  @Override
  public List<Setting<?>> settings() {
    List<Setting<?>> settings = new ArrayList<>(DataFolder.settings());
    settings.addAll(SearchSpace.settings());
    settings.addAll(EvolutionSettings.settings());
    settings.addAll(SearchConstraint.settings());
    settings.addAll(Scorer.settings());
    settings.addAll(Machine.settings());
    settings.addAll(
        List.of(
            TrainTask.RESTORE_FILE,
            WRITE_CONFIG_PATH,
            SEARCH_CACHE,
            FrontOutput.FRONT,
            FrontOutput.FRONT_PARAMS,
            Baselines.BASELINES,
            TrainingSettings.SEED));
    return settings;
  }

  @Override
  public ObjectNode run(Settings settings) {
    boolean wholeFront = settings.get(FrontOutput.FRONT);
    if (wholeFront
        && SearchConstraint.timed(settings)
        && settings.get(SearchConstraint.LATENCY_COMPUTE).equals("hybrid")) {
      throw settings.error(
          SearchConstraint.LATENCY_COMPUTE,
          "gold or predictor with --front, which has no constraint to screen for");
    }
    Machine machine = Machine.setUp(settings);
    DataFolder data = DataFolder.open(settings);
    SearchSpace space = SearchSpace.fromSettings(settings);
    Path file = required(settings, TrainTask.RESTORE_FILE);
    Path target = required(settings, WRITE_CONFIG_PATH);
    try (Checkpoint checkpoint = Checkpoint.open(file);
        SuperTransformer model = checkpoint.model(machine.device(), false);
        ParallelCorpus valid = data.split(settings.get(ValidateTask.VALID_SUBSET))) {
      checkpoint
          .description()
          .checkDictionaries(data.sourceDictionary(), data.targetDictionary(), file.toString());
      model.config().check(space.largest());
      SearchCache cache =
          SearchCache.open(
              settings.find(SEARCH_CACHE).orElse(target.resolveSibling("cache.jsonl")));
      Measurement measurement = Measurement.of(settings, model.config(), machine);
      Finalists finalists =
          new Finalists(measurement, SearchConstraint.of(settings, measurement, cache));
      if (!wholeFront) {
        finalists.requireFeasible(space);
      }
      String hash = Sha256.of(file);
      Scorer scorer = Scorer.of(settings, data, valid, machine);
      ToDoubleFunction<SubTransformer> score =
          cache.around(
              Scorer.origin(settings, valid, machine, hash), a -> scorer.score(model, a));
      Map<String, Object> decisive = decisive(settings);
      decisive.put("checkpoint", hash);
      if (finalists.timed()) {
        decisive.put("hardware", measurement.hardware());
      }
      return new Search(settings, space, target, finalists, batch(score, target)).run(decisive);
    }
  }

  /**
   * Fails for a constraint that no SubTransformer can meet; needs nothing but data, so that a run
   * may ask before it trains for days.
   */
  static void requireFeasible(Settings settings) {
    if (settings.get(FrontOutput.FRONT)) {
      return;
    }
    Machine machine = Machine.setUp(settings);
    DataFolder data = DataFolder.open(settings);
    SearchSpace space = SearchSpace.fromSettings(settings);
    ModelConfig config =
        ModelSettings.superTransformer(
            settings, space, data.sourceDictionary().size(), data.targetDictionary().size());
    Measurement measurement = Measurement.of(settings, config, machine);
    new Finalists(measurement, SearchConstraint.gold(settings, measurement))
        .requireFeasible(space);
  }

  /** Key and value of the settings that decide what a search finds. */
  private Map<String, Object> decisive(Settings settings) {
    Map<String, Object> decisive = new HashMap<>(settings.toMap());
    Set<String> keys = new HashSet<>();
    settings().forEach(setting -> keys.add(setting.key()));
    decisive.keySet().retainAll(keys);
    for (Setting<?> free :
        List.of(
            SEARCH_CACHE,
            Baselines.BASELINES,
            CommandRunner.TIMEOUT,
            LatencyPredictor.ACCEPT_OTHER_HARDWARE)) {
      decisive.remove(free.key());
    }
    return decisive;
  }

  private static <T> T required(Settings settings, Setting<T> setting) {
    if (!settings.has(setting)) {
      throw new ConfigurationException(setting.key() + " is needed: " + setting.doc());
    }
    return settings.get(setting);
  }

  private static Fitness batch(ToDoubleFunction<SubTransformer> score, Path target) {
    return architectures ->
        architectures.stream()
            .mapToDouble(
                a -> {
                  stopIfAsked(target);
                  return score.applyAsDouble(a);
                })
            .toArray();
  }

  private static void stopIfAsked(Path target) {
    if (StopSignal.requested()) {
      throw new MosException(
          "stopped; what was scored and measured is saved beside "
              + target
              + ", the same command continues");
    }
  }

  /** One search with all that it needs. */
  private record Search(
      Settings settings, SearchSpace space, Path target, Finalists finalists, Fitness fitness) {

    ObjectNode run(Map<String, Object> decisive) {
      boolean wholeFront = settings.get(FrontOutput.FRONT);
      FrontOutput front =
          new FrontOutput(
              target,
              finalists,
              settings.get(FrontOutput.FRONT_PARAMS),
              settings.get(Scorer.FITNESS));
      EvolutionSettings evolution =
          EvolutionSettings.fromSettings(settings, settings.get(TrainingSettings.SEED));
      ArchitectureSearch search =
          wholeFront
              ? new ParetoSearch(
                  space,
                  evolution,
                  fitness,
                  finalists.constraint().unlimited(),
                  costs(),
                  front.objectives())
              : new EvolutionarySearch(
                  space, evolution, fitness, finalists.constraint(), costs());
      SearchStateFile state = new SearchStateFile(target.resolveSibling(STATE), decisive);
      try (StopSignal.Saving saving = StopSignal.saving()) {
        SearchResult result = resume(search, state, evolution);
        MachineState.Watch watch = MachineState.watch();
        Finalists.Choice choice =
            wholeFront
                ? finalists.find(result.evaluated())
                : finalists.choose(result.evaluated());
        List<Candidate> points = wholeFront ? front.of(result.evaluated()) : List.of();
        MachineState machine = watch.stop();
        Set<Candidate> onFront = new HashSet<>();
        Set<SubTransformer> architectures = new HashSet<>();
        points.forEach(point -> architectures.add(point.architecture()));
        result.evaluated().stream()
            .filter(c -> architectures.contains(c.architecture()))
            .forEach(onFront::add);
        ObjectNode figures =
            new SearchOutput(target, space, settings.get(Scorer.FITNESS))
                .write(result, choice, onFront);
        if (wholeFront) {
          figures.set("front", front.write(points));
        }
        if (finalists.timed() && finalists.measurement().here()) {
          machine.put(figures);
        }
        figures.put("seed", settings.get(TrainingSettings.SEED));
        RandomSearch random =
            new RandomSearch(space, evolution, fitness, finalists.constraint(), costs());
        figures.set(
            "baselines",
            new Baselines(space, finalists)
                .of(settings.get(Baselines.BASELINES), random, fitness::score));
        return figures;
      }
    }

    private Function<SubTransformer, Map<String, Double>> costs() {
      Measurement measurement = finalists.measurement();
      return a ->
          Map.of(
              "params", measurement.parameters(a),
              "params_without_embedding", measurement.parametersWithoutEmbedding(a),
              "flops", measurement.flops(a));
    }

    private SearchResult resume(
        ArchitectureSearch search, SearchStateFile state, EvolutionSettings evolution) {
      long wanted = (long) evolution.iterations() * evolution.populationSize();
      try (Progress progress = Progress.start("search", wanted)) {
        return search.resume(state.load(), new Follower(progress, state, evolution, target));
      }
    }
  }

  /** Shows progress and saves the state after every iteration. */
  private record Follower(
      Progress progress, SearchStateFile state, EvolutionSettings evolution, Path target)
      implements SearchListener {
    @Override
    public void drawn(int found, int wanted, int tries) {
      stopIfAsked(target);
    }

    @Override
    public void iterationDone(SearchState now, Candidate best) {
      state.save(now);
      progress.update(
          (long) now.iteration() * evolution.populationSize(),
          String.format(Locale.ROOT, "best loss %.4f", best.loss()));
    }
  }

  @Override
  public String describe(ObjectNode figures) {
    StringBuilder text = new StringBuilder();
    String unit = figures.path("constraint_unit").asText();
    if (figures.path("architecture").isObject()) {
      JsonNode latency = figures.path("latency_ms");
      text.append(
          String.format(
              Locale.ROOT,
              "loss %.4f, %.2f %s under a constraint of %.2f %s, %d candidates: %s",
              figures.path("loss").asDouble(),
              latency.isNumber() ? latency.asDouble() : figures.path("searched_cost").asDouble(),
              unit,
              figures.path("constraint").asDouble(),
              unit,
              figures.path("evaluated").asInt(),
              figures.path("write_config_path").asText()));
    } else {
      text.append(
          String.format(
              Locale.ROOT,
              "none of %d candidates meets the constraint of %.2f %s",
              figures.path("evaluated").asInt(),
              figures.path("constraint").asDouble(),
              unit));
    }
    if (figures.path("front") instanceof ArrayNode points && !points.isEmpty()) {
      text.append(
          String.format(Locale.ROOT, "%nfront: %d points, front.csv beside it", points.size()));
    }
    figures
        .path("baselines")
        .properties()
        .forEach(entry -> text.append(baseline(entry.getKey(), entry.getValue(), unit)));
    return text.toString();
  }

  private static String baseline(String name, JsonNode figures, String unit) {
    if (figures.has("none")) {
      return String.format("%n%s: %s", name, figures.path("none").asText());
    }
    JsonNode latency = figures.path("latency_ms");
    return String.format(
        Locale.ROOT,
        "%n%s: loss %.4f, %.2f %s",
        name,
        figures.path("loss").asDouble(),
        (latency.isNumber() ? latency : figures.path("cost")).asDouble(),
        unit);
  }
}
