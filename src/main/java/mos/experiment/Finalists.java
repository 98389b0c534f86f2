package mos.experiment;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import mos.base.MosException;
import mos.results.CostUnit;
import mos.results.Quantity;
import mos.search.Candidate;
import mos.search.Constraint;
import mos.space.SubTransformer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes sure that what a search returns meets its constraint: a candidate's latency was measured
 * once in the search, or only predicted, so the best candidates are measured again before one is
 * chosen. Each is measured once, whoever asks.
 */
final class Finalists {
  private static final Logger LOG = LoggerFactory.getLogger(Finalists.class);

  private final Constraint constraint;
  private final ConstraintCheck check;
  private final Runnable stop;
  private final Map<SubTransformer, Checked> known = new HashMap<>();

  /**
   * @param constraint of the search, with the limits that decide in the end
   * @param stop throws when the process was told to end; asked between measurements
   */
  Finalists(Constraint constraint, ConstraintCheck check, Runnable stop) {
    this.constraint = constraint;
    this.check = check;
    this.stop = stop;
  }

  /**
   * What was chosen.
   *
   * @param candidate null when there is none; one that misses milliseconds while other programs use
   *     the machine is chosen, since nobody can tell
   * @param checked how it was measured again; null when there is none
   * @param refused better candidates that missed the constraint when measured again, best first
   */
  record Choice(Candidate candidate, Checked checked, List<Refused> refused) {}

  /** A candidate that missed the constraint when it was measured again. */
  record Refused(Candidate candidate, Checked checked) {}

  Constraint constraint() {
    return constraint;
  }

  /** The same with what the search aims at: a latency's limit less the margin. */
  Constraint aim() {
    return limits().timed() ? constraint.aiming(limits().aimed(constraint.limit())) : constraint;
  }

  /** What costs are in. */
  CostUnit costUnit() {
    Limits limits = limits();
    Quantity last =
        limits.timed()
            ? Quantity.LATENCY
            : limits.byQuantity().containsKey(Quantity.FLOPS) ? Quantity.FLOPS : Quantity.PARAMS;
    return CostUnit.of(last, limits.byQuantity().get(last).relative() && limits.timed());
  }

  Limits limits() {
    return check.limits();
  }

  SubTransformer largest() {
    return check.largest();
  }

  /**
   * The candidate with the lowest loss that meets the constraint when measured again.
   *
   * @throws MosException when there is none
   */
  Choice choose(Collection<Candidate> candidates) {
    Choice choice = find(candidates);
    if (choice.candidate() == null) {
      throw new MosException(none(choice.refused()));
    }
    return choice;
  }

  /** Says that all were refused, with the one that came nearest. */
  static String none(List<Refused> refused) {
    return refused.stream()
        .min(Comparator.comparingDouble(one -> one.checked().excess()))
        .map(
            nearest ->
                "none of the "
                    + refused.size()
                    + " candidates meets the constraint when measured again; nearest: "
                    + nearest.checked().describe())
        .orElse("no candidate meets the constraint");
  }

  /** As {@link #choose}, with a candidate of null when there is none. */
  Choice find(Collection<Candidate> candidates) {
    List<Candidate> ranked =
        candidates.stream()
            .filter(candidate -> constraint.allows(candidate.cost()))
            .filter(candidate -> Double.isFinite(candidate.loss()))
            .sorted(Comparator.comparingDouble(Candidate::loss))
            .toList();
    List<Refused> refused = new ArrayList<>();
    for (Candidate candidate : ranked) {
      Checked checked = checked(candidate);
      if (checked.met() || checked.undecided()) {
        return new Choice(candidate, checked, refused);
      }
      refused.add(new Refused(candidate, checked));
    }
    return new Choice(null, null, refused);
  }

  private Checked checked(Candidate candidate) {
    stop.run();
    Checked checked = known.get(candidate.architecture());
    if (checked == null) {
      checked = check.check(candidate.architecture());
      known.put(candidate.architecture(), checked);
      if (!checked.met()) {
        LOG.info(
            "a candidate with loss {} {} when measured again: {}",
            String.format(Locale.ROOT, "%.4f", candidate.loss()),
            checked.undecided() ? "misses the constraint now, under other load," : "is refused",
            checked.describe());
      }
    }
    return checked;
  }
}
