package mos.run;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import mos.command.Command;
import mos.command.settings.ConstraintSettings;
import mos.command.settings.DataSettings;
import mos.command.settings.DecodingSettings;
import mos.command.settings.EvolutionSettings;
import mos.command.settings.MachineSettings;
import mos.command.settings.ModelSettings;
import mos.command.settings.RunSettings;
import mos.command.settings.SearchSettings;
import mos.command.settings.TrainingSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.experiment.Experiment;
import mos.results.RunSummary;

/** The whole pipeline. Interrupted and repeated, it continues and redoes nothing. */
public final class RunCommand implements Command<RunSummary> {
  @Override
  public String name() {
    return "run";
  }

  @Override
  public String description() {
    return "The stages: supernet, latency data, predictor, search, measuring, training of the found"
        + " SubTransformer, scores. The same command continues where it stopped and redoes nothing"
        + " that is finished and unchanged.";
  }

  @Override
  public String example() {
    return "run --task sample --output_dir out/sample";
  }

  @Override
  public List<Setting<?>> settings() {
    List<Setting<?>> settings = new ArrayList<>(RunSettings.ofRun());
    settings.add(RunSettings.FROM);
    settings.addAll(StageSettings.all());
    return settings;
  }

  @Override
  public Set<Setting<?>> first() {
    Set<Setting<?>> first = new HashSet<>(RunSettings.ofRun());
    first.addAll(
        List.of(
            RunSettings.FROM,
            DataSettings.DATA,
            ModelSettings.MAX_EXPERTS,
            TrainingSettings.MAX_UPDATE,
            TrainingSettings.SUB_MAX_UPDATE,
            DataSettings.MAX_TOKENS,
            ConstraintSettings.LATENCY,
            EvolutionSettings.EVO_ITER,
            SearchSettings.FRONT,
            DecodingSettings.BEAM,
            MachineSettings.SEED,
            MachineSettings.DEVICE,
            MachineSettings.THREADS));
    return first;
  }

  @Override
  public Class<RunSummary> result() {
    return RunSummary.class;
  }

  /** Its stages start processes themselves. */
  @Override
  public boolean shared() {
    return false;
  }

  @Override
  public Experiment<RunSummary> experiment(Settings given) {
    return processes -> new Run(given).toItsEnd();
  }

  @Override
  public boolean succeeded(RunSummary summary) {
    return summary.constraints().met();
  }

  @Override
  public String describe(RunSummary summary) {
    return SummaryText.of(summary);
  }
}
