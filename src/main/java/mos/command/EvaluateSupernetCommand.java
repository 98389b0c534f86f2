package mos.command;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
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
import mos.experiment.BegunWith;
import mos.experiment.Experiment;
import mos.experiment.RandomArchitectures;
import mos.results.EvaluatedArchitecture;
import mos.results.EvaluatedSupernet;
import mos.results.SupernetEvaluationFigures;
import mos.space.SearchSpace;
import mos.space.SearchSpaceSettings;
import mos.space.SubTransformer;

/** How well a SuperTransformer tells what its SubTransformers are worth. */
public final class EvaluateSupernetCommand implements Command<SupernetEvaluationFigures> {
  @Override
  public String name() {
    return "evaluate-supernet";
  }

  @Override
  public String description() {
    return "Random SubTransformers are each trained alone for --sub-max-update updates, once for all"
        + " SuperTransformers that are named (--restore-file A,B). Shown are, by loss, BLEU,"
        + " sacreBLEU and chrF2: mean absolute error, Kendall's tau with 95% intervals, and regret,"
        + " the loss of trusting the first rank; beside what decoder depth, parameters and FLOPs"
        + " tell. The same command continues; scores that are there need no checkpoint any more."
        + " With --num-gpus and --parallel each process does some of the"
        + " work.";
  }

  @Override
  public String example() {
    return "evaluate-supernet --configs configs/tasks/sample.yml --data out/data --restore-file"
        + " out/supernet/checkpoint_best.safetensors --architectures 10"
        + " --evaluation-dir out/supernet-evaluation";
  }

  @Override
  public List<Setting<?>> settings() {
    Set<Setting<?>> settings = new LinkedHashSet<>(TrainingCommand.settings(true));
    settings.remove(FileSettings.SAVE_DIR);
    settings.remove(MachineSettings.ZERO_SHARDING);
    settings.add(EvaluationSettings.SUPERNETS);
    settings.addAll(SearchSettings.ofScoring());
    settings.addAll(
        List.of(
            MachineSettings.PARALLEL,
            EvaluationSettings.ARCHITECTURES,
            EvaluationSettings.EVALUATION_DIR,
            EvaluationSettings.TRANSLATIONS));
    return List.copyOf(settings);
  }

  @Override
  public Map<String, Setting<?>> publishedNames() {
    Map<String, Setting<?>> names = new HashMap<>(TrainingSettings.PUBLISHED_OF_SUBTRANSFORMERS);
    names.put(FileSettings.RESTORE_FILE.key(), EvaluationSettings.SUPERNETS);
    return names;
  }

  @Override
  public void check(Settings settings) {
    TrainingSettings.of(settings, true);
    DecodingSettings.best(settings);
    EvaluationSettings.quality(settings);
  }

  @Override
  public List<String> splits(Settings settings) {
    return List.of("train", "valid", settings.get(DataSettings.VALID_SUBSET));
  }

  @Override
  public Class<SupernetEvaluationFigures> result() {
    return SupernetEvaluationFigures.class;
  }

  @Override
  public Experiment<SupernetEvaluationFigures> experiment(Settings settings) {
    SearchSpace space = SearchSpaceSettings.space(settings);
    return new mos.experiment.SupernetEvaluation(
        EvaluationSettings.supernets(settings),
        architectures(settings, space),
        EvaluationSettings.quality(settings),
        settings.get(SearchSettings.FITNESS),
        settings.get(DataSettings.VALID_SUBSET),
        ModelSettings.anyVocabulary(settings, space),
        TrainingSettings.setup(settings, true, settings.get(EvaluationSettings.EVALUATION_DIR)),
        () -> begun(settings),
        told(settings));
  }

  @Override
  public Set<Setting<?>> comparedByContent() {
    return Set.of(EvaluationSettings.SUPERNETS);
  }

  private BegunWith begun(Settings settings) {
    Map<String, Object> decisive = Identity.ofCommand().of(this, settings);
    return Identity.begun(this, settings, decisive);
  }

  private static List<SubTransformer> architectures(Settings settings, SearchSpace space) {
    int wanted = settings.get(EvaluationSettings.ARCHITECTURES);
    Set<SubTransformer> drawn =
        RandomArchitectures.draw(space, wanted, settings.get(MachineSettings.SEED));
    if (drawn.size() < wanted) {
      throw settings.error(EvaluationSettings.ARCHITECTURES, "at most what the search space has");
    }
    return List.copyOf(drawn);
  }

  @Override
  public String describe(SupernetEvaluationFigures result) {
    Table table = Table.of(">", ">decoder layers", ">inherited", ">standalone", ">difference");
    int number = 0;
    for (EvaluatedArchitecture one : result.architectures()) {
      table.row(
          ++number,
          one.decoderLayers(),
          number(one.inherited()),
          number(one.standalone()),
          number(one.inherited() - one.standalone()));
    }
    Table agreement =
        Table.of(
            "ranked by",
            "measure",
            ">mean abs. error",
            ">bias",
            ">error without bias",
            ">Kendall's tau",
            ">95% interval",
            ">within a depth",
            ">regret");
    result.supernets().forEach(one -> rows(agreement, one));
    result.baselines().forEach(one -> rows(agreement, one));
    return table
        + "\n"
        + agreement
        + String.format(
            Locale.ROOT,
            "%nmean absolute error %s%nKendall's tau %s%nof decoder depth alone %s",
            withInterval(result.mae(), result.maeInterval()),
            withInterval(result.kendallTau(), result.kendallTauInterval()),
            withInterval(result.kendallTauDecoderDepth(), result.kendallTauDecoderDepthInterval()));
  }

  private static void rows(Table table, EvaluatedSupernet one) {
    one.agreement()
        .forEach(
            (measure, figures) -> {
              List<Double> interval = figures.kendallTauInterval();
              table.row(
                  one.name().replace('_', ' '),
                  measure,
                  one.inherited() == null ? "" : number(figures.mae()),
                  one.inherited() == null ? "" : number(figures.bias()),
                  one.inherited() == null ? "" : number(figures.maeWithoutBias()),
                  number(figures.kendallTau()),
                  number(interval.get(0)) + " to " + number(interval.get(1)),
                  number(figures.kendallTauWithinDepth()),
                  number(figures.regret()));
            });
  }

  private static String withInterval(Double value, List<Double> interval) {
    return number(value)
        + " (95%: "
        + number(interval.get(0))
        + " to "
        + number(interval.get(1))
        + ")";
  }

  private static String number(Double value) {
    return value == null ? "n/a" : String.format(Locale.ROOT, "%.4f", value);
  }
}
