package mos.host;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What else the machine did while something was measured, as far as the system tells; a figure that
 * it does not tell is NaN.
 *
 * @param otherCores cores that other programs kept busy, on average
 * @param clockMhz clock of the cores at the end, mean
 * @param loadAverage runnable threads over the last minute, our own among them
 */
public record HostLoad(double otherCores, double clockMhz, double loadAverage) {
  /** Nothing is known. */
  public static final HostLoad UNKNOWN = new HostLoad(Double.NaN, Double.NaN, Double.NaN);

  /** Other programs that use more than this many cores are worth a remark. */
  private static final double DISTURBING = 0.1;

  private static final double TICKS_PER_SECOND = 100;

  /** Columns of the first line of /proc/stat that count as work: all but idle and waiting. */
  private static final List<Integer> BUSY = List.of(1, 2, 3, 6, 7, 8);

  /** Watches from its making to {@link #stop}. */
  public static final class Watch {
    private final long start = System.nanoTime();
    private final double own = ThisProcess.computedSeconds();
    private final double all = busySeconds(ProcFile.read("stat"));

    private Watch() {}

    /** The state since the watch was made. */
    public HostLoad stop() {
      double seconds = Math.max(1e-3, (System.nanoTime() - start) * 1e-9);
      double others =
          (busySeconds(ProcFile.read("stat")) - all - (ThisProcess.computedSeconds() - own))
              / seconds;
      return new HostLoad(
          Double.isNaN(others) ? others : Math.max(0, others),
          clockMhz(ProcFile.read("cpuinfo")),
          loadAverage(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
    }
  }

  /** Begins to watch. */
  public static Watch watch() {
    return new Watch();
  }

  /** Whether other programs took so much that times may be too long. */
  public boolean disturbed() {
    return otherCores > DISTURBING;
  }

  /** For people: what other programs did. */
  public String others() {
    return String.format(Locale.ROOT, "other programs used %.2f cores", otherCores);
  }

  /** For people, one line; empty where nothing is known. */
  public String describe() {
    List<String> known = new ArrayList<>();
    if (!Double.isNaN(otherCores)) {
      known.add(others());
    }
    if (!Double.isNaN(clockMhz)) {
      known.add(String.format(Locale.ROOT, "clock %.0f MHz", clockMhz));
    }
    String text = String.join(", ", known);
    return disturbed() ? text + ": times may be too long" : text;
  }

  /** Seconds of work of all cores since the machine began, of /proc/stat. */
  static double busySeconds(ProcFile stat) {
    String[] columns = stat.lines().isEmpty() ? new String[0] : stat.lines().get(0).split("\\s+");
    if (columns.length < 9 || !columns[0].equals("cpu")) {
      return Double.NaN;
    }
    return BUSY.stream().mapToDouble(i -> Double.parseDouble(columns[i])).sum() / TICKS_PER_SECOND;
  }

  /** The mean clock of /proc/cpuinfo. */
  static double clockMhz(ProcFile cpuinfo) {
    return cpuinfo
        .values("cpu MHz")
        .filter(text -> text.matches("[0-9]+(\\.[0-9]+)?"))
        .mapToDouble(Double::parseDouble)
        .average()
        .orElse(Double.NaN);
  }

  private static double loadAverage(double told) {
    return told < 0 ? Double.NaN : told;
  }
}
