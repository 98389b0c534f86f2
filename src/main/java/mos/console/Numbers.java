package mos.console;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers for readers: grouped counts, few significant digits, SI prefixes. */
public final class Numbers {
  /** Stands where there is no figure. */
  public static final String NONE = "–";

  private static final String[] PREFIXES = {"", " k", " M", " G", " T", " P"};

  private Numbers() {}

  /** A count with grouped digits, such as 12,345. */
  public static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** {@code value} with {@code digits} decimals and grouped digits; a dash where not finite. */
  public static String fixed(double value, int digits) {
    if (!Double.isFinite(value)) {
      return NONE;
    }
    String text = String.format(Locale.ROOT, "%,." + digits + "f", value);
    return text.startsWith("-") ? "−" + text.substring(1) : text;
  }

  /** {@code value} with about {@code digits} significant digits; exponents only at extremes. */
  public static String significant(double value, int digits) {
    if (!Double.isFinite(value)) {
      return NONE;
    }
    double size = Math.abs(value);
    if (size == 0) {
      return "0";
    }
    if (size >= 1e15 || size < 1e-4) {
      return scientific(value, digits);
    }
    // Rounded first, so that 0.9996 becomes 1.00 and not 1.000.
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(digits));
    int magnitude = rounded.precision() - rounded.scale() - 1;
    return fixed(value, Math.max(0, digits - 1 - magnitude));
  }

  /** {@code value} as mantissa and power of ten, such as 2.5e-4; zeros at the end are dropped. */
  public static String scientific(double value, int digits) {
    String[] parts = String.format(Locale.ROOT, "%." + (digits - 1) + "e", value).split("e", 2);
    String mantissa =
        parts[0].contains(".") ? parts[0].replaceAll("0+$", "").replaceAll("\\.$", "") : parts[0];
    return (mantissa + "e" + Integer.parseInt(parts[1])).replace('-', '−');
  }

  /** {@code value} with three significant digits and an SI prefix, such as "56.2 M". */
  public static String si(double value) {
    if (!Double.isFinite(value)) {
      return NONE;
    }
    double scaled = value;
    int prefix = 0;
    while (Math.abs(scaled) >= 999.5 && prefix < PREFIXES.length - 1) {
      scaled /= 1000;
      prefix++;
    }
    return significant(scaled, 3) + PREFIXES[prefix];
  }
}
