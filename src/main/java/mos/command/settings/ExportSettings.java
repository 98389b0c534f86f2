package mos.command.settings;

import java.util.List;
import mos.base.ConfigurationException;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;
import mos.experiment.Export;
import mos.onnx.OnnxPrecision;
import mos.port.CTranslate2Quantization;

/** In which form a model is exported. */
public final class ExportSettings {
  private static final String MOS = "mos";
  private static final String CTRANSLATE2 = "ctranslate2";
  private static final String ONNX = "onnx";
  private static final String NONE = "none";
  private static final String INT8 = "int8";

  public static final Setting<Boolean> REFERENCE =
      Setting.ofBoolean("reference")
          .in(SettingGroup.FILES)
          .basic()
          .defaultsTo(false)
          .doc("Also write a batch of inputs and logits to compare another implementation with");

  public static final Setting<String> FORMAT =
      Setting.ofChoice("format", MOS, CTRANSLATE2, ONNX)
          .in(SettingGroup.FILES)
          .basic()
          .defaultsTo(MOS)
          .doc(
              "Of the folder: this program's, CTranslate2's (docs/ctranslate2.md) or ONNX"
                  + " (docs/onnx.md)");

  public static final Setting<String> QUANTIZE =
      Setting.ofChoice("quantize", NONE, "float16", "int16", INT8)
          .in(SettingGroup.FILES)
          .basic()
          .defaultsTo(NONE)
          .doc("How matrices are stored, for --format ctranslate2; for onnx: none or int8");

  private ExportSettings() {}

  /** Every setting above. */
  public static List<Setting<?>> settings() {
    return List.of(REFERENCE, FORMAT, QUANTIZE);
  }

  /**
   * The form of the folder.
   *
   * @throws ConfigurationException for numbers that the form does not have
   */
  public static Export.Format format(Settings settings) {
    String numbers = settings.get(QUANTIZE);
    return switch (settings.get(FORMAT)) {
      case CTRANSLATE2 -> new Export.CTranslate2(CTranslate2Quantization.of(numbers));
      case ONNX ->
          switch (numbers) {
            case NONE -> new Export.Onnx(OnnxPrecision.FP32);
            case INT8 -> new Export.Onnx(OnnxPrecision.INT8);
            default ->
                throw new ConfigurationException(
                    "quantize: got " + numbers + ", --format onnx has none and int8");
          };
      default -> {
        if (!numbers.equals(NONE)) {
          throw new ConfigurationException(
              "quantize: got " + numbers + ", which needs --format onnx or ctranslate2");
        }
        yield new Export.Mos();
      }
    };
  }
}
