package mos.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Whether a system differs from a baseline by more than chance, on the same segments; and how
 * certain a score is. Equal to sacrebleu 2.6.0 with the same seed: same resamples, same test.
 *
 * <p>Source: Koehn, Statistical Significance Tests for Machine Translation Evaluation, EMNLP 2004
 * (paired bootstrap); Riezler and Maxwell, On Some Pitfalls in Automatic Evaluation and
 * Significance Testing for MT, 2005 (approximate randomisation); Clark et al., ACL 2011.
 *
 * @param metric what scores
 * @param seed of the resamples, from 0
 */
public record Significance(CorpusMetric metric, long seed) {
  /** What sacrebleu seeds with unless told otherwise. */
  public static final long DEFAULT_SEED = 12345;

  /** How two systems are compared. */
  public enum Test {
    /** Segments are drawn with replacement, the same of both systems. */
    PAIRED_BOOTSTRAP("bs", 1000),
    /** The systems' outputs of each segment are exchanged or not, by chance. */
    APPROXIMATE_RANDOMISATION("ar", 10000);

    private final String key;
    private final int usualTrials;

    Test(String key, int usualTrials) {
      this.key = key;
      this.usualTrials = usualTrials;
    }

    /** In signatures. */
    public String key() {
      return key;
    }

    /** Trials unless told otherwise. */
    public int usualTrials() {
      return usualTrials;
    }
  }

  /**
   * Of resampled scores.
   *
   * @param mean of all
   * @param halfWidth of the interval that holds 95% of them
   */
  public record Interval(double mean, double halfWidth) {
    private static Interval of(double[] scores) {
      double[] sorted = scores.clone();
      Arrays.sort(sorted);
      int outside = sorted.length / 40;
      double mean = Arrays.stream(sorted).average().orElseThrow();
      return new Interval(mean, (sorted[sorted.length - 1 - outside] - sorted[outside]) / 2);
    }
  }

  /**
   * A system beside the baseline.
   *
   * @param pValue how probable such a difference is between equals: below 0.05 it is called
   *     significant
   * @param interval of the system's score; null where it was not asked for
   */
  public record Difference(double pValue, Interval interval) {}

  /**
   * The 95% interval of one system's score, by bootstrap.
   *
   * @param segments statistics of at least one segment
   * @param samples at least 1
   */
  public Interval interval(double[][] segments, int samples) {
    return Interval.of(resampled(List.<double[][]>of(segments), samples, new Pcg64(seed)).get(0));
  }

  /**
   * Compares a system with the baseline.
   *
   * @param baseline statistics of at least one segment
   * @param system of the same segments
   * @param trials at least 1
   * @param intervalSamples of randomisation: bootstrap samples for an interval, 0 for none
   */
  public Difference compare(
      Test test, double[][] baseline, double[][] system, int trials, int intervalSamples) {
    double real =
        Math.abs(metric.score(Segments.sum(baseline)) - metric.score(Segments.sum(system)));
    Pcg64 random = new Pcg64(seed);
    if (test == Test.PAIRED_BOOTSTRAP) {
      List<double[]> scores = resampled(List.of(baseline, system), trials, random);
      double[] differences = new double[trials];
      for (int i = 0; i < trials; i++) {
        differences[i] = Math.abs(scores.get(1)[i] - scores.get(0)[i]);
      }
      double mean = Arrays.stream(differences).average().orElseThrow();
      return new Difference(
          pValue(Arrays.stream(differences).map(d -> d - mean).toArray(), real),
          Interval.of(scores.get(1)));
    }
    double pValue = pValue(exchanged(baseline, system, trials, random), real);
    return new Difference(
        pValue,
        intervalSamples == 0
            ? null
            : Interval.of(resampled(List.<double[][]>of(system), intervalSamples, random).get(0)));
  }

  /** Scores of resamples of every system's segments, the same segments of all. */
  private List<double[]> resampled(List<double[][]> systems, int samples, Pcg64 random) {
    int size = systems.get(0).length;
    int[] drawn = new int[size];
    List<double[]> scores = new ArrayList<>();
    systems.forEach(system -> scores.add(new double[samples]));
    for (int sample = 0; sample < samples; sample++) {
      for (int i = 0; i < size; i++) {
        drawn[i] = random.next(size);
      }
      for (int s = 0; s < scores.size(); s++) {
        double[][] segments = systems.get(s);
        double[] sums = new double[segments[0].length];
        for (int i : drawn) {
          Segments.add(segments[i], sums);
        }
        scores.get(s)[sample] = metric.score(sums);
      }
    }
    return scores;
  }

  /** Differences of two systems whose segments are exchanged by chance. */
  private double[] exchanged(double[][] baseline, double[][] system, int trials, Pcg64 random) {
    Pcg64.Bits bits = random.new Bits();
    double[] differences = new double[trials];
    for (int trial = 0; trial < trials; trial++) {
      double[] one = new double[baseline[0].length];
      double[] other = new double[baseline[0].length];
      for (int i = 0; i < baseline.length; i++) {
        boolean kept = bits.next();
        Segments.add(baseline[i], kept ? one : other);
        Segments.add(system[i], kept ? other : one);
      }
      differences[trial] = Math.abs(metric.score(one) - metric.score(other));
    }
    return differences;
  }

  /** The share of trials beyond the real difference, which is counted among them. */
  private static double pValue(double[] trials, double real) {
    long beyond = Arrays.stream(trials).filter(difference -> difference > real).count();
    return (beyond + 1.0) / (trials.length + 1);
  }
}
