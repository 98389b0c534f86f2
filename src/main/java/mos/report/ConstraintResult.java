package mos.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import mos.console.Numbers;

/**
 * What became of one constraint of a run.
 *
 * @param quantity "latency", "flops" or "params"
 * @param limit as it was given, in {@code limitUnit}
 * @param limitUnit "%" of the largest SubTransformer's, "ms", "GFLOPs" or "M"
 * @param limitValue the same in the quantity's own unit: ms, GFLOPs, or millions of parameters
 *     without embeddings
 * @param measured in the quantity's own unit
 * @param share of the largest SubTransformer's, 0..1; NaN where it was not compared
 * @param measuredAt an ISO instant, empty where it is not known
 * @param otherLoad cores that other programs kept busy meanwhile, NaN where it is not known
 */
record ConstraintResult(
    String quantity,
    double limit,
    String limitUnit,
    double limitValue,
    double measured,
    double share,
    boolean met,
    String measuredAt,
    double otherLoad) {

  /** All constraints that a summary tells of; of older ones what can be told from its figures. */
  static List<ConstraintResult> of(JsonNode summary) {
    List<ConstraintResult> all = new ArrayList<>();
    if (!summary.path("constraints").isArray()) {
      older("latency", summary, "latency_ms", "latency_constraint_ms", "ms", 1, all);
      older("flops", summary, "flops", "flops_constraint_giga", "GFLOPs", 1e9, all);
      older("params", summary, "params_without_embedding", "params_constraint_mega", "M", 1e6, all);
      return all;
    }
    for (JsonNode one : summary.path("constraints")) {
      ConstraintResult result =
          new ConstraintResult(
              JsonLines.text(one, "quantity"),
              JsonLines.number(one, "limit"),
              JsonLines.text(one, "limit_unit"),
              JsonLines.number(one, "limit_value"),
              JsonLines.number(one, "measured"),
              JsonLines.number(one, "share"),
              one.path("met").asBoolean(),
              JsonLines.text(one, "measured_at"),
              JsonLines.number(one, "other_load"));
      if (result.limit > 0 && Double.isFinite(result.measured)) {
        all.add(result);
      }
    }
    return all;
  }

  private static void older(
      String quantity,
      JsonNode summary,
      String key,
      String limitKey,
      String unit,
      double scale,
      List<ConstraintResult> all) {
    double measured = JsonLines.number(summary, key) / scale;
    double limit = JsonLines.number(summary, limitKey);
    if (measured >= 0 && limit > 0) {
      boolean met = measured <= limit;
      all.add(
          new ConstraintResult(
              quantity, limit, unit, limit, measured, Double.NaN, met, "", Double.NaN));
    }
  }

  boolean timed() {
    return quantity.equals("latency");
  }

  boolean relative() {
    return limitUnit.equals("%");
  }

  /**
   * The limit in the unit of a search's costs.
   *
   * @return NaN where this constraint is of another unit
   */
  double limitIn(String costUnit) {
    return timed() && relative()
        ? isShare(costUnit) ? limit : costUnit.equals("ms") ? limitValue : Double.NaN
        : isOwnUnit(costUnit) ? limitValue : Double.NaN;
  }

  /** What was measured last, in the unit of a search's costs; NaN where that is another one. */
  double measuredIn(String costUnit) {
    return isOwnUnit(costUnit) ? measured : timed() && isShare(costUnit) ? 100 * share : Double.NaN;
  }

  private boolean isOwnUnit(String costUnit) {
    return switch (quantity) {
      case "flops" -> costUnit.equals("GFLOPs");
      case "params" -> costUnit.startsWith("M ");
      default -> costUnit.equals("ms");
    };
  }

  /** Whether costs are shares of the largest SubTransformer's, in percent. */
  static boolean isShare(String costUnit) {
    return costUnit.startsWith("%");
  }

  /** What is limited, for people. */
  String name() {
    return switch (quantity) {
      case "flops" -> "FLOPs";
      case "params" -> "parameters without embeddings";
      default -> quantity;
    };
  }

  /** A value of the quantity with its unit. */
  String withUnit(double value) {
    String unit =
        switch (quantity) {
          case "flops" -> " G";
          case "params" -> " M";
          default -> " ms";
        };
    return Numbers.significant(value, 3) + unit;
  }

  /** The limit as it was given, and what that is here: "60% of the largest's (12.4 ms)". */
  String limitInWords() {
    if (!relative()) {
      return withUnit(limitValue);
    }
    return percent(limit) + " of the largest’s (" + withUnit(limitValue) + ")";
  }

  /** How far from the limit: "with 8.3% to spare" or "74% too much". */
  String distance() {
    double ratio =
        relative() && Double.isFinite(share) ? 100 * share / limit : measured / limitValue;
    String size = Numbers.significant(Math.abs(1 - ratio) * 100, 2) + "%";
    return ratio > 1 ? size + " too much" : "with " + size + " to spare";
  }

  /** The share of the largest SubTransformer's, a dash where it was not compared. */
  String shareInWords() {
    return Double.isFinite(share) ? percent(100 * share) : Numbers.NONE;
  }

  /** A percentage with one decimal where it has one: "60%", "44.2%". */
  static String percent(double value) {
    String text = String.format(Locale.ROOT, "%.1f", value);
    return text.replaceAll("\\.0$", "") + "%";
  }
}
