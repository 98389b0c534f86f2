package mos.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import mos.base.Json;
import mos.base.MosException;
import mos.space.ConfigurationDictionary;
import mos.space.SubTransformer;

/**
 * All that a search knows after an iteration; enough to continue it as if never interrupted.
 *
 * @param iteration iterations done
 * @param population genes of the last iteration's candidates, all of them scored
 * @param evaluated every candidate scored so far, in the order of scoring
 * @param costs cost of every architecture drawn so far, the refused ones too
 */
public record SearchState(
    int iteration,
    List<List<Integer>> population,
    Map<SubTransformer, Candidate> evaluated,
    Map<SubTransformer, Double> costs) {

  /** Keeps copies of all that it is given. */
  public SearchState {
    population = population.stream().map(List::copyOf).toList();
    evaluated = Collections.unmodifiableMap(new LinkedHashMap<>(evaluated));
    costs = Collections.unmodifiableMap(new LinkedHashMap<>(costs));
  }

  /** A search that has not begun. */
  public static SearchState empty() {
    return new SearchState(0, List.of(), Map.of(), Map.of());
  }

  /** As JSON; a loss or cost that is not finite becomes null. */
  public ObjectNode toJson() {
    ObjectNode json = Json.object();
    json.put("iteration", iteration);
    json.set("population", Json.tree(population));
    ArrayNode candidates = json.putArray("candidates");
    for (Candidate candidate : evaluated.values()) {
      ObjectNode one = candidates.addObject();
      one.set("architecture", ConfigurationDictionary.toJson(candidate.architecture()));
      put(one, "loss", candidate.loss());
      one.put("generation", candidate.generation());
      one.set("figures", Json.tree(candidate.figures()));
    }
    ArrayNode drawn = json.putArray("costs");
    costs.forEach(
        (architecture, cost) -> {
          ObjectNode one = drawn.addObject();
          one.set("architecture", ConfigurationDictionary.toJson(architecture));
          put(one, "cost", cost);
        });
    return json;
  }

  private static void put(ObjectNode json, String key, double value) {
    if (Double.isFinite(value)) {
      json.put(key, value);
    } else {
      json.putNull(key);
    }
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @param where names the source in messages
   * @throws MosException when something is missing or of the wrong type
   */
  public static SearchState fromJson(JsonNode json, String where) {
    Map<SubTransformer, Double> costs = new LinkedHashMap<>();
    for (JsonNode one : json.path("costs")) {
      costs.put(
          ConfigurationDictionary.fromJson(one.path("architecture"), where), number(one, "cost"));
    }
    Map<SubTransformer, Candidate> evaluated = new LinkedHashMap<>();
    for (JsonNode one : json.path("candidates")) {
      SubTransformer architecture =
          ConfigurationDictionary.fromJson(one.path("architecture"), where);
      Map<String, Double> figures = new TreeMap<>();
      one.path("figures")
          .properties()
          .forEach(figure -> figures.put(figure.getKey(), figure.getValue().asDouble()));
      if (!costs.containsKey(architecture)) {
        throw new MosException(where + ": not the state of a search: a candidate without cost");
      }
      double cost = costs.get(architecture);
      int generation = one.path("generation").asInt();
      evaluated.put(
          architecture,
          new Candidate(architecture, number(one, "loss"), cost, generation, figures));
    }
    List<List<Integer>> population = new ArrayList<>();
    for (JsonNode gene : json.path("population")) {
      List<Integer> values = new ArrayList<>();
      gene.forEach(value -> values.add(value.asInt()));
      population.add(values);
    }
    JsonNode iteration = json.path("iteration");
    if (!iteration.isInt()
        || iteration.intValue() < 0
        || population.isEmpty() != (iteration.intValue() == 0)) {
      throw new MosException(where + ": not the state of a search: iteration " + iteration);
    }
    return new SearchState(iteration.intValue(), population, evaluated, costs);
  }

  private static double number(JsonNode json, String key) {
    return json.path(key).isNumber() ? json.path(key).asDouble() : Double.POSITIVE_INFINITY;
  }
}
