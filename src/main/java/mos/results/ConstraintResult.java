package mos.results;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import mos.base.Limit;

/**
 * One limit and what was found of it.
 *
 * @param limit as it was given, in {@code limitUnit}
 * @param limitUnit "%" of the largest SubTransformer's, or the quantity's unit
 * @param limitValue the limit in the quantity's unit
 * @param measured in the quantity's unit
 * @param unit of the quantity
 * @param share of the largest SubTransformer's, 0..1; null where that is not known
 * @param met whether it is within the limit
 * @param measuredAt when, ISO 8601; null in files of older versions
 * @param otherLoad cores that other programs kept busy meanwhile; null where that is not known or
 *     does not matter
 */
public record ConstraintResult(
    Quantity quantity,
    double limit,
    String limitUnit,
    double limitValue,
    double measured,
    String unit,
    @JsonInclude(JsonInclude.Include.ALWAYS) Double share,
    boolean met,
    String measuredAt,
    @JsonInclude(JsonInclude.Include.ALWAYS) Double otherLoad) {
  /** More cores than this are said to disturb. */
  private static final double DISTURBING = 0.1;

  /**
   * Compares.
   *
   * @param measured in the quantity's unit
   * @param largest what the largest SubTransformer takes, in that unit; NaN where it is not known
   */
  public static ConstraintResult of(
      Quantity quantity, Limit limit, double measured, double largest) {
    double value = limit.value(largest);
    return new ConstraintResult(
        quantity,
        limit.number(),
        limit.relative() ? "%" : quantity.unit(),
        value,
        measured,
        quantity.unit(),
        Double.isNaN(largest) ? null : (Double) (measured / largest),
        measured <= value,
        null,
        null);
  }

  /**
   * The same with its circumstances.
   *
   * @param at ISO 8601
   * @param load cores that other programs kept busy; NaN where it is not known
   */
  public ConstraintResult measured(String at, double load) {
    return new ConstraintResult(
        quantity,
        limit,
        limitUnit,
        limitValue,
        measured,
        unit,
        share,
        met,
        at,
        timed() && !Double.isNaN(load) ? (Double) load : null);
  }

  /** Whether latency is what is limited. */
  public boolean timed() {
    return quantity == Quantity.LATENCY;
  }

  /** Whether the limit is a share of the largest SubTransformer's. */
  public boolean relative() {
    return limitUnit.equals("%");
  }

  /** Whether other programs used the machine while it was measured. */
  public boolean disturbed() {
    return otherLoad != null && otherLoad > DISTURBING;
  }

  /** For people: "latency 58.3% of the largest's (11.2 of 19.2 ms), limit 60%". */
  public String describe() {
    return quantity.word() + " " + measuredText() + ", limit " + limitText();
  }

  /** "58.3% of the largest's (11.2 of 19.2 ms)", "12.3 ms". */
  public String measuredText() {
    return relative() && share != null
        ? String.format(
            Locale.ROOT,
            "%.1f%% of the largest's (%s of %s %s)",
            100 * share,
            number(measured),
            number(measured / share),
            quantity.words())
        : number(measured) + " " + quantity.words();
  }

  /** "60% of the largest's latency", "15 ms". */
  public String limitText() {
    return relative()
        ? Limit.percent(limit) + " of the largest's " + quantity.word()
        : number(limit) + " " + quantity.words();
  }

  /** Four digits. */
  public static String number(double value) {
    return Double.isFinite(value)
        ? new BigDecimal(value, new MathContext(4)).stripTrailingZeros().toPlainString()
        : "?";
  }
}
