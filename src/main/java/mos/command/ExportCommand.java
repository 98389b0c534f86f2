package mos.command;

import java.util.ArrayList;
import java.util.List;
import mos.command.settings.DataSettings;
import mos.command.settings.ExportSettings;
import mos.command.settings.FileSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.experiment.Export;
import mos.results.ExportFigures;
import mos.space.SubTransformerFile;

/** Writes one SubTransformer as a plain Transformer that needs neither supernet nor experts. */
public final class ExportCommand implements Command<ExportFigures> {
  @Override
  public String name() {
    return "export";
  }

  @Override
  public String description() {
    return "The folder has model.safetensors and config.json, and with --data all that raw text"
        + " needs: dictionaries, BPE codes, the tokeniser's lists. From a SuperTransformer's checkpoint it is materialised"
        + " for --sub-configs. docs/python.md reads it in PyTorch. --format"
        + " ctranslate2 and onnx are for other runtimes: docs/ctranslate2.md, docs/onnx.md.";
  }

  @Override
  public String example() {
    return "export --path supernet/checkpoint_best.safetensors --sub-configs arch.yml --data data"
        + " --out model";
  }

  @Override
  public List<Setting<?>> settings() {
    List<Setting<?>> settings = new ArrayList<>(SubTransformerFile.settings());
    settings.addAll(DataSettings.ofFolder());
    settings.addAll(
        List.of(
            FileSettings.PATH,
            FileSettings.OUT,
            ExportSettings.FORMAT,
            ExportSettings.QUANTIZE,
            ExportSettings.REFERENCE));
    return settings;
  }

  @Override
  public void check(Settings settings) {
    experiment(settings);
  }

  @Override
  public Export experiment(Settings settings) {
    return new Export(
        settings.get(FileSettings.PATH),
        FileSettings.architecture(settings),
        DataSettings.sourceIfGiven(settings),
        settings.get(FileSettings.OUT),
        ExportSettings.format(settings),
        settings.get(ExportSettings.REFERENCE));
  }

  @Override
  public Class<ExportFigures> result() {
    return ExportFigures.class;
  }

  @Override
  public String describe(ExportFigures figures) {
    return figures.parameters() + " parameters written to " + figures.out();
  }
}
