package mos.latency;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import mos.base.Json;
import mos.base.MosException;
import mos.space.ArchitectureFeatures;

/**
 * Latency as a constant plus a weighted sum of terms, each a product of architecture features:
 * layers × mean FFN size is the sum of the layers' FFN sizes, so every layer adds its own cost.
 *
 * @param terms what is summed
 * @param coefficients of each term, ms per raw unit
 * @param interceptMs the constant
 * @param lowestMs predictions below, which only architectures far from the training rows get, are
 *     raised to this
 */
record AdditiveModel(
    List<Term> terms, List<Double> coefficients, double interceptMs, double lowestMs)
    implements LatencyModel {
  private static final int MAX_TERMS = 1000;
  private static final int MAX_FACTORS = 4;

  /**
   * A product of features.
   *
   * @param features indices into {@link ArchitectureFeatures#AGGREGATE_NAMES}
   */
  record Term(List<Integer> features) {
    Term {
      features = List.copyOf(features);
    }

    double value(double[] values) {
      double product = 1;
      for (int feature : features) {
        product *= values[feature];
      }
      return product;
    }

    /** Feature names joined by "*". */
    String formula() {
      return features.stream()
          .map(ArchitectureFeatures.AGGREGATE_NAMES::get)
          .collect(Collectors.joining("*"));
    }

    static Term parse(String formula, String where) {
      List<Integer> features = new ArrayList<>();
      for (String name : formula.split("\\*", MAX_FACTORS + 1)) {
        int index = ArchitectureFeatures.AGGREGATE_NAMES.indexOf(name);
        if (index < 0) {
          throw new MosException(
              where
                  + ": term: got "
                  + Json.line(formula.length() > 100 ? formula.substring(0, 100) : formula)
                  + ", must be a product of up to "
                  + MAX_FACTORS
                  + " of "
                  + ArchitectureFeatures.AGGREGATE_NAMES);
        }
        features.add(index);
      }
      return new Term(features);
    }
  }

  AdditiveModel {
    terms = List.copyOf(terms);
    coefficients = List.copyOf(coefficients);
  }

  @Override
  public double ms(double[] features) {
    double sum = interceptMs;
    for (int i = 0; i < terms.size(); i++) {
      sum += coefficients.get(i) * terms.get(i).value(features);
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
    List<Term> terms = new ArrayList<>();
    List<Double> coefficients = new ArrayList<>();
    JsonNode array = json.path("terms");
    if (!array.isArray() || array.size() > MAX_TERMS) {
      throw new MosException(where + ": terms: must be a list of at most " + MAX_TERMS);
    }
    for (JsonNode node : array) {
      terms.add(Term.parse(node.path("term").asText(), where));
      coefficients.add(PredictorFile.number(node, "coefficient_ms", where));
    }
    return new AdditiveModel(
        terms,
        coefficients,
        PredictorFile.number(json, "intercept_ms", where),
        PredictorFile.number(json, "lowest_ms", where));
  }
}
