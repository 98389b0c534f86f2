package mos.console;

import java.time.Duration;
import java.util.Locale;

/** Durations in words with at most two units: "350 ms", "8.4 s", "1 min 23 s", "2 h 05 min". */
public final class Durations {
  private static final long MINUTE = 60;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  private Durations() {}

  /** A duration in words; negative ones count as zero. */
  public static String format(Duration duration) {
    return ofSeconds(duration.toNanos() / 1e9);
  }

  /** {@code seconds} in words; "?" where it is not a number or not finite. */
  public static String ofSeconds(double seconds) {
    if (!Double.isFinite(seconds)) {
      return "?";
    }
    if (seconds <= 0) {
      return "0 s";
    }
    if (seconds < 0.9995) {
      return Math.max(1, Math.round(seconds * 1000)) + " ms";
    }
    if (seconds < 9.95) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    long whole = Math.round(seconds);
    if (whole < MINUTE) {
      return whole + " s";
    }
    if (whole < HOUR) {
      return pair(whole, MINUTE, "min", 1, "s");
    }
    // From an hour on, seconds are dropped: rounding first keeps "59 min 60 s" from happening.
    long minutes = Math.round(whole / (double) MINUTE) * MINUTE;
    return minutes < DAY
        ? pair(minutes, HOUR, "h", MINUTE, "min")
        : pair(Math.round(whole / (double) HOUR) * HOUR, DAY, "d", HOUR, "h");
  }

  private static String pair(
      long seconds, long large, String largeName, long small, String smallName) {
    long rest = seconds % large / small;
    return String.format(Locale.ROOT, "%d %s %02d %s", seconds / large, largeName, rest, smallName);
  }
}
