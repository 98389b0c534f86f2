package mos.base;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The most that something may take: a number in the unit of its setting, or a share of what the
 * largest SubTransformer takes.
 *
 * @param number in the setting's unit or, of a share, in percent
 * @param relative whether it is a share
 */
public record Limit(double number, boolean relative) {
  private static final Pattern SHARE = Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,10})?) ?%");

  /**
   * @throws IllegalArgumentException for a number that is not finite, and for a share that is not
   *     above 0% and up to 100%
   */
  public Limit {
    if (!Double.isFinite(number) || relative && !(number > 0 && number <= 100)) {
      throw new IllegalArgumentException(number + (relative ? "%" : ""));
    }
  }

  /** A limit in the setting's unit. */
  public static Limit of(double number) {
    return new Limit(number, false);
  }

  /** A share of the largest SubTransformer's, above 0 and up to 100. */
  public static Limit percent(double percent) {
    return new Limit(percent, true);
  }

  /**
   * Reads a share such as "60%"; of other text there is none.
   *
   * @throws IllegalArgumentException for a share that is not above 0% and up to 100%
   */
  public static Optional<Limit> share(String text) {
    Matcher share = SHARE.matcher(text);
    return share.matches()
        ? Optional.of(percent(Double.parseDouble(share.group(1))))
        : Optional.empty();
  }

  /**
   * The limit in the quantity's own unit.
   *
   * @param largest what the largest SubTransformer takes, in that unit
   */
  public double value(double largest) {
    return relative ? number / 100 * largest : number;
  }

  /** As in JSON: a number, or text such as "60%". */
  @JsonValue
  Object stored() {
    return relative ? toString() : number;
  }

  /** As in YAML and on the command line. */
  @Override
  public String toString() {
    if (!relative) {
      return String.valueOf(number);
    }
    return (number == Math.rint(number) ? String.valueOf((long) number) : String.valueOf(number))
        + "%";
  }
}
