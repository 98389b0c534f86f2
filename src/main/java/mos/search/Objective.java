package mos.search;

import java.util.function.ToDoubleFunction;

/**
 * Something of a candidate that shall be small.
 *
 * @param name as in files, e.g. latency_ms
 * @param value of a candidate; lower is better, infinite is worst
 */
public record Objective(String name, ToDoubleFunction<Candidate> value) {
  /** The fitness. */
  public static final Objective LOSS = new Objective("loss", Candidate::loss);

  /** What the constraint measures. */
  public static Objective cost(String name) {
    return new Objective(name, Candidate::cost);
  }

  /** One of the candidate's further figures; infinite where it has none of that name. */
  public static Objective figure(String name) {
    return new Objective(name, c -> c.figures().getOrDefault(name, Double.POSITIVE_INFINITY));
  }
}
