package mos.command;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The machine as far as Java and the system's files tell; what cannot be found out is empty or 0.
 *
 * @param cpu model name
 * @param cores logical processors that this process may use
 * @param memoryBytes memory of the machine or container
 * @param freeBytes memory that programs could still get
 * @param glibc version of the C library, for example 2.36; empty where there is none
 * @param gpus graphics processors of which the driver has a device file
 */
record HostReport(
    String cpu, int cores, long memoryBytes, long freeBytes, String glibc, List<String> gpus) {

  static HostReport probe() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    long total = system == null ? 0 : system.getTotalMemorySize();
    long free = system == null ? 0 : system.getFreeMemorySize();
    return new HostReport(
        cpuModel(),
        Runtime.getRuntime().availableProcessors(),
        total,
        Math.min(total, Math.max(free, availableBytes(lines(Path.of("/proc/meminfo"))))),
        glibcVersion(),
        gpuDevices());
  }

  private static String cpuModel() {
    String model = value(lines(Path.of("/proc/cpuinfo")), "model name");
    // Arm kernels name no model.
    return model.isEmpty() ? System.getenv().getOrDefault("PROCESSOR_IDENTIFIER", "") : model;
  }

  /** What Linux would still give, page cache counted, in bytes; 0 where it does not say. */
  static long availableBytes(List<String> meminfo) {
    String digits = value(meminfo, "MemAvailable").replaceAll("[^0-9]", "");
    return digits.isEmpty() || digits.length() > 15 ? 0 : Long.parseLong(digits) * 1024;
  }

  private static String value(List<String> lines, String key) {
    return lines.stream()
        .filter(line -> line.startsWith(key) && line.indexOf(':') >= 0)
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("");
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }

  private static String glibcVersion() {
    if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")) {
      return "";
    }
    try {
      Process process = new ProcessBuilder("getconf", "GNU_LIBC_VERSION").start();
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return "";
      }
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
          .replace("glibc", "")
          .strip();
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  private static List<String> gpuDevices() {
    Path devices = Path.of("/dev");
    if (!Files.isDirectory(devices)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(devices)) {
      return files
          .map(Path::toString)
          .filter(name -> name.matches("/dev/nvidia[0-9]+"))
          .sorted()
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }
}
