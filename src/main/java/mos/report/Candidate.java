package mos.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * One candidate of the evolutionary search.
 *
 * @param generation 0 for the first population
 * @param loss validation loss of the inherited SubTransformer, or 100 − BLEU
 * @param cost latency, or what else the search constrained
 * @param unit of the cost
 * @param params number of parameters, not a number where unknown
 * @param flops floating-point operations, not a number where unknown
 * @param chosen whether the search returned it
 */
record Candidate(
    int generation,
    double loss,
    double cost,
    String unit,
    double params,
    double flops,
    String origin,
    boolean chosen) {
  private static final int MOST_GENERATIONS = 9999;

  /** Reads a line of {@code candidates.jsonl}; adds nothing and answers false without figures. */
  static boolean read(JsonNode line, List<Candidate> into) {
    double loss = JsonLines.number(line, "loss");
    double latencyMs = JsonLines.number(line, "latency_ms");
    boolean timed = Double.isFinite(latencyMs);
    double cost = timed ? latencyMs : JsonLines.number(line, "cost");
    if (!Double.isFinite(loss) || !Double.isFinite(cost)) {
      return false;
    }
    into.add(
        new Candidate(
            Math.max(0, Math.min(MOST_GENERATIONS, line.path("generation").asInt())),
            loss,
            cost,
            timed ? "ms" : JsonLines.text(line, "cost_unit"),
            JsonLines.number(line, "params"),
            JsonLines.number(line, "flops"),
            JsonLines.text(line, "origin"),
            line.path("chosen").asBoolean()));
    return true;
  }

  /** The candidates that no other one beats in both loss and cost, ascending in cost. */
  static List<Candidate> paretoFront(List<Candidate> candidates) {
    List<Candidate> sorted = new ArrayList<>(candidates);
    sorted.sort(Comparator.comparingDouble(Candidate::cost).thenComparing(Candidate::loss));
    List<Candidate> front = new ArrayList<>();
    double best = Double.POSITIVE_INFINITY;
    for (Candidate candidate : sorted) {
      if (candidate.loss < best) {
        best = candidate.loss;
        front.add(candidate);
      }
    }
    return front;
  }

  /** The candidate in words, for a tooltip. */
  String describe() {
    StringBuilder text = new StringBuilder();
    text.append(Numbers.significant(cost, 3)).append(" ").append(unit).append(", loss ");
    text.append(Numbers.fixed(loss, 3)).append(", generation ").append(generation);
    if (!origin.isEmpty()) {
      text.append(" (").append(origin).append(')');
    }
    if (Double.isFinite(params)) {
      text.append(", ").append(Numbers.si(params)).append(" parameters");
    }
    if (Double.isFinite(flops)) {
      text.append(", ").append(Numbers.si(flops)).append(" FLOPs");
    }
    return text.toString();
  }
}
