package mos.results;

import java.util.List;
import java.util.Map;

/**
 * What {@code doctor} found on a machine.
 *
 * @param ok whether the program can work there
 * @param java the virtual machine
 * @param system the operating system
 * @param cpu the processors
 * @param memory of the machine or container
 * @param natives libtorch
 * @param gpu the graphics processors
 * @param tried what training and translation need, tried for real
 * @param problems what is wrong, and how to mend it
 */
public record DoctorFigures(
    boolean ok,
    Java java,
    Os system,
    Cpu cpu,
    Memory memory,
    Natives natives,
    Gpu gpu,
    List<Tried> tried,
    List<Problem> problems) {

  public DoctorFigures {
    tried = tried == null ? List.of() : List.copyOf(tried);
    problems = problems == null ? List.of() : List.copyOf(problems);
  }

  /** The virtual machine. */
  public record Java(String version, String vendor, String home, long maxHeapBytes) {}

  /**
   * The operating system.
   *
   * @param glibc version of the C library, empty where there is none
   */
  public record Os(String name, String version, String arch, String glibc) {}

  /**
   * The processors.
   *
   * @param cores logical ones that the program may use
   * @param threads of one tensor operation; 0 where libtorch does not load
   * @param capability instruction set of the kernels
   */
  public record Cpu(String model, int cores, int threads, String capability) {}

  /** Memory of the machine or container. */
  public record Memory(long totalBytes, long freeBytes) {}

  /**
   * libtorch.
   *
   * @param error why it does not load; empty when it does
   * @param from folder of the library that Java calls
   * @param libtorch folder of the libtorch that is loaded
   * @param pytorch the installation that the user named; empty without
   * @param cache folder that libraries are unpacked to
   * @param cacheBytes what it holds; −1 where it cannot be read
   * @param cacheFreeBytes what its disk has left; −1 where that is not known
   * @param features of the build, whether it has them
   */
  public record Natives(
      String platform,
      String version,
      boolean loaded,
      String error,
      String from,
      String libtorch,
      String pytorch,
      String cache,
      long cacheBytes,
      long cacheFreeBytes,
      Map<String, Boolean> features) {
    public Natives {
      features = features == null ? Map.of() : features;
    }
  }

  /**
   * The graphics processors.
   *
   * @param devices of which the driver has a device file
   * @param cudaLibraries whether the libraries are those for CUDA
   * @param usable whether a GPU answers to them
   */
  public record Gpu(List<String> devices, boolean cudaLibraries, boolean usable) {
    public Gpu {
      devices = devices == null ? List.of() : List.copyOf(devices);
    }
  }

  /**
   * Something that was tried.
   *
   * @param error why it failed; empty where it worked
   */
  public record Tried(String what, String error) {}

  /**
   * Something that is wrong.
   *
   * @param severity "error" where the program cannot work, else "warning"
   * @param mend what to do about it
   */
  public record Problem(String severity, String what, String mend) {}
}
