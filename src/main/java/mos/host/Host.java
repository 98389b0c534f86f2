package mos.host;

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
public record Host(
    String cpu, int cores, long memoryBytes, long freeBytes, String glibc, List<String> gpus) {

  /** Asks the system. */
  public static Host probe() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    long total = system == null ? 0 : system.getTotalMemorySize();
    long free = system == null ? 0 : system.getFreeMemorySize();
    return new Host(
        cpuModel(),
        Runtime.getRuntime().availableProcessors(),
        total,
        Math.min(total, Math.max(free, availableBytes(ProcFile.read("meminfo")))),
        glibcVersion(),
        gpuDevices());
  }

  /**
   * Memory that programs could still get, in bytes: of the container where its limit is below the
   * machine's memory. What it keeps of files that were read counts as free.
   */
  public static long freeMemory() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    ProcFile machine = ProcFile.read("meminfo");
    long available = availableBytes(machine);
    if (system == null) {
      return available;
    }
    long free = system.getFreeMemorySize();
    boolean contained = system.getTotalMemorySize() < machine.number("MemTotal") * 1024;
    return contained ? Math.min(available, free + cachedInContainer()) : Math.max(available, free);
  }

  private static long cachedInContainer() {
    return ProcFile.read("/sys/fs/cgroup/memory.stat").lines().stream()
        .filter(line -> line.matches("inactive_file \\d{1,15}"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(' ') + 1)))
        .sum();
  }

  /** Model name of the processor; empty where the system does not tell. */
  public static String cpuModel() {
    String model = ProcFile.read("cpuinfo").value("model name");
    // Arm kernels name no model.
    return model.isEmpty() ? System.getenv().getOrDefault("PROCESSOR_IDENTIFIER", "") : model;
  }

  /** What Linux would still give, page cache counted, in bytes; 0 where it does not say. */
  static long availableBytes(ProcFile meminfo) {
    return meminfo.number("MemAvailable") * 1024;
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
