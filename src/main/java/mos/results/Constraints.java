package mos.results;

import java.util.List;
import java.util.Locale;

/**
 * All limits of a SubTransformer, flat in what holds them.
 *
 * @param constraintMet whether all are met; null where nothing was compared
 * @param constraints each limit; null where nothing was compared
 * @param speedUp how many times as fast as the largest SubTransformer it is; null where latency was
 *     not measured
 */
public record Constraints(
    Boolean constraintMet, List<ConstraintResult> constraints, Double speedUp) {
  /** Nothing was compared. */
  public static final Constraints NONE = new Constraints(null, null, null);

  /** Copies the list. */
  public Constraints {
    constraints = constraints == null ? null : List.copyOf(constraints);
  }

  /** Whether limits were compared and are all met. */
  public boolean met() {
    return Boolean.TRUE.equals(constraintMet);
  }

  /** Each limit; none where nothing was compared. */
  public List<ConstraintResult> all() {
    return constraints == null ? List.of() : constraints;
  }

  /** Whether a limit was missed while other programs used the machine. */
  public boolean missedUnderLoad() {
    return all().stream().anyMatch(one -> !one.met() && one.disturbed());
  }

  /** One line for each limit; those that are missed cannot be overlooked. */
  public String describe() {
    StringBuilder text = new StringBuilder();
    for (ConstraintResult one : all()) {
      text.append(text.isEmpty() ? "" : System.lineSeparator());
      text.append(one.met() ? "constraint met: " : "*** CONSTRAINT NOT MET: ");
      text.append(one.describe());
      if (!one.met()) {
        text.append(" ***").append(one.disturbed() ? others(one) : "");
      }
    }
    if (speedUp != null && !text.isEmpty()) {
      text.append(
          String.format(
              Locale.ROOT, "%n%.2f times as fast as the largest SubTransformer", speedUp));
    }
    return text.toString();
  }

  private static String others(ConstraintResult one) {
    return String.format(
        Locale.ROOT,
        "%n    not met now: other programs used %.2f cores while it was measured, which makes times"
            + " longer",
        one.otherLoad());
  }
}
