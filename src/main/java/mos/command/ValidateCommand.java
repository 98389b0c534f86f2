package mos.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import mos.command.settings.AllSettings;
import mos.command.settings.DataSettings;
import mos.command.settings.EvaluationSettings;
import mos.command.settings.FileSettings;
import mos.command.settings.LossSettings;
import mos.command.settings.MachineSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.experiment.Experiment;
import mos.experiment.ModelValidation;
import mos.results.LossFigures;
import mos.results.Validation;
import mos.space.SubTransformerFile;

/** Loss and perplexity of a checkpoint, for one or several architectures. */
public final class ValidateCommand implements Command<Validation> {
  @Override
  public String name() {
    return "validate";
  }

  @Override
  public String description() {
    return "Of a SuperTransformer it takes the largest and the smallest SubTransformer, or those that"
        + " --sub-configs names, one entry a file.";
  }

  @Override
  public String example() {
    return "validate --data data --path supernet/checkpoint_best.safetensors"
        + " --sub-configs small.yml,large.yml --json";
  }

  @Override
  public List<Setting<?>> settings() {
    List<Setting<?>> settings = new ArrayList<>(DataSettings.ofFolder());
    settings.addAll(SubTransformerFile.settings());
    settings.addAll(MachineSettings.ofComputing());
    settings.addAll(
        List.of(
            FileSettings.PATH,
            DataSettings.VALID_SUBSET,
            EvaluationSettings.RANDOM_ARCHITECTURES,
            MachineSettings.SEED,
            DataSettings.MAX_TOKENS,
            LossSettings.LABEL_SMOOTHING));
    return settings;
  }

  @Override
  public Class<Validation> result() {
    return Validation.class;
  }

  @Override
  public Experiment<Validation> experiment(Settings settings) {
    return new ModelValidation(
        settings.get(FileSettings.PATH),
        DataSettings.source(settings),
        settings.get(DataSettings.VALID_SUBSET),
        new ModelValidation.Which(
            SubTransformerFile.given(settings)
                ? Optional.of(SubTransformerFile.all(settings, AllSettings.known()))
                : Optional.empty(),
            new ModelValidation.Random(
                settings.get(EvaluationSettings.RANDOM_ARCHITECTURES),
                settings.get(MachineSettings.SEED),
                settings.where(EvaluationSettings.RANDOM_ARCHITECTURES))),
        settings.get(DataSettings.MAX_TOKENS),
        settings.get(LossSettings.LABEL_SMOOTHING),
        MachineSettings.compute(settings));
  }

  @Override
  public String describe(Validation result) {
    return result.losses().entrySet().stream()
        .map(entry -> line(entry.getKey(), entry.getValue()))
        .collect(Collectors.joining(System.lineSeparator()));
  }

  private static String line(String name, LossFigures loss) {
    return String.format(
        Locale.ROOT,
        "%s: loss %.4f, nll %.4f, perplexity %.2f",
        name,
        loss.loss(),
        loss.nllLoss(),
        loss.ppl());
  }
}
