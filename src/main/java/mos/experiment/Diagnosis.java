package mos.experiment;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.host.Host;
import mos.tensor.NativeReport;

/** What is wrong with a machine for this program, and how to mend it. */
final class Diagnosis {
  private static final int OLDEST_JAVA = 17;
  private static final long LEAST_DISK = 1L << 30;
  private static final long LEAST_MEMORY = 2L << 30;

  /** The libraries for Linux on x86-64 refer to symbols of this version of glibc. */
  private static final int OLDEST_GLIBC_MINOR = 35;

  private static final Pattern CUDA_LIBRARY =
      Pattern.compile("lib(cu|nv|nccl|torch_cuda|c10_cuda)");

  /** Java's half of a library: jninvrtc of libnvrtc. */
  private static final Pattern JAVA_HALF = Pattern.compile("\\bjni[a-z]\\w*");

  private static final String FIND_CUDA =
      "let MOS_LIBTORCH name a PyTorch installation for CUDA 13 (torch 2.10 or 2.11; the folder torch"
          + " of its site-packages), or put the libraries of CUDA 13 and cuDNN 9 on LD_LIBRARY_PATH;"
          + " for the CPU alone, delete target/ and build without MOS_GPU";

  private static final Pattern GLIBC = Pattern.compile("2\\.([0-9]{1,3}).*");

  /**
   * @param error whether the program cannot work, rather than not work well
   * @param what what is wrong
   * @param mend what to do about it
   */
  record Problem(boolean error, String what, String mend) {}

  private final List<Problem> problems = new ArrayList<>();

  private Diagnosis() {}

  /**
   * @param javaFeature feature version of the running Java, such as 17
   * @param cacheFree free bytes on the disk of the cache folder; -1 where not known
   */
  static List<Problem> of(int javaFeature, Host host, NativeReport natives, long cacheFree) {
    Diagnosis diagnosis = new Diagnosis();
    diagnosis.java(javaFeature);
    diagnosis.natives(host, natives);
    if (natives.present()) {
      diagnosis.cache(natives.cache(), cacheFree);
    }
    diagnosis.memory(host);
    diagnosis.gpu(host, natives);
    return List.copyOf(diagnosis.problems);
  }

  /** What trials that failed mean. */
  static List<Problem> ofTrials(List<Trial.Outcome> outcomes) {
    Diagnosis diagnosis = new Diagnosis();
    for (Trial.Outcome outcome : outcomes) {
      if (!outcome.error().isEmpty()) {
        diagnosis.error(outcome.what() + " does not work: " + outcome.error(), mend(outcome));
      }
    }
    return List.copyOf(diagnosis.problems);
  }

  private static String mend(Trial.Outcome outcome) {
    if (!outcome.onGpu()) {
      return "delete the cache folder, in which a library may be damaged, and build anew:"
          + " mvn clean package";
    }
    Matcher missing = JAVA_HALF.matcher(outcome.error());
    String mend;
    if (missing.find()) {
      mend =
          "the library "
              + missing.group()
              + " belongs to a build for GPUs: MOS_GPU=1 ./mos doctor makes one (or mvn -P gpu"
              + " package)";
    } else if (CUDA_LIBRARY.matcher(outcome.error()).find()) {
      mend = FIND_CUDA;
    } else {
      mend = "see nvidia-smi: CUDA 13 needs driver 580 or newer and a GPU that is not in use";
    }
    return mend + "; without it, --device cpu works";
  }

  private void java(int feature) {
    if (feature < OLDEST_JAVA) {
      error(
          "Java " + feature + " is too old",
          "install a JDK " + OLDEST_JAVA + " or newer and let JAVA_HOME name it");
    }
  }

  private void natives(Host host, NativeReport natives) {
    if (natives.error().isEmpty()) {
      return;
    }
    if (!natives.present()) {
      warning(
          "libtorch is not in this archive: it measures, and translates with exported folders",
          "to train and to search, use the archive of your platform");
      return;
    }
    Matcher glibc = GLIBC.matcher(host.glibc());
    boolean linux = natives.platform().startsWith("linux");
    boolean old = glibc.matches() && Integer.parseInt(glibc.group(1)) < OLDEST_GLIBC_MINOR;
    String mend;
    if (old || natives.error().contains("GLIBC")) {
      mend =
          "the system's C library is too old: use Linux with glibc 2."
              + OLDEST_GLIBC_MINOR
              + " or newer (Ubuntu 22.04, Debian 12, RHEL 10), for example in a container";
    } else if (linux && host.glibc().isEmpty()) {
      mend = "the system has no glibc (Alpine?): use a glibc distribution, for example Debian 12";
    } else if (CUDA_LIBRARY.matcher(natives.error()).find()) {
      mend = FIND_CUDA;
    } else if (natives.error().contains("failed to map segment")) {
      mend =
          "libraries may not be run from the cache folder (mounted noexec): set"
              + " MOS_JAVA_OPTS=-Dorg.bytedeco.javacpp.cachedir=FOLDER";
    } else {
      mend =
          "build for this platform ("
              + natives.platform()
              + "): mvn -P macos-arm64|windows package; delete the cache folder if a"
              + " library in it is damaged";
    }
    error("libtorch does not load: " + natives.error(), mend);
  }

  private void cache(String cache, long free) {
    String other = "give another folder: MOS_JAVA_OPTS=-Dorg.bytedeco.javacpp.cachedir=FOLDER";
    if (cache.isEmpty()) {
      error("there is no folder to unpack libraries to", other);
    } else if (!Files.isWritable(Path.of(cache))) {
      warning("the cache folder " + cache + " is not writable", "make it so, or " + other);
    } else if (free >= 0 && free < LEAST_DISK) {
      warning(
          "the disk of the cache folder has " + mebibytes(free) + " left, need 1024 MiB",
          "free some room, or " + other);
    }
  }

  private void memory(Host host) {
    if (host.memoryBytes() > 0 && host.freeBytes() < LEAST_MEMORY) {
      warning(
          mebibytes(host.freeBytes()) + " of memory are free; a WMT model trains in some GiB",
          "end other programs, or lower --max-tokens");
    }
  }

  private void gpu(Host host, NativeReport natives) {
    boolean cuda = natives.features().getOrDefault("CUDA", false);
    if (!natives.error().isEmpty()) {
      return;
    }
    if (natives.loadedFrom().contains("-gpu") && !cuda) {
      warning("this build is for GPUs, but the libraries of CUDA were not found", FIND_CUDA);
    } else if (!host.gpus().isEmpty() && !cuda) {
      warning(
          "there is a GPU, but the libraries are those for CPUs",
          "none needed for work on the CPU; for the GPU, build with MOS_GPU=1 ./mos doctor"
              + " (or mvn -P gpu package)");
    } else if (!host.gpus().isEmpty() && !natives.cudaAvailable()) {
      warning(
          "there is a GPU that CUDA cannot use",
          "see nvidia-smi: CUDA 13 needs driver 580 or newer");
    }
  }

  private void error(String what, String mend) {
    problems.add(new Problem(true, what, mend));
  }

  private void warning(String what, String mend) {
    problems.add(new Problem(false, what, mend));
  }

  static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%,d MiB", bytes >> 20);
  }
}
