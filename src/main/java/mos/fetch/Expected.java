package mos.fetch;

import java.util.Locale;
import java.util.regex.Pattern;
import mos.base.ConfigurationException;

/**
 * What is known of a file before it is there.
 *
 * @param size bytes; -1 where not known
 * @param sha256 64 hexadecimal digits; empty where not known
 */
public record Expected(long size, String sha256) {
  private static final Pattern DIGITS = Pattern.compile("[0-9a-f]{64}");

  /** Nothing is known. */
  public static final Expected NOTHING = new Expected(-1, "");

  public Expected {
    sha256 = sha256.strip().toLowerCase(Locale.ROOT);
    if (size < -1) {
      throw new ConfigurationException("size: got " + size + ", must be at least 0 bytes");
    }
    if (!sha256.isEmpty() && !DIGITS.matcher(sha256).matches()) {
      throw new ConfigurationException(
          "SHA-256: got " + sha256 + ", must be 64 hexadecimal digits");
    }
  }
}
