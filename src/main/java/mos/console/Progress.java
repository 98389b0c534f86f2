package mos.console;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Shows how far a long stage is, on standard error: label, done of total, rate, elapsed time, time
 * left and the last message. On a terminal one line is redrawn at most five times a second;
 * elsewhere (a log file) a plain line is printed at most every ten seconds, the first and the last
 * always. Safe for use by several threads; no method throws.
 *
 * <p>Our own hundred lines rather than a library: those found draw bars only, need a terminal
 * library for width, and have no calm form for log files.
 */
public final class Progress implements AutoCloseable {
  private static final long REDRAW_NANOS = 200_000_000L;
  private static final long PLAIN_NANOS = 10_000_000_000L;
  private static final int BAR_CELLS = 20;
  private static final String ERASE_TO_END = "\u001b[K";

  /** What a stage is a part of. */
  @FunctionalInterface
  public interface Whole {
    /** Nothing is known of it. */
    Whole UNKNOWN = (left, total) -> "";

    /**
     * How long the whole still takes, in words: "run about 3 h 00 min left"; empty where nothing is
     * known.
     *
     * @param left seconds that the stage still takes
     * @param total seconds that it takes in all
     */
    String left(double left, double total);
  }

  private static volatile Whole whole = Whole.UNKNOWN;

  private final String label;
  private final long total;
  private final long alreadyDone;
  private final PrintStream out;
  private final boolean redraws;
  private final int columns;
  private final LongSupplier nanos;
  private final long started;

  private long done;
  private String message = "";
  private long lastShown;
  private boolean shown;
  private boolean closed;

  Progress(
      String label,
      long total,
      long alreadyDone,
      PrintStream out,
      boolean redraws,
      int columns,
      LongSupplier nanos) {
    this.label = oneLine(label);
    this.total = total;
    this.alreadyDone = Math.max(0, alreadyDone);
    this.done = this.alreadyDone;
    this.out = out;
    this.redraws = redraws;
    this.columns = columns;
    this.nanos = nanos;
    this.started = nanos.getAsLong();
    show(false);
  }

  /**
   * Starts a stage of {@code total} steps.
   *
   * @param label short name of the stage
   * @param total number of steps; 0 or less where it is not known
   */
  public static Progress start(String label, long total) {
    return resume(label, total, 0);
  }

  /** Continues a stage of which {@code alreadyDone} steps were done earlier; they set no rate. */
  public static Progress resume(String label, long total, long alreadyDone) {
    return new Progress(
        label,
        total,
        alreadyDone,
        System.err,
        Terminal.redraws(),
        Terminal.columns(),
        System::nanoTime);
  }

  /** Says what the stages from now on are parts of; one whole at a time. */
  public static void partOf(Whole some) {
    whole = some;
  }

  /** One more step is done. */
  public synchronized void step() {
    done++;
    showWhenDue();
  }

  /** One more step is done; {@code message} says how it went, such as "loss 3.21". */
  public synchronized void step(String message) {
    done++;
    this.message = oneLine(message);
    showWhenDue();
  }

  /** {@code done} steps are done in all; {@code message} says how it goes, such as "loss 3.21". */
  public synchronized void update(long done, String message) {
    this.done = Math.max(0, done);
    this.message = oneLine(message);
    showWhenDue();
  }

  /** Prints a line that stays, above the bar. */
  public synchronized void note(String line) {
    if (redraws && !closed) {
      out.print("\r" + ERASE_TO_END);
    }
    out.println(line);
    if (redraws && !closed) {
      show(false);
    }
  }

  /** Shows the last state once more and leaves the line. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      show(true);
    }
  }

  private void showWhenDue() {
    long since = nanos.getAsLong() - lastShown;
    if (!closed && (!shown || since >= (redraws ? REDRAW_NANOS : PLAIN_NANOS))) {
      show(false);
    }
  }

  private void show(boolean last) {
    lastShown = nanos.getAsLong();
    shown = true;
    if (!redraws) {
      out.println(line(last, false));
    } else {
      out.print("\r" + cut(line(last, true)) + ERASE_TO_END + (last ? System.lineSeparator() : ""));
    }
    out.flush();
  }

  private String line(boolean last, boolean bar) {
    double seconds = Math.max(0, (lastShown - started) / 1e9);
    long news = done - alreadyDone;
    StringBuilder line = new StringBuilder(label);
    if (total > 0) {
      double share = Math.min(1, done / (double) total);
      if (bar) {
        int filled = (int) (share * BAR_CELLS);
        line.append("  [").append("#".repeat(filled)).append(".".repeat(BAR_CELLS - filled));
        line.append(']');
      }
      // Rounded down: 100 % is said of finished stages only.
      line.append(String.format(Locale.ROOT, " %3d %%", (int) (share * 100)));
      line.append("  ").append(Numbers.count(done)).append('/').append(Numbers.count(total));
    } else {
      line.append("  ").append(Numbers.count(done));
    }
    if (news > 0 && seconds > 0) {
      line.append("  ").append(rate(news / seconds));
    }
    line.append("  ").append(Durations.ofSeconds(last ? seconds : Math.floor(seconds)));
    if (!last && total > done && news > 0) {
      double left = Math.ceil((total - done) * seconds / news);
      line.append(", ").append(Durations.ofSeconds(left)).append(" left");
      String later = whole.left(left, total * seconds / news);
      line.append(later.isEmpty() ? "" : ", " + later);
    }
    if (!message.isEmpty()) {
      line.append("  ").append(message);
    }
    return line.toString();
  }

  private static String rate(double perSecond) {
    return perSecond >= 1
        ? Numbers.significant(perSecond, 3) + "/s"
        : Durations.ofSeconds(1 / perSecond) + " each";
  }

  /** A line as wide as the window would wrap and could not be redrawn. */
  private String cut(String line) {
    int room = columns - 1;
    return line.codePointCount(0, line.length()) <= room
        ? line
        : line.substring(0, line.offsetByCodePoints(0, room));
  }

  private static String oneLine(String text) {
    return text == null ? "" : text.replaceAll("\\s+", " ").strip();
  }
}
