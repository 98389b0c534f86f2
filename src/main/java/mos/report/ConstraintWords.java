package mos.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import mos.base.Limit;
import mos.console.Numbers;
import mos.results.ConstraintResult;
import mos.results.CostUnit;
import mos.results.Quantity;
import mos.results.RunSummary;

/** What became of one constraint of a run, for readers. */
record ConstraintWords(ConstraintResult result) {

  /** All constraints that a summary tells of; of older ones what can be told from its figures. */
  static List<ConstraintWords> of(RunSummary summary) {
    List<ConstraintWords> all = new ArrayList<>();
    if (summary.constraints().constraints() == null) {
      RunSummary.LimitValues limits = summary.limits();
      older(Quantity.LATENCY, summary.latency().latencyMs(), limits.latencyConstraintMs(), 1, all);
      older(Quantity.FLOPS, summary.counts().flops(), limits.flopsConstraintGiga(), 1e9, all);
      older(
          Quantity.PARAMS,
          summary.counts().paramsWithoutEmbedding(),
          limits.paramsConstraintMega(),
          1e6,
          all);
      return all;
    }
    for (ConstraintResult one : summary.constraints().constraints()) {
      if (one.quantity() != null
          && one.limitUnit() != null
          && Known.figure(one.limit()) > 0
          && Double.isFinite(Known.figure(one.measured()))) {
        all.add(new ConstraintWords(one));
      }
    }
    return all;
  }

  private static void older(
      Quantity quantity, Number found, Double limit, double scale, List<ConstraintWords> all) {
    double measured = Known.figure(found) / scale;
    if (measured >= 0 && Known.figure(limit) > 0) {
      all.add(
          new ConstraintWords(
              ConstraintResult.of(quantity, Limit.of(limit), measured, Double.NaN)));
    }
  }

  /** The measured share of the largest SubTransformer's, 0..1; NaN where it was not compared. */
  double share() {
    return Known.figure(result.share());
  }

  /** Cores that other programs kept busy meanwhile, NaN where it is not known. */
  double otherLoad() {
    return Known.figure(result.otherLoad());
  }

  /**
   * The limit in the unit of a search's costs.
   *
   * @return NaN where this constraint is of another unit
   */
  double limitIn(CostUnit unit) {
    return CostUnit.of(result.quantity(), result.relative()) == unit && result.relative()
        ? result.limit()
        : CostUnit.of(result.quantity(), false) == unit ? result.limitValue() : Double.NaN;
  }

  /** What was measured last, in the unit of a search's costs; NaN where that is another one. */
  double measuredIn(CostUnit unit) {
    return CostUnit.of(result.quantity(), false) == unit
        ? result.measured()
        : result.timed() && unit == CostUnit.SHARE ? 100 * share() : Double.NaN;
  }

  /** What is limited, for people. */
  String name() {
    return switch (result.quantity()) {
      case FLOPS -> "FLOPs";
      case PARAMS -> "parameters without embeddings";
      case LATENCY -> "latency";
    };
  }

  /** A value of the quantity with its unit. */
  String withUnit(double value) {
    String unit =
        switch (result.quantity()) {
          case FLOPS -> " G";
          case PARAMS -> " M";
          case LATENCY -> " ms";
        };
    return Numbers.significant(value, 3) + unit;
  }

  /** The limit as it was given, and what that is here: "60% of the largest's (12.4 ms)". */
  String limitInWords() {
    if (!result.relative()) {
      return withUnit(result.limitValue());
    }
    return percent(result.limit()) + " of the largest’s (" + withUnit(result.limitValue()) + ")";
  }

  /** How far from the limit: "with 8.3% to spare" or "74% too much". */
  String distance() {
    double ratio =
        result.relative() && Double.isFinite(share())
            ? 100 * share() / result.limit()
            : result.measured() / result.limitValue();
    String size = Numbers.significant(Math.abs(1 - ratio) * 100, 2) + "%";
    return ratio > 1 ? size + " too much" : "with " + size + " to spare";
  }

  /** The share of the largest SubTransformer's, a dash where it was not compared. */
  String shareInWords() {
    return Double.isFinite(share()) ? percent(100 * share()) : Numbers.NONE;
  }

  /** A percentage with one decimal where it has one: "60%", "44.2%". */
  static String percent(double value) {
    String text = String.format(Locale.ROOT, "%.1f", value);
    return text.replaceAll("\\.0$", "") + "%";
  }
}
