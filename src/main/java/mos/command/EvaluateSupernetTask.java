package mos.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import mos.base.AtomicFile;
import mos.base.DataLock;
import mos.base.FolderLock;
import mos.base.Json;
import mos.base.Seeds;
import mos.base.Sha256;
import mos.command.settings.DataSettings;
import mos.command.settings.DecodingSettings;
import mos.command.settings.EvaluationSettings;
import mos.command.settings.FileSettings;
import mos.command.settings.MachineSettings;
import mos.command.settings.ModelSettings;
import mos.command.settings.SearchSettings;
import mos.command.settings.TrainingSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.console.Table;
import mos.data.ParallelCorpus;
import mos.distributed.Launch;
import mos.distributed.SharedWork;
import mos.experiment.DataFolder;
import mos.experiment.Provenance;
import mos.experiment.Scorer;
import mos.model.SuperTransformer;
import mos.search.RankAgreement;
import mos.space.ConfigurationDictionary;
import mos.space.SearchSpace;
import mos.space.SearchSpaceSettings;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;
import mos.tensor.Compute;
import mos.tensor.Devices;
import mos.tensor.Precision;
import mos.train.Checkpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How well a SuperTransformer tells what its SubTransformers are worth: inherited against
 * standalone quality of random architectures, each trained alone.
 *
 * <p>Source: Mixture-of-Supernets (2024), section 4 (mean absolute error and Kendall's tau between
 * supernet and standalone performance).
 */
public final class EvaluateSupernetTask implements Command<ObjectNode> {
  private static final Logger LOG = LoggerFactory.getLogger(EvaluateSupernetTask.class);
  private static final String BEGUN = "begun.json";

  @Override
  public String name() {
    return "evaluate-supernet";
  }

  @Override
  public String description() {
    return "Random SubTransformers are each trained alone for --sub-max-update updates; shown are mean"
        + " absolute error and Kendall's tau with 95% intervals, beside what decoder depth alone"
        + " tells. The same command continues; with --num-gpus each process trains some of them.";
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
    settings.removeAll(List.of(FileSettings.SAVE_DIR, TrainingSettings.INIT));
    settings.addAll(SearchSettings.ofScoring());
    settings.addAll(List.of(EvaluationSettings.ARCHITECTURES, EvaluationSettings.EVALUATION_DIR));
    return List.copyOf(settings);
  }

  @Override
  public Map<String, Setting<?>> publishedNames() {
    return TrainingSettings.PUBLISHED_OF_SUBTRANSFORMERS;
  }

  @Override
  public void check(Settings settings) {
    new TrainTask(true).check(settings);
    DecodingSettings.best(settings);
  }

  @Override
  public Object configuration(Settings settings) {
    DataSettings.ofFolder().forEach(settings::find);
    SearchSpaceSettings.settings().forEach(settings::find);
    ModelSettings.settings().forEach(settings::find);
    MachineSettings.ofComputing().forEach(settings::find);
    settings.get(DataSettings.VALID_SUBSET);
    SearchSettings.scoring(settings);
    settings.get(EvaluationSettings.ARCHITECTURES);
    return TrainingSettings.of(settings, true, Precision.FP32);
  }

  @Override
  public List<String> splits(Settings settings) {
    return List.of("train", "valid", settings.get(DataSettings.VALID_SUBSET));
  }

  @Override
  public Class<ObjectNode> result() {
    return ObjectNode.class;
  }

  @Override
  public ObjectNode run(Settings settings) {
    return Sharing.run(
        name(), settings, true, (shared, launch) -> evaluate(settings, shared, launch));
  }

  private ObjectNode evaluate(Settings settings, SharedWork shared, Optional<Launch> launch) {
    Compute machine = MachineSettings.compute(settings).setUp(launch);
    DataFolder data = DataFolder.open(DataSettings.source(settings));
    Path file = FileSettings.supernet(settings, FileSettings.RESTORE_FILE);
    Path folder = settings.get(EvaluationSettings.EVALUATION_DIR);
    List<ObjectNode> results = new ArrayList<>();
    try (Checkpoint checkpoint = Checkpoint.open(file);
        FolderLock lock = shared.leads() ? FolderLock.of(folder) : null;
        SuperTransformer supernet = checkpoint.model(machine.device(), false);
        DataLock reading = data.reading();
        ParallelCorpus valid = data.split(settings.get(DataSettings.VALID_SUBSET))) {
      data.check(checkpoint.description(), file.toString());
      String hash = Sha256.of(file);
      shared.same(
          "what decides a score",
          Json.line(SearchSettings.scoring(settings).origin(valid, machine, hash)));
      List<SubTransformer> architectures = List.copyOf(architectures(settings));
      Scorer scorer =
          SearchSettings.scoring(settings)
              .open(data, valid, settings.get(DataSettings.VALID_SUBSET), machine);
      StandaloneTrainings alone = new StandaloneTrainings(settings, folder, scorer, machine);
      UnaryOperator<String> one =
          number -> {
            int i = Integer.parseInt(number);
            LOG.info("architecture {} of {}", i, architectures.size());
            SubTransformer architecture = architectures.get(i - 1);
            ObjectNode result = Json.object();
            result.put("decoder_layers", architecture.decoderLayers());
            result.put("inherited", scorer.score(supernet, architecture));
            result.put("standalone", alone.score(i, architecture));
            result.set("architecture", ConfigurationDictionary.toJson(architecture));
            return Json.line(result);
          };
      if (!shared.leads()) {
        return Sharing.help(shared, one);
      }
      begin(settings, hash, folder);
      List<String> missing =
          IntStream.rangeClosed(1, architectures.size())
              .filter(i -> !Files.exists(record(folder, i)))
              .mapToObj(Integer::toString)
              .toList();
      shared.compute(
          missing,
          one,
          (item, result) -> {
            int i = Integer.parseInt(missing.get(item));
            AtomicFile.writeString(
                record(folder, i), Json.pretty(Json.parse(result, "architecture " + i)));
            alone.delete(i);
          });
      for (int i = 1; i <= architectures.size(); i++) {
        results.add((ObjectNode) Json.read(record(folder, i)));
      }
      ObjectNode figures = figures(settings, results);
      Map<String, String> made =
          Provenance.of(
              data, Devices.describe(machine.device()), Optional.of(file), "train", "valid");
      figures.set("provenance", Reproduction.withSettings(made, this, settings));
      AtomicFile.writeString(folder.resolve("evaluation.json"), Json.pretty(figures));
      return figures;
    }
  }

  private static Set<SubTransformer> architectures(Settings settings) {
    SearchSpace space = SearchSpaceSettings.space(settings);
    int wanted = settings.get(EvaluationSettings.ARCHITECTURES);
    Set<SubTransformer> distinct = random(space, wanted, settings.get(MachineSettings.SEED));
    if (distinct.size() < wanted) {
      throw settings.error(EvaluationSettings.ARCHITECTURES, "at most what the search space has");
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
    Map<String, Object> decisive = Identity.ofCommand().of(this, settings);
    decisive.put("checkpoint", checkpoint);
    BegunWith now = BegunWith.of(this, settings, decisive);
    Path file = folder.resolve(BEGUN);
    if (Files.exists(file)) {
      now.check(Json.read(file), "evaluation", file);
    } else {
      AtomicFile.writeString(file, Json.pretty(now.settings()));
    }
  }

  private static Path record(Path folder, int number) {
    return folder.resolve(String.format(Locale.ROOT, "architecture-%03d.json", number));
  }

  private static ObjectNode figures(Settings settings, List<ObjectNode> results) {
    double[] inherited = column(results, "inherited");
    double[] standalone = column(results, "standalone");
    double[] shallow = column(results, "decoder_layers");
    for (int i = 0; i < shallow.length; i++) {
      shallow[i] = -shallow[i];
    }
    long seed = Seeds.derive(settings.get(MachineSettings.SEED), "bootstrap");
    RankAgreement found = RankAgreement.of(inherited, standalone, seed);
    RankAgreement byDepth = RankAgreement.of(shallow, standalone, seed);
    ObjectNode figures = Json.object();
    figures.put("fitness", settings.get(SearchSettings.FITNESS));
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
