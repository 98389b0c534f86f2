package mos.report;

import java.util.List;
import mos.console.Numbers;
import mos.results.CostUnit;
import mos.results.CountFigures;
import mos.results.FrontPoint;
import mos.results.SearchedCandidate;
import mos.results.SearchedCandidate.Finalist;
import mos.search.ParetoFront;

/**
 * A candidate of a search in its picture.
 *
 * @param generation 0 for the first population
 * @param loss validation loss of the inherited SubTransformer, or 100 − BLEU
 * @param cost latency, or what else the search constrained, as it was measured last
 * @param earlierCost as the search had it, where it was measured again later; else NaN
 * @param unit of the cost
 * @param counts parameters and floating-point operations
 * @param verdict what became of it as a finalist
 */
record SearchPoint(
    int generation,
    double loss,
    double cost,
    double earlierCost,
    CostUnit unit,
    CountFigures counts,
    Finalist verdict) {
  private static final int MOST_GENERATIONS = 9999;

  /** A line of {@code candidates.jsonl}; null where its figures cannot be drawn. */
  static SearchPoint of(SearchedCandidate line) {
    // Lines of older versions have the latency alone.
    boolean old = line.costUnit() == null && line.latencyMs() != null;
    double cost = Known.figure(old ? line.latencyMs() : line.cost());
    double again = Known.figure(line.verdict().measuredAgain());
    CostUnit unit = old ? CostUnit.MS : line.costUnit();
    SearchPoint point =
        new SearchPoint(
            Math.max(0, Math.min(MOST_GENERATIONS, line.generation())),
            Known.figure(line.loss()),
            cost,
            Double.NaN,
            unit,
            line.counts(),
            line.verdict());
    return !point.drawable() ? null : Double.isFinite(again) ? point.measuredAgain(again) : point;
  }

  /** A point of a front; null where its figures cannot be drawn. */
  static SearchPoint of(FrontPoint one) {
    SearchPoint point =
        new SearchPoint(
            0,
            Known.figure(one.loss()),
            Known.figure(one.cost()),
            Double.NaN,
            one.costUnit(),
            one.counts(),
            Finalist.NONE);
    return point.drawable() ? point : null;
  }

  private boolean drawable() {
    return Double.isFinite(loss) && Double.isFinite(cost) && unit != null;
  }

  /** Whether the search returned it. */
  boolean chosen() {
    return Boolean.TRUE.equals(verdict.chosen());
  }

  /**
   * Whether it missed a limit when it was measured again; null where that is not recorded, as in
   * files of older versions.
   */
  Boolean refused() {
    return verdict.refused();
  }

  /** Parameters, NaN where unknown. */
  double params() {
    return Known.figure(counts.params());
  }

  /** Floating-point operations, NaN where unknown. */
  double flops() {
    return Known.figure(counts.flops());
  }

  /** The cost with its unit. */
  String costInWords(double value) {
    return unit == CostUnit.SHARE
        ? ConstraintWords.percent(value) + " of the largest’s latency"
        : Numbers.significant(value, 3) + " " + unit.words();
  }

  /** The same after a later measurement. */
  SearchPoint measuredAgain(double measured) {
    double first = Double.isFinite(earlierCost) ? earlierCost : cost;
    return new SearchPoint(generation, loss, measured, first, unit, counts, verdict);
  }

  /** Whether the other one is of the same architecture, as far as figures that never vary tell. */
  boolean isSameAs(SearchPoint other) {
    return loss == other.loss
        && Double.compare(params(), other.params()) == 0
        && Double.compare(flops(), other.flops()) == 0;
  }

  /** The points that no other one beats in both loss and cost, ascending in cost. */
  static List<SearchPoint> front(List<SearchPoint> points) {
    return ParetoFront.of(points, SearchPoint::loss, SearchPoint::cost);
  }

  /** The candidate in words, for a tooltip. */
  String describe() {
    StringBuilder text = new StringBuilder();
    text.append(costInWords(cost)).append(", loss ");
    text.append(Numbers.fixed(loss, 3));
    boolean baseline = Finalist.BASELINE.equals(verdict.origin());
    text.append(baseline ? ", of a baseline" : ", generation " + generation);
    if (Double.isFinite(earlierCost)) {
      text.append(", in the search ").append(costInWords(earlierCost));
    }
    if (Double.isFinite(params())) {
      text.append(", ").append(Numbers.si(params())).append(" parameters");
    }
    if (Double.isFinite(flops())) {
      text.append(", ").append(Numbers.si(flops())).append(" FLOPs");
    }
    return text.toString();
  }
}
