package mos.command;

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
    Set<Setting<?>> settings = new LinkedHashSet<>(TrainingCommand.settings(true));
    settings.remove(FileSettings.SAVE_DIR);
    settings.remove(MachineSettings.ZERO_SHARDING);
    settings.add(FileSettings.RESTORE_FILE);
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
    TrainingSettings.of(settings, true);
    DecodingSettings.best(settings);
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
        FileSettings.supernet(settings, FileSettings.RESTORE_FILE),
        architectures(settings, space),
        SearchSettings.scoring(settings),
        settings.get(DataSettings.VALID_SUBSET),
        ModelSettings.anyVocabulary(settings, space),
        TrainingSettings.setup(settings, true, settings.get(EvaluationSettings.EVALUATION_DIR)),
        () -> begun(settings),
        told(settings));
  }

  @Override
  public Set<Setting<?>> comparedByContent() {
    return Set.of(FileSettings.RESTORE_FILE);
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
    return table
        + String.format(
            Locale.ROOT,
            "mean absolute error %s%nKendall's tau %s%nof decoder depth alone %s",
            withInterval(result.mae(), result.maeInterval()),
            withInterval(result.kendallTau(), result.kendallTauInterval()),
            withInterval(result.kendallTauDecoderDepth(), result.kendallTauDecoderDepthInterval()));
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
