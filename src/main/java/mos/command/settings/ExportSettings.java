package mos.command.settings;

import java.util.List;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;
import mos.experiment.Export;
import mos.port.CTranslate2Quantization;

/** In which form a model is exported. */
public final class ExportSettings {
  private static final String CTRANSLATE2 = "ctranslate2";

  public static final Setting<Boolean> REFERENCE =
      Setting.ofBoolean("reference")
          .in(SettingGroup.FILES)
          .basic()
          .defaultsTo(false)
          .doc("Also write a batch of inputs and logits to compare another implementation with");

  public static final Setting<String> FORMAT =
      Setting.ofChoice("format", "mos", CTRANSLATE2)
          .in(SettingGroup.FILES)
          .basic()
          .defaultsTo("mos")
          .doc("Of the folder: this program's, or CTranslate2's (docs/ctranslate2.md)");

  public static final Setting<String> QUANTIZATION =
      Setting.ofChoice("quantization", "none", "float16", "int16", "int8")
          .in(SettingGroup.FILES)
          .basic()
          .defaultsTo("none")
          .doc("How matrices are stored, for --format ctranslate2");

  private ExportSettings() {}

  /** Every setting above. */
  public static List<Setting<?>> settings() {
    return List.of(REFERENCE, FORMAT, QUANTIZATION);
  }

  /** The form of the folder. */
  public static Export.Format format(Settings settings) {
    return settings.get(FORMAT).equals(CTRANSLATE2)
        ? new Export.CTranslate2(CTranslate2Quantization.of(settings.get(QUANTIZATION)))
        : new Export.Mos();
  }
}
