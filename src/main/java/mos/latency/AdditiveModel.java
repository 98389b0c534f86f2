package mos.latency;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import mos.base.Json;
import mos.base.MosException;

/**
 * Latency as a constant plus a weighted sum of terms. Most are products of architecture features:
 * layers × mean FFN size is the sum of the layers' FFN sizes, so every layer adds its own cost.
 *
 * @param terms what is summed
 * @param coefficients of each term, ms per raw unit
 * @param interceptMs the constant
 * @param lowestMs predictions below, which only architectures far from the training rows get, are
 *     raised to this
 */
record AdditiveModel(
    List<LatencyTerm> terms, List<Double> coefficients, double interceptMs, double lowestMs)
    implements LatencyModel {
  private static final int MAX_TERMS = 1000;

  AdditiveModel {
    terms = List.copyOf(terms);
    coefficients = List.copyOf(coefficients);
  }

  @Override
  public double ms(LatencyInput input) {
    double sum = interceptMs;
    for (int i = 0; i < terms.size(); i++) {
      sum += coefficients.get(i) * terms.get(i).value(input);
    }
    return Math.max(sum, lowestMs);
  }

  ObjectNode toJson() {
    ObjectNode json = Json.object();
    json.put("intercept_ms", interceptMs);
    json.put("lowest_ms", lowestMs);
    ArrayNode array = json.putArray("terms");
    for (int i = 0; i < terms.size(); i++) {
      array
          .addObject()
          .put("term", terms.get(i).formula())
          .put("coefficient_ms", coefficients.get(i));
    }
    return json;
  }

  static AdditiveModel fromJson(JsonNode json, String where) {
    List<LatencyTerm> terms = new ArrayList<>();
    List<Double> coefficients = new ArrayList<>();
    JsonNode array = json.path("terms");
    if (!array.isArray() || array.size() > MAX_TERMS) {
      throw new MosException(where + ": terms: must be a list of at most " + MAX_TERMS);
    }
    for (JsonNode node : array) {
      terms.add(LatencyTerm.parse(node.path("term").asText(), where));
      coefficients.add(PredictorFile.number(node, "coefficient_ms", where));
    }
    return new AdditiveModel(
        terms,
        coefficients,
        PredictorFile.number(json, "intercept_ms", where),
        PredictorFile.number(json, "lowest_ms", where));
  }
}
