package mos.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * What {@code summary.json} says a run found. Figures are NaN and texts empty where it does not say
 * them, as in a run that has not finished or is of an older version.
 *
 * @param trial whether it was a dry run
 * @param verdict of all constraints together
 * @param latencyMs of the found SubTransformer, measured last
 * @param largestMs latency of the largest SubTransformer
 * @param speedUp how many times as fast as the largest the found one is
 * @param finalLoss on the validation set after training
 * @param largestLoss of the largest SubTransformer on it, with the SuperTransformer's weights
 * @param bleu of the test set after training
 * @param inheritedBleu of the test set with inherited weights
 */
record RunSummary(
    boolean trial,
    Verdict verdict,
    List<ConstraintResult> constraints,
    double latencyMs,
    double largestMs,
    double largestFlops,
    double largestParams,
    double speedUp,
    double flops,
    double params,
    double finalLoss,
    double largestLoss,
    double bleu,
    double inheritedBleu) {

  /** Whether all constraints are met. */
  enum Verdict {
    MET,
    MISSED,
    UNKNOWN
  }

  RunSummary {
    constraints = List.copyOf(constraints);
  }

  static RunSummary of(JsonNode summary) {
    List<ConstraintResult> constraints = ConstraintResult.of(summary);
    return new RunSummary(
        isTrial(summary),
        verdict(summary.path("constraint_met"), constraints),
        constraints,
        JsonLines.number(summary, "latency_ms"),
        JsonLines.number(summary, "largest", "latency_ms"),
        JsonLines.number(summary, "largest", "flops"),
        JsonLines.number(summary, "largest", "params"),
        JsonLines.number(summary, "speed_up"),
        JsonLines.number(summary, "flops"),
        JsonLines.number(summary, "params"),
        JsonLines.number(summary, "final_loss"),
        JsonLines.number(summary, "supernet", "valid", "largest", "loss"),
        JsonLines.number(summary, "bleu", "final"),
        JsonLines.number(summary, "bleu", "inherited"));
  }

  private static Verdict verdict(JsonNode said, List<ConstraintResult> constraints) {
    if (said.isBoolean()) {
      return said.asBoolean() ? Verdict.MET : Verdict.MISSED;
    }
    if (constraints.isEmpty()) {
      return Verdict.UNKNOWN;
    }
    return constraints.stream().allMatch(ConstraintResult::met) ? Verdict.MET : Verdict.MISSED;
  }

  private static boolean isTrial(JsonNode summary) {
    String option = JsonLines.text(summary, "provenance", "run", "options", "trial-run");
    String setting = JsonLines.text(summary, "provenance", "settings", "trial-run");
    return option.matches("1|true") || setting.equals("true");
  }

  /** The limit in the unit of a search's costs, NaN where there is none. */
  double limitIn(String costUnit) {
    return first(constraints.stream().mapToDouble(one -> one.limitIn(costUnit)));
  }

  /** The found one's cost as it was measured last, in that unit, NaN where it was not. */
  double measuredIn(String costUnit) {
    double measured = first(constraints.stream().mapToDouble(one -> one.measuredIn(costUnit)));
    return Double.isNaN(measured) && costUnit.equals("ms") ? latencyMs : measured;
  }

  private static double first(DoubleStream values) {
    return values.filter(Double::isFinite).findFirst().orElse(Double.NaN);
  }

  /** Whether a limit of the latency is missed, which a later measurement may meet. */
  boolean missedTime() {
    return constraints.stream().anyMatch(one -> one.timed() && !one.met());
  }

  /** When the found one was measured, empty where it is not recorded: all of it at once. */
  String measuredAt() {
    return constraints.stream()
        .map(ConstraintResult::measuredAt)
        .filter(at -> !at.isEmpty())
        .findFirst()
        .orElse("");
  }
}
