package mos.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import mos.base.ConfigurationException;
import mos.base.DataLock;
import mos.base.FolderLock;
import mos.base.Json;
import mos.base.Sha256;
import mos.command.settings.ConstraintSettings;
import mos.command.settings.DataSettings;
import mos.command.settings.DecodingSettings;
import mos.command.settings.EvolutionSettings;
import mos.command.settings.FileSettings;
import mos.command.settings.LatencySourceSettings;
import mos.command.settings.MachineSettings;
import mos.command.settings.ModelSettings;
import mos.command.settings.SearchSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.data.ParallelCorpus;
import mos.distributed.Launch;
import mos.distributed.SharedWork;
import mos.experiment.DataFolder;
import mos.experiment.Provenance;
import mos.experiment.Scorer;
import mos.latency.LatencySource;
import mos.model.ModelConfig;
import mos.model.SuperTransformer;
import mos.search.SearchCache;
import mos.space.ArchitectureCost;
import mos.space.SearchSpace;
import mos.space.SearchSpaceSettings;
import mos.space.SubTransformer;
import mos.tensor.Compute;
import mos.tensor.Devices;
import mos.train.Checkpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the best SubTransformer under a constraint, or the whole front, by evolution. */
public final class EvoSearchTask implements Command<ObjectNode> {
  private static final Logger LOG = LoggerFactory.getLogger(EvoSearchTask.class);

  @Override
  public String name() {
    return "evo-search";
  }

  @Override
  public String description() {
    return "The best has the lowest validation loss (or highest BLEU) under a latency, FLOPs or"
        + " parameter constraint; with --front all the best compromises are found. What is returned"
        + " has been measured again; exit code 1 if it misses the constraint now. The same"
        + " command continues an interrupted search.";
  }

  @Override
  public String example() {
    return "evo-search --configs configs/tasks/sample.yml --data data --restore-file"
        + " supernet/checkpoint_best.safetensors --latency-constraint 30"
        + " --write-config-path search/architecture.yml";
  }

  @Override
  public List<Setting<?>> settings() {
    List<Setting<?>> settings = new ArrayList<>(DataSettings.ofFolder());
    settings.addAll(SearchSpaceSettings.settings());
    settings.addAll(EvolutionSettings.settings());
    settings.addAll(SearchConstraint.settings());
    settings.addAll(SearchSettings.ofScoring());
    settings.addAll(MachineSettings.ofComputing());
    settings.addAll(
        List.of(
            FileSettings.RESTORE_FILE,
            SearchSettings.WRITE_CONFIG_PATH,
            SearchSettings.SEARCH_CACHE,
            SearchSettings.FRONT,
            SearchSettings.FRONT_PARAMS,
            SearchSettings.BASELINES,
            MachineSettings.SEED,
            MachineSettings.NUM_GPUS,
            MachineSettings.DISTRIBUTED_TIMEOUT));
    return settings;
  }

  @Override
  public List<Path> products(Settings settings) {
    return SearchOutput.files(settings.get(SearchSettings.WRITE_CONFIG_PATH));
  }

  /** Weights by their hash, see {@link #decisive}; a predictor where it is asked. */
  @Override
  public Object configuration(Settings settings) {
    DataSettings.ofFolder().forEach(settings::find);
    SearchSpaceSettings.settings().forEach(settings::find);
    MachineSettings.ofComputing().forEach(settings::find);
    SearchConstraint.configuration(settings);
    settings.get(DataSettings.VALID_SUBSET);
    SearchSettings.scoring(settings);
    settings.get(SearchSettings.FRONT);
    settings.get(SearchSettings.FRONT_PARAMS);
    settings.get(SearchSettings.BASELINES);
    return EvolutionSettings.of(settings, settings.get(MachineSettings.SEED));
  }

  @Override
  public List<String> splits(Settings settings) {
    return List.of(settings.get(DataSettings.VALID_SUBSET));
  }

  @Override
  public void check(Settings settings) {
    EvolutionSettings.of(settings, settings.get(MachineSettings.SEED));
    if (settings.get(SearchSettings.FITNESS).equals("bleu")) {
      DecodingSettings.best(settings);
    }
    Limits limits = Limits.of(settings);
    if (!limits.timed() && settings.overrides().containsKey(ConstraintSettings.LATENCY.key())) {
      LOG.warn(
          "latency-constraint is not applied beside the other constraint; --also-latency 1 applies"
              + " both");
    }
    if (settings.get(SearchSettings.FRONT)
        && limits.timed()
        && settings.get(SearchSettings.LATENCY_COMPUTE).equals("hybrid")) {
      throw settings.error(
          SearchSettings.LATENCY_COMPUTE,
          "gold or predictor with --front, which has no constraint to screen for");
    }
  }

  @Override
  public Class<ObjectNode> result() {
    return ObjectNode.class;
  }

  @Override
  public ObjectNode run(Settings settings) {
    return Sharing.run(
        name(), settings, true, (shared, launch) -> search(settings, shared, launch));
  }

  private ObjectNode search(Settings settings, SharedWork shared, Optional<Launch> launch) {
    boolean wholeFront = settings.get(SearchSettings.FRONT);
    Compute machine = MachineSettings.compute(settings).setUp(launch);
    DataFolder data = DataFolder.open(DataSettings.source(settings));
    SearchSpace space = SearchSpaceSettings.space(settings);
    required(settings, FileSettings.RESTORE_FILE);
    Path file = FileSettings.supernet(settings, FileSettings.RESTORE_FILE);
    Path target = required(settings, SearchSettings.WRITE_CONFIG_PATH);
    try (Checkpoint checkpoint = Checkpoint.open(file);
        FolderLock lock =
            shared.leads() ? FolderLock.of(target.toAbsolutePath().getParent()) : null;
        SuperTransformer model = checkpoint.model(machine.device(), false);
        DataLock reading = data.reading();
        ParallelCorpus valid = data.split(settings.get(DataSettings.VALID_SUBSET))) {
      data.check(checkpoint.description(), file.toString());
      model.config().check(space.largest());
      String hash = Sha256.of(file);
      JsonNode origin = SearchSettings.scoring(settings).origin(valid, machine, hash);
      shared.same("what decides a score", Json.line(origin));
      Scorer scorer =
          SearchSettings.scoring(settings)
              .open(data, valid, settings.get(DataSettings.VALID_SUBSET), machine);
      SharedScores scores = new SharedScores(a -> scorer.score(model, a), shared, target);
      if (!shared.leads()) {
        return scores.help();
      }
      SearchCache cache =
          SearchCache.open(
              settings
                  .find(SearchSettings.SEARCH_CACHE)
                  .orElse(target.resolveSibling("cache.jsonl")));
      LatencySource source = LatencySourceSettings.open(settings, model.config(), () -> machine);
      ArchitectureCost cost = LatencySourceSettings.cost(settings, model.config());
      Runnable stop = () -> SearchRun.stopIfAsked(target);
      Limits limits = Limits.of(settings);
      SubTransformer largest = space.largest();
      if (!wholeFront) {
        check(limits, source, cost, space, stop).requireFeasible(space.smallest());
      }
      Finalists finalists =
          new Finalists(
              new SearchConstraint(limits, source, cost, largest, cache).of(settings),
              check(limits, source, cost, space, stop),
              stop);
      Map<String, Object> decisive = decisive(settings);
      decisive.put("checkpoint", hash);
      if (limits.timed()) {
        decisive.put("hardware", source.hardware());
      }
      String subset = settings.get(DataSettings.VALID_SUBSET);
      Map<String, String> made =
          Provenance.of(data, Devices.describe(machine.device()), Optional.of(file), subset);
      made.put("seed", String.valueOf(settings.get(MachineSettings.SEED)));
      ObjectNode figures =
          new SearchRun(
                  settings,
                  space,
                  target,
                  finalists,
                  source,
                  cost,
                  cache.around(origin, scores),
                  made)
              .run(BegunWith.of(this, settings, decisive));
      RouterProbe.write(
          target,
          model,
          space,
          figures.path("architecture").isObject(),
          settings.get(MachineSettings.SEED));
      return figures;
    }
  }

  /**
   * Fails for a constraint that no SubTransformer can meet; needs nothing but data, so that a run
   * may ask before it trains for days.
   */
  static void requireFeasible(Settings settings) {
    DataFolder data = DataFolder.open(DataSettings.source(settings));
    SearchSpace space = SearchSpaceSettings.space(settings);
    ModelConfig config =
        ModelSettings.superTransformer(
            settings, space, data.sourceDictionary().size(), data.targetDictionary().size());
    LatencySource source = LatencySourceSettings.open(settings, config);
    ArchitectureCost cost = LatencySourceSettings.cost(settings, config);
    check(Limits.of(settings), source, cost, space, () -> {}).requireFeasible(space.smallest());
  }

  private static ConstraintCheck check(
      Limits limits,
      LatencySource source,
      ArchitectureCost cost,
      SearchSpace space,
      Runnable stop) {
    return ConstraintCheck.of(limits, source, cost, space.largest(), Pauses.asking(stop));
  }

  /** Key and value of the settings that decide what a search finds. */
  private Map<String, Object> decisive(Settings settings) {
    Map<String, Object> decisive = Identity.ofCommand().of(this, settings);
    decisive.remove(SearchSettings.BASELINES.key());
    return decisive;
  }

  private static <T> T required(Settings settings, Setting<T> setting) {
    if (!settings.has(setting)) {
      throw new ConfigurationException(setting.key() + " is needed: " + setting.doc());
    }
    return settings.get(setting);
  }

  @Override
  public boolean succeeded(ObjectNode figures) {
    // A front is a result without a choice from it too.
    boolean only = figures.has("front") && figures.path("architecture").isNull();
    return only || figures.path("constraint_met").asBoolean();
  }

  @Override
  public String describe(ObjectNode figures) {
    StringBuilder text = new StringBuilder();
    if (figures.path("architecture").isObject()) {
      text.append(
          String.format(
              Locale.ROOT,
              "loss %.4f, %d candidates: %s",
              figures.path("loss").asDouble(),
              figures.path("evaluated").asInt(),
              figures.path("write_config_path").asText()));
      text.append(System.lineSeparator()).append(ConstraintText.of(figures));
    } else {
      text.append(
          String.format(
              Locale.ROOT,
              "none of %d candidates meets the constraint of %s %s",
              figures.path("evaluated").asInt(),
              Verdict.number(figures.path("constraint").asDouble()),
              figures.path("constraint_unit").asText()));
    }
    if (figures.path("front") instanceof ArrayNode points && !points.isEmpty()) {
      text.append(
          String.format(Locale.ROOT, "%nfront: %d points, front.csv beside it", points.size()));
    }
    figures
        .path("baselines")
        .properties()
        .forEach(entry -> text.append(baseline(entry.getKey(), entry.getValue(), figures)));
    return text.toString();
  }

  private static String baseline(String name, JsonNode baseline, ObjectNode figures) {
    return baseline.has("none")
        ? String.format(Locale.ROOT, "%n%s: %s", name, baseline.path("none").asText())
        : String.format(
            Locale.ROOT,
            "%n%s: loss %.4f, %s %s",
            name,
            baseline.path("loss").asDouble(),
            Verdict.number(baseline.path("cost").asDouble()),
            figures.path("constraint_unit").asText());
  }
}
