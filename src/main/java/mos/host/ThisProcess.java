package mos.host;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;

/** What this process takes of the machine, as far as the system tells. */
public final class ThisProcess {
  private ThisProcess() {}

  /** Highest resident memory so far in MiB; NaN where the system does not tell. */
  public static double peakMemoryMb() {
    long kibibytes = ProcFile.read("self/status").number("VmHWM");
    return kibibytes == 0 ? Double.NaN : kibibytes / 1024.0;
  }

  /** Seconds that its threads computed so far; NaN where the system does not tell. */
  static double computedSeconds() {
    com.sun.management.OperatingSystemMXBean system =
        ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
    long nanos = system == null ? -1 : system.getProcessCpuTime();
    return nanos < 0 ? Double.NaN : nanos * 1e-9;
  }

  /**
   * Folder of a native library that is loaded; empty where there is none or the system does not
   * tell.
   *
   * @param library its file name
   */
  public static String folderOf(String library) {
    return ProcFile.read("self/maps").lines().stream()
        .filter(line -> line.endsWith("/" + library))
        .map(line -> Path.of(line.substring(line.indexOf('/'))).getParent().toString())
        .findFirst()
        .orElse("");
  }
}
