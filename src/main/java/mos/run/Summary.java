package mos.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mos.base.AtomicFile;
import mos.base.CommandWords;
import mos.base.LineReader;
import mos.command.settings.DataSettings;
import mos.command.settings.ModelSettings;
import mos.command.settings.RunSettings;
import mos.command.settings.TaskFile;
import mos.config.Settings;
import mos.experiment.DataFolder;
import mos.experiment.Provenance;
import mos.host.Hardware;
import mos.results.ConstraintResult;
import mos.results.ExampleTranslation;
import mos.results.FrontPoint;
import mos.results.MeasureFigures;
import mos.results.Quantity;
import mos.results.ResultJson;
import mos.results.RunProvenance;
import mos.results.RunSummary;
import mos.results.SearchFigures;
import mos.results.TakenFigures;
import mos.results.TrainingFigures;
import mos.run.StageResults.Key;
import mos.space.SubTransformerFile;

/** Writes what a run found: {@code summary.json}, and the file of translations beside it. */
final class Summary {
  private static final int EXAMPLES = 40;

  private final Settings settings;
  private final Settings effective;
  private final StageResults results;

  /**
   * @param settings of the run
   */
  Summary(Settings settings, List<Stage> stages, StageResults results) {
    this.settings = settings;
    this.effective = effective(stages);
    this.results = results;
  }

  private static Settings effective(List<Stage> stages) {
    Stage supernet =
        stages.stream().filter(stage -> stage.is(Key.SUPERNET)).findFirst().orElseThrow();
    return supernet.allSettings();
  }

  /** Writes summary.json and translations.jsonl. */
  RunSummary write(Path out) {
    TrainingFigures trained = results.of(Key.SUPERNET);
    SearchFigures search = results.of(Key.SEARCH);
    MeasureFigures measured = results.of(Key.MEASURE);
    List<TakenFigures> taken = Taken.ofThisSupernet(out);
    RunSummary summary =
        new RunSummary(
            TaskFile.of(settings).name(),
            out.toString(),
            effective.get(ModelSettings.MOS_TYPE),
            effective.get(ModelSettings.MAX_EXPERTS),
            new RunSummary.Supernet(
                trained.bestLoss(),
                trained.valid(),
                trained.updates(),
                trained.parameters(),
                trained.tokensPerSecond()),
            architecture(Answer.found(out).architecture()),
            new RunSummary.Measured(measured.latency().latencyMs(), search.latency().latencyMs()),
            limits(measured),
            measured.constraints(),
            measured.largest(),
            results.counted(),
            measured.hardware(),
            new RunSummary.Losses(search.chosen().loss(), results.of(Key.TRAIN).bestLoss()),
            search.baselines(),
            search.front() == null
                ? null
                : search.front().stream().map(FrontPoint::withoutArchitecture).toList(),
            results.bleu(),
            results.sacrebleu(),
            results.chrf(),
            ComparedModels.of(results),
            taken.isEmpty() ? null : taken,
            results.of(Key.PREDICTOR),
            results.seconds(),
            provenance(measured.hardware(), out));
    ResultJson.write(out.resolve(RunSummary.FILE_NAME), summary);
    examples(out);
    return summary;
  }

  /** The architecture of a file under HAT's keys: widths and depths are numbers, the rest lists. */
  static Map<String, Object> architecture(Path file) {
    Settings found = Settings.load(List.of(file), Map.of(), SubTransformerFile.settings());
    Map<String, Object> architecture = new LinkedHashMap<>();
    found
        .toMap()
        .forEach(
            (key, value) -> {
              boolean single =
                  !key.contains("-all-") && value instanceof List<?> l && l.size() == 1;
              architecture.put(key, single ? ((List<?>) value).get(0) : value);
            });
    return architecture;
  }

  private static RunSummary.LimitValues limits(MeasureFigures measured) {
    return new RunSummary.LimitValues(
        limit(measured, Quantity.LATENCY),
        limit(measured, Quantity.FLOPS),
        limit(measured, Quantity.PARAMS));
  }

  /** In the quantity's unit, null where there is none. */
  private static Double limit(MeasureFigures measured, Quantity quantity) {
    return measured.constraints().all().stream()
        .filter(one -> one.quantity() == quantity)
        .map(ConstraintResult::limitValue)
        .findFirst()
        .orElse(null);
  }

  private RunProvenance provenance(Hardware hardware, Path out) {
    List<String> command = new ArrayList<>(List.of("./mos", "run"));
    settings.files().forEach(file -> command.addAll(List.of("--configs", file.toString())));
    settings.overrides().forEach((key, value) -> command.addAll(List.of("--" + key, value)));
    Map<String, String> versions = Provenance.versions();
    Map<String, Object> all = effective.toMap();
    // No stage has the settings of the run itself: there they stand at their defaults.
    Map<String, Object> run = settings.toMap();
    RunSettings.ofRun()
        .forEach(one -> all.computeIfPresent(one.key(), (key, there) -> run.get(key)));
    DataFolder data = DataFolder.open(DataSettings.source(effective));
    return new RunProvenance(
        CommandWords.join(command),
        hardware.spec(),
        hardware.cpuModel(),
        hardware.logicalCores(),
        hardware.threads(),
        hardware.precision(),
        hardware.device(),
        versions.get("java"),
        versions.get("libtorch"),
        versions.get("version"),
        data.hashes("train", "valid", "test"),
        Reproduction.told(settings),
        Reproduction.artefacts(out),
        all);
  }

  /** Source, reference and both translations of the first test sentences. */
  private static void examples(Path out) {
    Path inherited = out.resolve("translations/inherited_test");
    Path last = out.resolve("translations/final_test");
    List<String> sources = lines(last, ".src.txt");
    List<String> references = lines(last, ".ref.txt");
    List<String> before = lines(inherited, ".hyp.txt");
    List<String> after = lines(last, ".hyp.txt");
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < Math.min(EXAMPLES, sources.size()); i++) {
      text.append(
              ResultJson.line(
                  new ExampleTranslation(
                      sources.get(i), references.get(i), before.get(i), after.get(i))))
          .append('\n');
    }
    AtomicFile.writeString(out.resolve(ExampleTranslation.FILE_NAME), text.toString());
  }

  private static List<String> lines(Path prefix, String ending) {
    return LineReader.all(prefix.resolveSibling(prefix.getFileName() + ending));
  }
}
