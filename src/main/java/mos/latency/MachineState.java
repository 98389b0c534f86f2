package mos.latency;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * What else the machine did while something was measured, as far as the system tells; a figure that
 * it does not tell is NaN.
 *
 * @param otherCores cores that other programs kept busy, on average
 * @param clockMhz clock of the cores at the end, mean
 * @param loadAverage runnable threads over the last minute, our own among them
 */
public record MachineState(double otherCores, double clockMhz, double loadAverage) {
  /** Nothing is known. */
  public static final MachineState UNKNOWN = new MachineState(Double.NaN, Double.NaN, Double.NaN);

  /** Other programs that use more than this many cores are worth a remark. */
  private static final double DISTURBING = 0.1;

  private static final Path STAT = Path.of("/proc/stat");
  private static final Path CPU = Path.of("/proc/cpuinfo");
  private static final double TICKS_PER_SECOND = 100;

  /** Columns of the first line of /proc/stat that count as work: all but idle and waiting. */
  private static final List<Integer> BUSY = List.of(1, 2, 3, 6, 7, 8);

  /** Watches from its making to {@link #stop}. */
  public static final class Watch {
    private final long start = System.nanoTime();
    private final double own = ownSeconds();
    private final double all = busySeconds(lines(STAT));

    private Watch() {}

    /** The state since the watch was made. */
    public MachineState stop() {
      double seconds = Math.max(1e-3, (System.nanoTime() - start) * 1e-9);
      double others = (busySeconds(lines(STAT)) - all - (ownSeconds() - own)) / seconds;
      return new MachineState(
          Double.isNaN(others) ? others : Math.max(0, others),
          clockMhz(lines(CPU)),
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

  /** Adds what is known under {@code other_load_cores}, {@code clock_mhz}, {@code load_average}. */
  public void put(ObjectNode figures) {
    put(figures, "other_load_cores", otherCores);
    put(figures, "clock_mhz", clockMhz);
    put(figures, "load_average", loadAverage);
  }

  private static void put(ObjectNode figures, String key, double value) {
    if (!Double.isNaN(value)) {
      figures.put(key, value);
    }
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

  /** Seconds of work of all cores since the machine began, of the lines of /proc/stat. */
  static double busySeconds(List<String> stat) {
    String[] columns = stat.isEmpty() ? new String[0] : stat.get(0).split("\\s+");
    if (columns.length < 9 || !columns[0].equals("cpu")) {
      return Double.NaN;
    }
    return BUSY.stream().mapToDouble(i -> Double.parseDouble(columns[i])).sum() / TICKS_PER_SECOND;
  }

  /** The mean clock of the lines of /proc/cpuinfo. */
  static double clockMhz(List<String> cpuinfo) {
    OptionalDouble mean =
        cpuinfo.stream()
            .filter(line -> line.startsWith("cpu MHz") && line.indexOf(':') > 0)
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .filter(text -> text.matches("[0-9]+(\\.[0-9]+)?"))
            .mapToDouble(Double::parseDouble)
            .average();
    return mean.orElse(Double.NaN);
  }

  private static double loadAverage(double told) {
    return told < 0 ? Double.NaN : told;
  }

  private static double ownSeconds() {
    com.sun.management.OperatingSystemMXBean system =
        ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
    long nanos = system == null ? -1 : system.getProcessCpuTime();
    return nanos < 0 ? Double.NaN : nanos * 1e-9;
  }

  private static List<String> lines(Path file) {
    try {
      return Arrays.asList(Files.readString(file).split("\n", -1));
    } catch (IOException e) {
      // Not Linux, or not shown to us.
      return List.of();
    }
  }
}
