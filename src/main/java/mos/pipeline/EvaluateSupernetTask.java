package mos.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import mos.base.AtomicFile;
import mos.base.FolderLock;
import mos.base.Json;
import mos.base.MosException;
import mos.base.Seeds;
import mos.base.Sha256;
import mos.config.Setting;
import mos.config.Settings;
import mos.data.ParallelCorpus;
import mos.model.SuperTransformer;
import mos.report.Table;
import mos.search.RankAgreement;
import mos.space.SearchSpace;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;
import mos.train.Checkpoint;
import mos.train.TrainingSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How well a SuperTransformer tells what its SubTransformers are worth: inherited against
 * standalone quality of random architectures, each trained alone.
 *
 * <p>Source: Mixture-of-Supernets (2024), section 4 (mean absolute error and Kendall's tau between
 * supernet and standalone performance).
 */
public final class EvaluateSupernetTask implements Task {
  static final Setting<Integer> ARCHITECTURES =
      Setting.ofInt("architectures")
          .defaultsTo(10)
          .range(2, 10_000)
          .doc("Random SubTransformers to compare; more later continue the same list");
  static final Setting<Path> EVALUATION_DIR =
      Setting.ofPath("evaluation-dir")
          .defaultsTo(Path.of("supernet-evaluation"))
          .doc("Folder for results; a report shows it as OUTPUT/supernet-evaluation");

  private static final Logger LOG = LoggerFactory.getLogger(EvaluateSupernetTask.class);
  private static final String BEGUN = "begun.json";

  @Override
  public String name() {
    return "evaluate-supernet";
  }

  @Override
  public String description() {
    return "Compares inherited with standalone quality of random SubTransformers, each trained\n"
        + "alone for --sub-max-update updates: mean absolute error and Kendall's tau with 95%\n"
        + "intervals, beside what decoder depth alone tells. The same command continues.";
  }

  @Override
  public String example() {
    return "evaluate-supernet --configs configs/tasks/sample.yml --data out/data --restore-file"
        + " out/supernet/checkpoint_best.safetensors --architectures 10"
        + " --evaluation-dir out/supernet-evaluation";
  }

  @Override
  public List<Setting<?>> settings() {
    Set<Setting<?>> settings = new LinkedHashSet<>(new TrainTask(true).settings());
    SubTransformerFile.settings().forEach(settings::remove);
    settings.removeAll(
        List.of(
            TrainTask.SAVE_DIR,
            TrainTask.INIT,
            TrainTask.SANDWICH_RULE,
            TrainTask.TRAIN_SUBTRANSFORMER));
    settings.addAll(Scorer.settings());
    settings.addAll(List.of(ARCHITECTURES, EVALUATION_DIR));
    return List.copyOf(settings);
  }

  @Override
  public ObjectNode run(Settings settings) {
    Machine machine = Machine.setUp(settings);
    DataFolder data = DataFolder.open(settings);
    Path file = settings.get(TrainTask.RESTORE_FILE);
    Path folder = settings.get(EVALUATION_DIR);
    List<ObjectNode> results = new ArrayList<>();
    try (Checkpoint checkpoint = Checkpoint.open(file);
        FolderLock lock = FolderLock.of(folder);
        SuperTransformer supernet = checkpoint.model(machine.device(), false);
        ParallelCorpus valid = data.split(settings.get(ValidateTask.VALID_SUBSET))) {
      checkpoint
          .description()
          .checkDictionaries(data.sourceDictionary(), data.targetDictionary(), file.toString());
      begin(settings, Sha256.of(file), folder);
      Scorer scorer = Scorer.of(settings, data, valid, machine);
      for (SubTransformer architecture : architectures(settings)) {
        Path record =
            folder.resolve(
                String.format(Locale.ROOT, "architecture-%03d.json", results.size() + 1));
        if (!Files.exists(record)) {
          LOG.info("architecture {} of {}", results.size() + 1, settings.get(ARCHITECTURES));
          ObjectNode result = Json.object();
          result.put("decoder_layers", architecture.decoderLayers());
          result.put("inherited", scorer.score(supernet, architecture));
          result.put("standalone", standalone(settings, architecture, folder, scorer, machine));
          result.set("architecture", SubTransformerFile.toJson(architecture));
          AtomicFile.writeString(record, Json.pretty(result));
        }
        results.add((ObjectNode) Json.read(record));
      }
      ObjectNode figures = figures(settings, results);
      AtomicFile.writeString(folder.resolve("evaluation.json"), Json.pretty(figures));
      return figures;
    }
  }

  private static Set<SubTransformer> architectures(Settings settings) {
    SearchSpace space = SearchSpace.fromSettings(settings);
    int wanted = settings.get(ARCHITECTURES);
    Set<SubTransformer> distinct = random(space, wanted, settings.get(TrainingSettings.SEED));
    if (distinct.size() < wanted) {
      throw settings.error(ARCHITECTURES, "at most what the search space has");
    }
    return distinct;
  }

  /**
   * Distinct random architectures, the first ones the same however many there are; fewer than
   * {@code wanted} in a space that has no more.
   */
  static Set<SubTransformer> random(SearchSpace space, int wanted, long seed) {
    Set<SubTransformer> distinct = new LinkedHashSet<>();
    for (int i = 0; i < 100 * wanted && distinct.size() < wanted; i++) {
      distinct.add(space.sample(new SplittableRandom(Seeds.derive(seed, "evaluate-supernet", i))));
    }
    return distinct;
  }

  /** Refuses to mix results of other settings or another checkpoint. */
  private void begin(Settings settings, String checkpoint, Path folder) {
    Map<String, Object> decisive = new HashMap<>(settings.toMap());
    List<String> keys = settings().stream().map(Setting::key).toList();
    decisive.keySet().retainAll(keys);
    for (Setting<?> free :
        List.of(ARCHITECTURES, EVALUATION_DIR, TrainingSettings.THREADS, TrainTask.RESTORE_FILE)) {
      decisive.remove(free.key());
    }
    decisive.put("checkpoint", checkpoint);
    BegunWith now = BegunWith.of(decisive);
    Path file = folder.resolve(BEGUN);
    if (Files.exists(file)) {
      now.check(Json.read(file), "evaluation", file);
    } else {
      AtomicFile.writeString(file, Json.pretty(now.settings()));
    }
  }

  /** Trains, scores the best checkpoint, and deletes it. */
  private static double standalone(
      Settings settings, SubTransformer architecture, Path folder, Scorer scorer, Machine machine) {
    Path training = folder.resolve("training");
    Path yaml = folder.resolve("training.yml");
    if (!Files.exists(yaml) || !SubTransformerFile.read(yaml).equals(architecture)) {
      delete(training);
      SubTransformerFile.write(yaml, architecture, List.of("being trained by evaluate-supernet"));
    }
    List<Path> files = new ArrayList<>(settings.files());
    files.add(yaml);
    Map<String, String> options = new LinkedHashMap<>(settings.overrides());
    options.put(TrainTask.SAVE_DIR.key(), training.toString());
    options.put(TrainTask.INIT.key(), "scratch");
    new TrainTask(true).run(Settings.load(files, options, AllSettings.known()));
    double score;
    try (Checkpoint checkpoint = Checkpoint.open(training.resolve(Checkpoint.BEST));
        SuperTransformer alone = checkpoint.model(machine.device(), false)) {
      score = scorer.score(alone, architecture);
    }
    delete(training);
    return score;
  }

  private static void delete(Path folder) {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path one : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(one);
      }
    } catch (IOException e) {
      throw new MosException("cannot delete " + folder + ": " + AtomicFile.describe(e), e);
    }
  }

  private static ObjectNode figures(Settings settings, List<ObjectNode> results) {
    double[] inherited = column(results, "inherited");
    double[] standalone = column(results, "standalone");
    double[] shallow = column(results, "decoder_layers");
    for (int i = 0; i < shallow.length; i++) {
      shallow[i] = -shallow[i];
    }
    long seed = Seeds.derive(settings.get(TrainingSettings.SEED), "bootstrap");
    RankAgreement found = RankAgreement.of(inherited, standalone, seed);
    RankAgreement byDepth = RankAgreement.of(shallow, standalone, seed);
    ObjectNode figures = Json.object();
    figures.put("fitness", settings.get(Scorer.FITNESS));
    figures.put("updates", settings.get(TrainingSettings.SUB_MAX_UPDATE));
    figures.put("count", found.count());
    put(figures, "mae", found.meanAbsoluteError(), found.errorInterval());
    put(figures, "kendall_tau", found.kendallTau(), found.tauInterval());
    put(figures, "kendall_tau_decoder_depth", byDepth.kendallTau(), byDepth.tauInterval());
    ArrayNode all = figures.putArray("architectures");
    results.forEach(all::add);
    return figures;
  }

  private static void put(
      ObjectNode figures, String key, double value, RankAgreement.Interval interval) {
    figures.put(key, finite(value));
    figures.putArray(key + "_95").add(finite(interval.low())).add(finite(interval.high()));
  }

  private static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }

  private static double[] column(List<ObjectNode> results, String key) {
    return results.stream().mapToDouble(result -> result.path(key).asDouble()).toArray();
  }

  @Override
  public String describe(ObjectNode figures) {
    Table table = Table.of(">", ">decoder layers", ">inherited", ">standalone", ">difference");
    int number = 0;
    for (JsonNode one : figures.path("architectures")) {
      double inherited = one.path("inherited").asDouble();
      double standalone = one.path("standalone").asDouble();
      table.row(
          ++number,
          one.path("decoder_layers").asInt(),
          number(inherited),
          number(standalone),
          number(inherited - standalone));
    }
    return table
        + String.format(
            Locale.ROOT,
            "mean absolute error %s%nKendall's tau %s%nof decoder depth alone %s",
            withInterval(figures, "mae"),
            withInterval(figures, "kendall_tau"),
            withInterval(figures, "kendall_tau_decoder_depth"));
  }

  private static String withInterval(ObjectNode figures, String key) {
    JsonNode interval = figures.path(key + "_95");
    return number(figures.path(key).asDouble(Double.NaN))
        + " (95%: "
        + number(interval.path(0).asDouble(Double.NaN))
        + " to "
        + number(interval.path(1).asDouble(Double.NaN))
        + ")";
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "n/a" : String.format(Locale.ROOT, "%.4f", value);
  }
}
