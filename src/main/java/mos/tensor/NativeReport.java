package mos.tensor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import mos.base.MosException;
import mos.host.ThisProcess;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/**
 * What libtorch says of itself, for people who look for a fault.
 *
 * @param platform as the libraries' names have it, for example linux-x86_64
 * @param version of the presets; empty where this program has none
 * @param error why libtorch does not load; empty when it does
 * @param cache folder that the libraries are unpacked to; empty when there is none
 * @param libraries file of each loaded library by its name
 * @param threads that one tensor operation uses; 0 when not loaded
 * @param cpuCapability instruction set of the kernels, for example AVX2
 * @param features of this build: MKL, MKLDNN, OpenMP, LAPACK, CUDA
 * @param cudaAvailable whether a GPU answers to these libraries
 */
public record NativeReport(
    String platform,
    String version,
    String error,
    String cache,
    Map<String, String> libraries,
    int threads,
    String cpuCapability,
    Map<String, Boolean> features,
    boolean cudaAvailable) {

  public NativeReport {
    libraries = Map.copyOf(libraries);
    // In one order, so that the report is the same at each call.
    features = Collections.unmodifiableMap(new TreeMap<>(features));
  }

  /** Loads libtorch, if it can be, and asks it. Does not throw. */
  public static NativeReport probe() {
    return probe(Native::load);
  }

  static NativeReport probe(Runnable loader) {
    if (!Native.isPresent()) {
      String platform = System.getProperty("os.name") + "-" + System.getProperty("os.arch");
      return new NativeReport(
          platform.toLowerCase(Locale.ROOT),
          "",
          Native.ABSENT,
          "",
          Map.of(),
          0,
          "",
          Map.of(),
          false);
    }
    String cache = "";
    try {
      LibraryCache.choose();
      cache = Loader.getCacheDir().getPath();
      loader.run();
      return loaded(cache);
    } catch (IOException | LinkageError | MosException e) {
      return failed(cache, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      // Whatever the loader throws is what the user came to hear of.
      return failed(cache, e.toString());
    }
  }

  private static NativeReport loaded(String cache) {
    Map<String, Boolean> features = new TreeMap<>();
    features.put("MKL", torch.hasMKL());
    features.put("MKLDNN", torch.hasMKLDNN());
    features.put("OpenMP", torch.hasOpenMP());
    features.put("LAPACK", torch.hasLAPACK());
    features.put("CUDA", torch.hasCUDA());
    return new NativeReport(
        Loader.getPlatform(),
        Native.version(),
        "",
        cache,
        Loader.getLoadedLibraries(),
        torch.get_num_threads(),
        capability(),
        features,
        torch.cuda_is_available());
  }

  private static String capability() {
    try (BytePointer text = torch.get_cpu_capability()) {
      return text.getString();
    }
  }

  private static NativeReport failed(String cache, String error) {
    String version;
    try {
      version = Native.version();
    } catch (LinkageError | RuntimeException e) {
      version = "unknown";
    }
    return new NativeReport(
        Loader.getPlatform(), version, error, cache, Map.of(), 0, "", Map.of(), false);
  }

  /** Whether this program has libtorch, loaded or not. */
  public boolean present() {
    return !version.isEmpty();
  }

  /** Folder of the libtorch that this process has loaded; empty where the system does not tell. */
  public String libtorchFolder() {
    return ThisProcess.folderOf("libtorch_cpu.so");
  }

  /** Folder of the library that Java calls, empty when not loaded. */
  public String loadedFrom() {
    String file = libraries.getOrDefault("jnitorch", "");
    Path folder = file.isEmpty() ? null : Path.of(file).getParent();
    return folder == null ? "" : folder.toString();
  }
}
