package mos.results;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import mos.space.SubTransformer;

/**
 * A point of a front.
 *
 * @param point its number, from 1, ascending in cost
 * @param loss validation loss of the inherited SubTransformer, or 100 − BLEU
 * @param cost in {@code costUnit}, measured again where it is a latency
 * @param named the cost under the name of its objective
 * @param within whether it keeps within the limit
 * @param file of its architecture, beside front.csv
 * @param architecture null in {@code summary.json}
 */
public record FrontPoint(
    int point,
    double loss,
    @JsonUnwrapped NamedCost named,
    double cost,
    CostUnit costUnit,
    boolean within,
    @JsonUnwrapped CountFigures counts,
    String file,
    SubTransformer architecture) {

  /** The cost under the name of its objective, flat in the point; the others are null. */
  public record NamedCost(Double latencyMs, Double latencyPercent, Double gflops, Double mparams) {

    /** A cost in its unit. */
    public static NamedCost of(CostUnit unit, double cost) {
      return new NamedCost(
          unit == CostUnit.MS ? (Double) cost : null,
          unit == CostUnit.SHARE ? (Double) cost : null,
          unit == CostUnit.GFLOPS ? (Double) cost : null,
          unit == CostUnit.MPARAMS ? (Double) cost : null);
    }
  }

  /** The same without its architecture. */
  public FrontPoint withoutArchitecture() {
    return new FrontPoint(point, loss, named, cost, costUnit, within, counts, file, null);
  }
}
