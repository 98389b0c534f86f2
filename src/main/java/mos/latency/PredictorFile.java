package mos.latency;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import mos.base.AtomicFile;
import mos.base.Json;
import mos.base.MosException;
import mos.host.Hardware;
import mos.latency.LatencyPredictor.HeldOut;
import mos.space.ArchitectureFeatures;

/** The JSON form of a latency predictor. */
final class PredictorFile {
  private static final String FORMAT = "mos-latency-predictor";
  private static final int VERSION = 1;
  private static final int MAX_HELD_OUT = 10_000_000;

  private PredictorFile() {}

  static void write(LatencyPredictor predictor, ObjectNode provenance, Path file) {
    ObjectNode json = Json.object();
    json.put("format", FORMAT);
    json.put("version", VERSION);
    json.set("features", Json.tree(ArchitectureFeatures.AGGREGATE_NAMES));
    json.set("hardware", Json.tree(predictor.hardware().orElse(null)));
    json.put("split_seed", predictor.splitSeed());
    json.set("provenance", provenance);
    json.setAll(predictor.evaluation().toJson());
    LatencyModel model = predictor.model();
    if (model instanceof AdditiveModel additive) {
      json.put("model", "mos");
      json.set("weights", additive.toJson());
    } else if (model instanceof HatNetwork network) {
      json.put("model", "hat");
      json.set("weights", network.toJson());
    }
    ArrayNode pairs = json.putArray("heldout");
    for (HeldOut pair : predictor.heldOut()) {
      pairs
          .addObject()
          .put("measured_ms", pair.measuredMs())
          .put("predicted_ms", pair.predictedMs());
    }
    AtomicFile.writeString(file, Json.pretty(json));
  }

  static LatencyPredictor read(Path file) {
    JsonNode json = Json.read(file);
    String where = file.toString();
    if (!json.path("format").asText().equals(FORMAT)) {
      throw new MosException(where + ": not a latency predictor (no format: " + FORMAT + ")");
    }
    if (json.path("version").asInt() != VERSION) {
      throw new MosException(
          where + ": version: got " + json.path("version") + ", must be " + VERSION);
    }
    if (!json.path("features").equals(Json.tree(ArchitectureFeatures.AGGREGATE_NAMES))) {
      throw new MosException(where + ": features: must be " + ArchitectureFeatures.AGGREGATE_NAMES);
    }
    JsonNode hardware = json.path("hardware");
    return new LatencyPredictor(
        model(json, where),
        hardware.isNull() || hardware.isMissingNode()
            ? Optional.empty()
            : Optional.of(Hardware.fromJson(hardware, where)),
        json.path("split_seed").asLong(),
        evaluation(json, where),
        heldOut(json.path("heldout"), where));
  }

  private static LatencyModel model(JsonNode json, String where) {
    JsonNode weights = json.path("weights");
    return switch (json.path("model").asText()) {
      case "mos" -> AdditiveModel.fromJson(weights, where);
      case "hat" -> HatNetwork.fromJson(weights, where);
      default ->
          throw new MosException(
              where + ": model: got " + json.path("model") + ", must be \"mos\" or \"hat\"");
    };
  }

  private static Evaluation evaluation(JsonNode json, String where) {
    JsonNode tau = json.path("kendall_tau");
    return new Evaluation(
        number(json, "rmse_ms", where),
        number(json, "mape", where),
        number(json, "max_error_ms", where),
        tau.isNull() ? Double.NaN : number(json, "kendall_tau", where),
        json.path("rows").asInt());
  }

  private static List<HeldOut> heldOut(JsonNode array, String where) {
    if (!array.isArray() || array.size() > MAX_HELD_OUT) {
      throw new MosException(where + ": heldout: must be a list");
    }
    List<HeldOut> pairs = new ArrayList<>();
    for (JsonNode node : array) {
      pairs.add(
          new HeldOut(number(node, "measured_ms", where), number(node, "predicted_ms", where)));
    }
    return pairs;
  }

  /** A finite number under {@code key}. */
  static double number(JsonNode json, String key, String where) {
    return finite(json.path(key), key, where);
  }

  /** A finite number above 0. */
  static double positive(JsonNode node, String key, String where) {
    double value = finite(node, key, where);
    if (value <= 0) {
      throw new MosException(where + ": " + key + ": got " + value + ", must be above 0");
    }
    return value;
  }

  private static double finite(JsonNode node, String key, String where) {
    if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
      throw new MosException(where + ": " + key + ": must be a finite number");
    }
    return node.doubleValue();
  }
}
