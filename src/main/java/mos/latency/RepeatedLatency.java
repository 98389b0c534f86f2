package mos.latency;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Several gold measurements of one SubTransformer, and whether they agree.
 *
 * @param measurements in order of time, at least one
 */
public record RepeatedLatency(List<Latency> measurements) {
  /** Measurements agree when slowest and fastest differ by at most this share of the median. */
  public static final double AGREEMENT = 0.03;

  /**
   * @throws IllegalArgumentException for no measurement
   */
  public RepeatedLatency {
    measurements = List.copyOf(measurements);
    if (measurements.isEmpty()) {
      throw new IllegalArgumentException("no measurement");
    }
  }

  /** The measurement in the middle; the slower of the two there. */
  public Latency median() {
    List<Latency> sorted =
        measurements.stream().sorted(Comparator.comparingDouble(Latency::ms)).toList();
    return sorted.get(sorted.size() / 2);
  }

  /** Slowest minus fastest, as a share of the median; 0 for one measurement. */
  public double spread() {
    double fastest = measurements.stream().mapToDouble(Latency::ms).min().orElseThrow();
    double slowest = measurements.stream().mapToDouble(Latency::ms).max().orElseThrow();
    return median().ms() == 0 ? 0 : (slowest - fastest) / median().ms();
  }

  /** Whether all measurements lie within {@link #AGREEMENT}; trivially so for one. */
  public boolean agree() {
    return spread() <= AGREEMENT;
  }

  /** For people: "3 measurements agree within 1.2%" or that they do not. */
  public static String describe(int repeats, double spread, boolean agree) {
    String percent = String.format(Locale.ROOT, "%.1f%%", 100 * spread);
    String between = percent + " between fastest and slowest";
    return agree
        ? repeats + " measurements agree: " + between
        : repeats
            + " measurements DO NOT AGREE: "
            + between
            + String.format(
                Locale.ROOT, ", need at most %.0f%%; is the machine idle?", 100 * AGREEMENT);
  }
}
