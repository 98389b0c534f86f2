package mos.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import mos.base.AtomicFile;
import mos.base.ConfigurationException;
import mos.base.Json;
import mos.base.MosException;
import mos.base.StopSignal;
import mos.config.Setting;
import mos.config.Settings;
import mos.data.BatchOptions;
import mos.data.ParallelCorpus;
import mos.latency.LatencyPredictor;
import mos.latency.PredictorSettings;
import mos.model.ModelConfig;
import mos.model.ModelSettings;
import mos.model.SuperTransformer;
import mos.report.Progress;
import mos.search.Candidate;
import mos.search.Constraint;
import mos.search.EvolutionSettings;
import mos.search.EvolutionarySearch;
import mos.search.Fitness;
import mos.search.SearchListener;
import mos.search.SearchResult;
import mos.search.SearchState;
import mos.space.GeneCodec;
import mos.space.SearchSpace;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;
import mos.train.Checkpoint;
import mos.train.TrainingSettings;
import mos.train.Validator;

/** Finds the best SubTransformer under a constraint, by evolution. */
public final class EvoSearchTask implements Task {
  static final Setting<Path> WRITE_CONFIG_PATH =
      Setting.ofPath("write-config-path").doc("Where the found architecture goes, HAT-style YAML");
  static final Setting<String> LATENCY_COMPUTE =
      Setting.ofChoice("latency-compute", "gold", "predictor")
          .defaultsTo("gold")
          .doc("Latency of candidates: gold measures each, predictor asks the predictor");
  static final Setting<Double> LATENCY_CONSTRAINT =
      Setting.ofDouble("latency-constraint")
          .defaultsTo(200.0)
          .atLeast(0)
          .unit("ms")
          .doc("Largest latency of the found SubTransformer");
  static final Setting<Double> FLOPS_CONSTRAINT =
      Setting.ofDouble("flops-constraint")
          .defaultsTo(-1.0)
          .atLeast(-1)
          .unit("10^9 FLOPs")
          .doc("Constrain FLOPs in place of latency, which repeats exactly; below 0: do not");
  static final Setting<Double> FLOPS_CONSTRAINT_GIGA =
      Setting.ofDouble("flops-constraint-giga")
          .atLeast(-1)
          .unit("10^9 FLOPs")
          .doc("Another name of flops-constraint");

  private static final String STATE = "state.json";

  @Override
  public String name() {
    return "evo-search";
  }

  @Override
  public String description() {
    return "Finds the SubTransformer with the lowest validation loss under a latency (or FLOPs)\n"
        + "constraint. What it returns has been measured again and meets the constraint.\n"
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
    settings.addAll(Measurement.settings());
    settings.addAll(Machine.settings());
    settings.addAll(
        List.of(
            TrainTask.RESTORE_FILE,
            PredictorSettings.PATH,
            WRITE_CONFIG_PATH,
            LATENCY_COMPUTE,
            LATENCY_CONSTRAINT,
            FLOPS_CONSTRAINT,
            FLOPS_CONSTRAINT_GIGA,
            ValidateTask.VALID_SUBSET,
            BatchOptions.MAX_TOKENS,
            TrainingSettings.LABEL_SMOOTHING,
            TrainingSettings.SEED));
    return settings;
  }

  @Override
  public ObjectNode run(Settings settings) {
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
      Measurement measurement = Measurement.of(settings, model.config(), machine);
      Finalists finalists = new Finalists(measurement, constraint(settings, measurement));
      finalists.requireFeasible(space);
      Validator validator =
          new Validator(
              valid,
              settings.get(BatchOptions.MAX_TOKENS),
              settings.get(TrainingSettings.LABEL_SMOOTHING),
              machine.precision());
      SearchResult result = search(settings, space, target, model, validator, finalists);
      return write(settings, space, target, result, finalists.choose(result));
    }
  }

  /**
   * Fails for a constraint that no SubTransformer can meet; needs nothing but data, so that a run
   * may ask before it trains for days.
   */
  static void requireFeasible(Settings settings) {
    Machine machine = Machine.setUp(settings);
    DataFolder data = DataFolder.open(settings);
    SearchSpace space = SearchSpace.fromSettings(settings);
    ModelConfig config =
        ModelSettings.superTransformer(
            settings, space, data.sourceDictionary().size(), data.targetDictionary().size());
    Measurement measurement = Measurement.of(settings, config, machine);
    Constraint constraint =
        settings.get(FLOPS_CONSTRAINT) >= 0
            ? flopsConstraint(settings, measurement)
            : goldConstraint(settings, measurement);
    new Finalists(measurement, constraint).requireFeasible(space);
  }

  private static <T> T required(Settings settings, Setting<T> setting) {
    if (!settings.has(setting)) {
      throw new ConfigurationException(setting.key() + " is needed: " + setting.doc());
    }
    return settings.get(setting);
  }

  private static Constraint constraint(Settings settings, Measurement measurement) {
    if (settings.get(FLOPS_CONSTRAINT) >= 0) {
      return flopsConstraint(settings, measurement);
    }
    if (settings.get(LATENCY_COMPUTE).equals("gold")) {
      return goldConstraint(settings, measurement);
    }
    LatencyPredictor predictor = LatencyPredictor.load(required(settings, PredictorSettings.PATH));
    return Constraint.of(predictor::predictMs, settings.get(LATENCY_CONSTRAINT), "ms");
  }

  private static Constraint flopsConstraint(Settings settings, Measurement measurement) {
    return Constraint.of(a -> measurement.flops(a) / 1e9, settings.get(FLOPS_CONSTRAINT), "GFLOPs");
  }

  private static Constraint goldConstraint(Settings settings, Measurement measurement) {
    return Constraint.of(a -> measurement.latency(a).ms(), settings.get(LATENCY_CONSTRAINT), "ms");
  }

  private static SearchResult search(
      Settings settings,
      SearchSpace space,
      Path target,
      SuperTransformer model,
      Validator validator,
      Finalists finalists) {
    EvolutionSettings evolution =
        EvolutionSettings.fromSettings(settings, settings.get(TrainingSettings.SEED));
    int iterations = settings.get(EvolutionSettings.EVO_ITER);
    try (Progress progress =
            Progress.start(
                "search", (long) iterations * settings.get(EvolutionSettings.POPULATION_SIZE));
        StopSignal.Saving saving = StopSignal.saving()) {
      Fitness fitness =
          architectures ->
              architectures.stream()
                  .mapToDouble(
                      a -> {
                        stopIfAsked(target);
                        return validator.loss(model, a).loss();
                      })
                  .toArray();
      EvolutionarySearch search =
          new EvolutionarySearch(
              space,
              evolution,
              fitness,
              finalists.constraint(),
              a ->
                  Map.of(
                      "params",
                      finalists.measurement().parameters(a),
                      "flops",
                      finalists.measurement().flops(a)));
      SearchStateFile state = new SearchStateFile(target.resolveSibling(STATE), settings.toMap());
      return search.resume(state.load(), new Follower(progress, state, evolution, target));
    }
  }

  private static void stopIfAsked(Path target) {
    if (StopSignal.requested()) {
      throw new MosException(
          "stopped; finished iterations are saved beside "
              + target
              + ", the same command continues");
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

  private static ObjectNode write(
      Settings settings,
      SearchSpace space,
      Path target,
      SearchResult result,
      Finalists.Choice choice) {
    SubTransformer found = choice.candidate().architecture();
    SubTransformerFile.write(
        target, found, List.of("Found by evo-search; see population.json beside this file."));
    GeneCodec codec = new GeneCodec(space);
    StringBuilder lines = new StringBuilder();
    List<ObjectNode> population = new ArrayList<>();
    for (Candidate candidate : result.evaluated()) {
      ObjectNode line = candidate(candidate, choice.unit(), codec);
      line.put("chosen", candidate == choice.candidate());
      lines.append(Json.line(line)).append('\n');
    }
    result.population().stream()
        .distinct()
        .sorted(Comparator.comparingDouble(Candidate::loss))
        .forEach(candidate -> population.add(candidate(candidate, choice.unit(), codec)));
    AtomicFile.writeString(target.resolveSibling("candidates.jsonl"), lines.toString());
    AtomicFile.writeString(target.resolveSibling("population.json"), Json.pretty(population));
    ObjectNode figures = Json.object();
    figures.set("architecture", Json.tree(SubTransformerFile.toJson(found)));
    figures.put("write_config_path", target.toString());
    figures.put("loss", choice.candidate().loss());
    figures.put("searched_cost", choice.candidate().cost());
    figures.put("constraint", choice.limit());
    figures.put("constraint_unit", choice.unit());
    figures.put("evaluated", result.evaluated().size());
    figures.put("rejected_finalists", choice.rejected());
    if (choice.latency() != null) {
      Measurement.put(figures, choice.latency());
    }
    figures.put("seed", settings.get(TrainingSettings.SEED));
    return figures;
  }

  private static ObjectNode candidate(Candidate candidate, String unit, GeneCodec codec) {
    ObjectNode line = Json.object();
    line.put("generation", candidate.generation());
    line.put("loss", candidate.loss());
    if (unit.equals("ms")) {
      line.put("latency_ms", candidate.cost());
    }
    candidate.figures().forEach(line::put);
    line.set("gene", Json.tree(codec.encode(candidate.architecture())));
    line.set("architecture", SubTransformerFile.toJson(candidate.architecture()));
    return line;
  }

  @Override
  public String describe(ObjectNode figures) {
    JsonNode latency = figures.path("latency_ms");
    String unit = figures.path("constraint_unit").asText();
    return String.format(
        Locale.ROOT,
        "loss %.4f, %.2f %s under a constraint of %.2f %s, %d candidates: %s",
        figures.path("loss").asDouble(),
        latency.isNumber() ? latency.asDouble() : figures.path("searched_cost").asDouble(),
        unit,
        figures.path("constraint").asDouble(),
        unit,
        figures.path("evaluated").asInt(),
        figures.path("write_config_path").asText());
  }
}
