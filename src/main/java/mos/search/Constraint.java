package mos.search;

import java.util.List;
import java.util.Locale;
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

  /** The limit for people, with its unit. */
  default String limitText() {
    return number(limit()) + " " + unit();
  }

  /** A cost or limit for people, without its unit. */
  static String number(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      return String.format(Locale.ROOT, "%d", (long) value);
    }
    return Math.abs(value) < 10
        ? String.format(Locale.ROOT, "%.3g", value)
        : String.format(Locale.ROOT, "%.1f", value);
  }

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

  /**
   * The same for a search, which aims below the limit.
   *
   * @param aim in {@link #unit}, not above the limit
   */
  default Constraint aiming(double aim) {
    return aim == limit() ? this : new Aimed(this, aim);
  }

  /** A constraint with screens and a limit of its own. */
  record Screened(Constraint of, double limit, List<Constraint> screens) implements Constraint {
    /** Keeps a copy of the screens. */
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

  /**
   * What a search aims at.
   *
   * @param limit less than that of {@code of}
   */
  record Aimed(Constraint of, double limit) implements Constraint {
    @Override
    public double cost(SubTransformer architecture) {
      return of.cost(architecture);
    }

    @Override
    public String unit() {
      return of.unit();
    }

    @Override
    public List<Constraint> screens() {
      return of.screens();
    }

    @Override
    public String limitText() {
      return of.limitText() + " less a margin (" + number(limit) + ")";
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
