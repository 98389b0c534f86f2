package mos.command;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import mos.command.settings.AllSettings;
import mos.command.settings.FileSettings;
import mos.command.settings.LossSettings;
import mos.command.settings.ModelSettings;
import mos.command.settings.TrainingSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.experiment.Experiment;
import mos.experiment.SupernetTraining;
import mos.results.TrainingFigures;
import mos.space.SearchSpace;
import mos.space.SearchSpaceSettings;
import mos.space.SubTransformerFile;
import mos.train.TrainingConfig;

/** Trains a SuperTransformer; one SubTransformer where the settings describe or ask for one. */
public final class TrainCommand extends TrainingCommand {
  private static final TrainSubTransformerCommand SINGLE = new TrainSubTransformerCommand();

  @Override
  public String name() {
    return "train";
  }

  @Override
  public String description() {
    return "One SubTransformer is trained with --train-subtransformer or --sub-configs. The same"
        + " command continues an interrupted training.";
  }

  @Override
  public String example() {
    return "train --configs configs/tasks/sample.yml --data data --save-dir supernet";
  }

  @Override
  public List<Setting<?>> settings() {
    List<Setting<?>> settings = settings(false);
    settings.addAll(List.of(TrainingSettings.SANDWICH_RULE, TrainingSettings.TRAIN_SUBTRANSFORMER));
    return settings;
  }

  @Override
  public List<Setting<?>> options() {
    Set<Setting<?>> options = new LinkedHashSet<>(settings());
    options.addAll(SINGLE.settings());
    return List.copyOf(options);
  }

  @Override
  public void check(Settings settings) {
    if (describesSubTransformer(settings)) {
      SINGLE.check(asSingle(settings));
      return;
    }
    settings.refuseOthers(
        settings(), "read only where one SubTransformer is trained (--train-subtransformer)");
    TrainingConfig training = TrainingSettings.of(settings, false);
    boolean taught = training.gradients().distillation().active();
    if (!taught && settings.overrides().containsKey(LossSettings.DISTILL_WEIGHT.key())) {
      throw settings.error(LossSettings.DISTILL_WEIGHT, "left out without distill");
    }
    if (taught && !settings.get(TrainingSettings.SANDWICH_RULE)) {
      throw settings.error(
          LossSettings.DISTILL, "none without sandwich-rule: nobody is there to teach");
    }
  }

  @Override
  public Experiment<TrainingFigures> experiment(Settings settings) {
    if (describesSubTransformer(settings)) {
      return SINGLE.experiment(asSingle(settings));
    }
    SearchSpace space = SearchSpaceSettings.space(settings);
    return new SupernetTraining(
        space,
        ModelSettings.anyVocabulary(settings, space),
        settings.get(TrainingSettings.SANDWICH_RULE),
        TrainingSettings.setup(settings, false, settings.get(FileSettings.SAVE_DIR)));
  }

  /** Whether one SubTransformer is to be trained: it is asked for, or one is described. */
  private static boolean describesSubTransformer(Settings settings) {
    return settings.has(TrainingSettings.TRAIN_SUBTRANSFORMER)
        ? settings.get(TrainingSettings.TRAIN_SUBTRANSFORMER)
        : SubTransformerFile.given(settings);
  }

  private static Settings asSingle(Settings settings) {
    return settings.renamed(SINGLE.publishedNames(), AllSettings.known());
  }
}
