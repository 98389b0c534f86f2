package mos.latency;

import java.util.Optional;
import mos.command.settings.ModelSettings;

/** Small files of the package's formats, for tests of other packages. */
public final class LatencyFiles {
  private LatencyFiles() {}

  /** A dataset in HAT's columns. */
  public static String hatCsv() {
    return csv(new LatencyCsv(LayerColumns.NONE));
  }

  /** A dataset as it is made here. */
  public static String csv() {
    return csv(LatencyCsv.of(LatencyRows.SPACE));
  }

  /** A predictor of a few rows. */
  public static LatencyPredictor predictor() {
    PredictorConfig settings =
        new PredictorConfig(
            PredictorConfig.Kind.MOS,
            ModelSettings.FEATURE_NORM.defaultValue().orElseThrow(),
            0,
            16,
            3,
            10,
            2,
            1e-3);
    return LatencyPredictor.train(
        new LatencyDataset(LatencyRows.additive(30), Optional.empty()), settings, 1);
  }

  private static String csv(LatencyCsv form) {
    StringBuilder text = new StringBuilder(form.header());
    LatencyRows.additive(10).forEach(row -> text.append(form.line(row)));
    return text.toString();
  }
}
