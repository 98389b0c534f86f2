package mos.latency;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import mos.base.MosException;
import mos.host.Hardware;
import mos.latency.LatencyPredictor.HeldOut;
import mos.results.EvaluationFigures;
import mos.results.Made;
import mos.results.PredictorDocument;
import mos.results.ResultJson;
import mos.space.ArchitectureFeatures;

/** A latency predictor as its {@link PredictorDocument}, and back. */
final class PredictorFile {
  private static final int MAX_HELD_OUT = 10_000_000;

  private PredictorFile() {}

  static void write(LatencyPredictor predictor, Made provenance, Path file) {
    ResultJson.write(
        file,
        new PredictorDocument(
            PredictorDocument.FORMAT,
            PredictorDocument.VERSION,
            ArchitectureFeatures.AGGREGATE_NAMES,
            predictor.hardware().orElse(null),
            predictor.splitSeed(),
            provenance,
            predictor.evaluation().figures(),
            predictor.model() instanceof AdditiveModel
                ? PredictorDocument.MOS
                : PredictorDocument.HAT,
            predictor.model().weights(),
            predictor.heldOut().stream()
                .map(row -> new PredictorDocument.HeldOut(row.measuredMs(), row.predictedMs()))
                .toList()));
  }

  static LatencyPredictor read(Path file) {
    PredictorDocument document = ResultJson.read(file, PredictorDocument.class);
    String where = file.toString();
    if (!PredictorDocument.FORMAT.equals(document.format())) {
      throw new MosException(
          where + ": not a latency predictor (no format: " + PredictorDocument.FORMAT + ")");
    }
    if (document.version() != PredictorDocument.VERSION) {
      throw new MosException(
          where
              + ": version: got "
              + document.version()
              + ", must be "
              + PredictorDocument.VERSION);
    }
    if (!ArchitectureFeatures.AGGREGATE_NAMES.equals(document.features())) {
      throw new MosException(where + ": features: must be " + ArchitectureFeatures.AGGREGATE_NAMES);
    }
    return new LatencyPredictor(
        model(document, where),
        Optional.ofNullable(document.hardware())
            .map(hardware -> Hardware.fromJson(ResultJson.tree(hardware), where)),
        document.splitSeed(),
        evaluation(document.evaluation(), where),
        heldOut(document.heldout(), where));
  }

  private static LatencyModel model(PredictorDocument document, String where) {
    boolean network = PredictorDocument.HAT.equals(document.model());
    if (!network && !PredictorDocument.MOS.equals(document.model())) {
      throw new MosException(
          where + ": model: got " + document.model() + ", must be \"mos\" or \"hat\"");
    }
    if (!network && document.weights() instanceof PredictorDocument.AdditiveWeights additive) {
      return AdditiveModel.of(additive, where);
    }
    if (network && document.weights() instanceof PredictorDocument.NetworkWeights layers) {
      return HatNetwork.of(layers, where);
    }
    throw new MosException(where + ": weights: must be those of the model " + document.model());
  }

  private static Evaluation evaluation(EvaluationFigures figures, String where) {
    return new Evaluation(
        finite(figures.rmseMs(), "rmse_ms", where),
        finite(figures.mape(), "mape", where),
        finite(figures.maxErrorMs(), "max_error_ms", where),
        figures.kendallTau() == null
            ? Double.NaN
            : finite(figures.kendallTau(), "kendall_tau", where),
        figures.rows());
  }

  private static List<HeldOut> heldOut(List<PredictorDocument.HeldOut> rows, String where) {
    if (rows == null || rows.size() > MAX_HELD_OUT) {
      throw new MosException(where + ": heldout: must be a list");
    }
    List<HeldOut> pairs = new ArrayList<>();
    for (PredictorDocument.HeldOut row : present(rows, "heldout", where)) {
      pairs.add(
          new HeldOut(
              finite(row.measuredMs(), "measured_ms", where),
              finite(row.predictedMs(), "predicted_ms", where)));
    }
    return pairs;
  }

  /** A list without holes. */
  static <T> List<T> present(List<T> list, String key, String where) {
    if (list == null || list.contains(null)) {
      throw new MosException(where + ": " + key + ": must be a list");
    }
    return list;
  }

  /** A finite number above 0. */
  static double positive(double value, String key, String where) {
    if (!(finite(value, key, where) > 0)) {
      throw new MosException(where + ": " + key + ": got " + value + ", must be above 0");
    }
    return value;
  }

  /** A finite number. */
  static double finite(double value, String key, String where) {
    if (!Double.isFinite(value)) {
      throw new MosException(where + ": " + key + ": must be a finite number");
    }
    return value;
  }
}
