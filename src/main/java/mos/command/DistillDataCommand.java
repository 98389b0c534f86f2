package mos.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import mos.command.settings.DataSettings;
import mos.command.settings.DecodingSettings;
import mos.command.settings.DistillSettings;
import mos.command.settings.FileSettings;
import mos.command.settings.MachineSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.experiment.Distillation;
import mos.results.DistillationFigures;
import mos.space.SubTransformerFile;

/** Makes a data folder with a teacher's translations as training targets. */
public final class DistillDataCommand implements Command<DistillationFigures> {
  @Override
  public String name() {
    return "distill-data";
  }

  @Override
  public String description() {
    return "The teacher translates the training set, and its translations become the targets to train"
        + " on (sequence-level knowledge distillation). The same command continues.";
  }

  @Override
  public String example() {
    return "distill-data --data data --path teacher/checkpoint_best.safetensors --beam 5"
        + " --distill-dir distilled";
  }

  @Override
  public List<Setting<?>> settings() {
    List<Setting<?>> settings = new ArrayList<>(DataSettings.ofFolder());
    settings.addAll(SubTransformerFile.settings());
    settings.addAll(DecodingSettings.ofTranslation());
    settings.remove(DecodingSettings.NBEST);
    settings.addAll(MachineSettings.ofComputing());
    settings.addAll(
        List.of(
            FileSettings.PATH,
            DistillSettings.DIR,
            DistillSettings.PART,
            MachineSettings.DETERMINISTIC,
            MachineSettings.NUM_GPUS,
            MachineSettings.DISTRIBUTED_TIMEOUT,
            MachineSettings.ELASTIC));
    return settings;
  }

  @Override
  public void check(Settings settings) {
    experiment(settings);
  }

  @Override
  public Distillation experiment(Settings settings) {
    Path data = settings.get(DataSettings.DATA);
    Path folder = settings.get(DistillSettings.DIR);
    if (DataSettings.source(settings).folders().all().size() > 1) {
      throw settings.error(DataSettings.DATA, "one folder; translate one after the other");
    }
    if (Identity.real(folder).equals(Identity.real(data))) {
      throw settings.error(DistillSettings.DIR, "another folder than data");
    }
    return new Distillation(
        DecodingSettings.translator(settings, DecodingSettings.best(settings)),
        folder,
        settings.get(DistillSettings.PART),
        told(settings));
  }

  @Override
  public Class<DistillationFigures> result() {
    return DistillationFigures.class;
  }

  @Override
  public String describe(DistillationFigures figures) {
    return String.format(
        Locale.ROOT,
        "%d sentences, %d of them with their own references, %d target tokens: %s",
        figures.sentences(),
        figures.referencesKept(),
        figures.targetTokens(),
        figures.data());
  }
}
