package mos.search;

import java.util.function.ToDoubleFunction;
import mos.base.ConfigurationException;
import mos.space.SubTransformer;

/** What a candidate may cost: latency, FLOPs or parameters. */
public interface Constraint {
  /** The cost of an architecture, in {@link #unit}; asked once per architecture. */
  double cost(SubTransformer architecture);

  /** The largest cost allowed, included. */
  double limit();

  /** The unit of cost and limit, e.g. "ms". */
  String unit();

  /** Whether a cost is within the limit; NaN is not. */
  default boolean allows(double cost) {
    return cost <= limit();
  }

  /** A constraint of the given cost function. */
  static Constraint of(ToDoubleFunction<SubTransformer> cost, double limit, String unit) {
    if (!(limit > 0)) {
      throw new ConfigurationException(
          "constraint: got " + limit + " " + unit + ", must be above 0");
    }
    return new Constraint() {
      @Override
      public double cost(SubTransformer architecture) {
        return cost.applyAsDouble(architecture);
      }

      @Override
      public double limit() {
        return limit;
      }

      @Override
      public String unit() {
        return unit;
      }
    };
  }
}
