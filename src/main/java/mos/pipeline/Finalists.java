package mos.pipeline;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import mos.base.MosException;
import mos.latency.Latency;
import mos.search.Candidate;
import mos.search.Constraint;
import mos.space.SearchSpace;
import mos.space.SubTransformer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes sure that what a search returns meets its constraint: a candidate's latency was measured
 * once in the search, or only predicted, so the best candidates are measured again before one is
 * chosen.
 *
 * @param measurement of this machine
 * @param constraint of the search
 */
record Finalists(Measurement measurement, Constraint constraint) {
  private static final Logger LOG = LoggerFactory.getLogger(Finalists.class);

  /** A finalist's slowest of so many measurements counts. */
  private static final int REPEATS = 3;

  /** Measurements of one architecture in two processes were seen to differ by so much. */
  private static final double MARGIN = 1.2;

  /** A constraint is hopeless if the smallest SubTransformer needs so many times as much. */
  private static final double HOPELESS = 1.25;

  /**
   * What was chosen.
   *
   * @param candidate null when none met the constraint
   * @param latency the slowest measurement, null when latency is not constrained
   * @param rejected better candidates that missed the constraint when measured again
   * @param fastestMs of the rejected
   */
  record Choice(
      Candidate candidate,
      Latency latency,
      double limit,
      String unit,
      int rejected,
      double fastestMs) {}

  /** Whether latency is constrained. */
  boolean timed() {
    return constraint.unit().equals("ms");
  }

  /**
   * Refuses a constraint that not even the smallest SubTransformer comes near, before anything is
   * searched.
   */
  void requireFeasible(SearchSpace space) {
    SubTransformer smallest = space.smallest();
    List<Constraint> all = new ArrayList<>(constraint.screens());
    all.add(constraint);
    for (Constraint one : all) {
      boolean ours = one == constraint;
      double cost = ours && timed() ? measurement.latency(smallest).ms() : one.cost(smallest);
      if (cost > HOPELESS * one.limit()) {
        throw new MosException(
            String.format(
                Locale.ROOT,
                "no SubTransformer under %s %s: the smallest of the search space takes %.4g %s%s",
                plain(one.limit()),
                one.unit(),
                cost,
                one.unit(),
                ours && timed()
                    ? "; try again when this machine has less other work, or give a larger"
                        + " --latency-constraint"
                    : ""));
      }
    }
  }

  /**
   * The candidate with the lowest loss whose repeated measurements all meet the constraint.
   *
   * @throws MosException when there is none
   */
  Choice choose(List<Candidate> evaluated) {
    Choice choice = find(evaluated);
    if (choice.candidate() == null) {
      throw new MosException(
          String.format(
              Locale.ROOT,
              "none of the %d candidates stays under %s %s when measured again; the fastest took"
                  + " %s ms",
              choice.rejected(),
              plain(constraint.limit()),
              constraint.unit(),
              plain(choice.fastestMs())));
    }
    return choice;
  }

  private static String plain(double value) {
    return Double.isFinite(value)
        ? new BigDecimal(value, new MathContext(4)).stripTrailingZeros().toPlainString()
        : "?";
  }

  /** As {@link #choose}, with a candidate of null when there is none. */
  Choice find(List<Candidate> evaluated) {
    List<Candidate> ranked =
        evaluated.stream()
            .filter(candidate -> constraint.allows(candidate.cost()))
            .filter(candidate -> Double.isFinite(candidate.loss()))
            .sorted(Comparator.comparingDouble(Candidate::loss))
            .toList();
    double fastest = Double.POSITIVE_INFINITY;
    int rejected = 0;
    for (Candidate candidate : ranked) {
      if (!timed()) {
        return choice(candidate, null, 0, fastest);
      }
      Latency latency = slowest(candidate.architecture());
      if (constraint.allows(withSpread(latency))) {
        return choice(candidate, latency, rejected, fastest);
      }
      LOG.info(
          "a candidate with loss {} took {} ms when measured again: rejected",
          String.format(Locale.ROOT, "%.4f", candidate.loss()),
          String.format(Locale.ROOT, "%.2f", latency.ms()));
      fastest = Math.min(fastest, latency.ms());
      rejected++;
    }
    return choice(null, null, rejected, fastest);
  }

  private Choice choice(Candidate candidate, Latency latency, int rejected, double fastestMs) {
    return new Choice(
        candidate, latency, constraint.limit(), constraint.unit(), rejected, fastestMs);
  }

  /** With a margin, so that a later measurement meets the limit too. */
  private static double withSpread(Latency latency) {
    return Math.max(latency.ms() + latency.interquartileMs() / 2, latency.ms() * MARGIN);
  }

  private Latency slowest(SubTransformer architecture) {
    Latency slowest = measurement.latency(architecture);
    for (int i = 1; i < REPEATS; i++) {
      Latency again = measurement.latency(architecture);
      slowest = again.ms() > slowest.ms() ? again : slowest;
      if (!constraint.allows(withSpread(slowest))) {
        break;
      }
    }
    return slowest;
  }
}
