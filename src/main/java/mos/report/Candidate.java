package mos.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import mos.console.Numbers;

/**
 * One candidate of the evolutionary search.
 *
 * @param generation 0 for the first population
 * @param loss validation loss of the inherited SubTransformer, or 100 − BLEU
 * @param cost latency, or what else the search constrained, as it was measured last
 * @param earlierCost as the search had it, where it was measured again later; else NaN
 * @param unit of the cost
 * @param params number of parameters, not a number where unknown
 * @param flops floating-point operations, not a number where unknown
 * @param origin "baseline" where it comes from another way to choose, else empty
 * @param chosen whether the search returned it
 * @param refused whether it missed a limit when it was measured again; null where that is not
 *     recorded, as in files of older versions
 */
record Candidate(
    int generation,
    double loss,
    double cost,
    double earlierCost,
    String unit,
    double params,
    double flops,
    String origin,
    boolean chosen,
    Boolean refused) {
  private static final int MOST_GENERATIONS = 9999;

  /** Reads a line of {@code candidates.jsonl}; adds nothing and answers false without figures. */
  static boolean read(JsonNode line, List<Candidate> into) {
    double loss = JsonLines.number(line, "loss");
    double latencyMs = JsonLines.number(line, "latency_ms");
    String unit = JsonLines.text(line, "cost_unit");
    // Lines of older versions have the latency alone.
    boolean old = unit.isEmpty() && Double.isFinite(latencyMs);
    double cost = old ? latencyMs : JsonLines.number(line, "cost");
    if (!Double.isFinite(loss) || !Double.isFinite(cost)) {
      return false;
    }
    double again = JsonLines.number(line, "measured_again");
    boolean repeated = Double.isFinite(again);
    into.add(
        new Candidate(
            Math.max(0, Math.min(MOST_GENERATIONS, line.path("generation").asInt())),
            loss,
            repeated ? again : cost,
            repeated ? cost : Double.NaN,
            old ? "ms" : unit,
            JsonLines.number(line, "params"),
            JsonLines.number(line, "flops"),
            JsonLines.text(line, "origin"),
            line.path("chosen").asBoolean(),
            line.path("refused").isBoolean() ? line.path("refused").asBoolean() : null));
    return true;
  }

  /** Whether the cost is a latency, or a share of one, which no two measurements give alike. */
  boolean timed() {
    return unit.equals("ms") || ConstraintResult.isShare(unit);
  }

  /** The cost with its unit. */
  String costInWords(double value) {
    return ConstraintResult.isShare(unit)
        ? ConstraintResult.percent(value) + " of the largest’s latency"
        : Numbers.significant(value, 3) + " " + unit;
  }

  /** The same after a later measurement. */
  Candidate measuredAgain(double measured) {
    double first = Double.isFinite(earlierCost) ? earlierCost : cost;
    return new Candidate(
        generation, loss, measured, first, unit, params, flops, origin, chosen, refused);
  }

  /** Whether the other one is of the same architecture, as far as figures that never vary tell. */
  boolean isSameAs(Candidate other) {
    return loss == other.loss && params == other.params && flops == other.flops;
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
    text.append(costInWords(cost)).append(", loss ");
    text.append(Numbers.fixed(loss, 3));
    text.append(origin.equals("baseline") ? ", of a baseline" : ", generation " + generation);
    if (Double.isFinite(earlierCost)) {
      text.append(", in the search ").append(costInWords(earlierCost));
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
