package mos.search;

import java.util.List;
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

  /**
   * Cheaper constraints to be met too, asked first: of an architecture that misses one, {@link
   * #cost} is not asked.
   */
  default List<Constraint> screens() {
    return List.of();
  }

  /** Whether an architecture meets all screens. */
  default boolean passesScreens(SubTransformer architecture) {
    return screens().stream().allMatch(screen -> screen.allows(screen.cost(architecture)));
  }

  /** This constraint behind {@code screens}. */
  default Constraint screenedBy(List<Constraint> screens) {
    return new Screened(this, limit(), screens);
  }

  /** The same costs and screens without a limit. */
  default Constraint unlimited() {
    return new Screened(this, Double.POSITIVE_INFINITY, screens());
  }

  /** The same costs and screens with another limit. */
  default Constraint limitedTo(double limit) {
    return new Screened(this, limit, screens());
  }

  /** A constraint with screens and a limit of its own. */
  record Screened(Constraint of, double limit, List<Constraint> screens) implements Constraint {
    public Screened {
      screens = List.copyOf(screens);
    }

    @Override
    public double cost(SubTransformer architecture) {
      return of.cost(architecture);
    }

    @Override
    public String unit() {
      return of.unit();
    }
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
