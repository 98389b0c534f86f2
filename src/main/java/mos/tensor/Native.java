package mos.tensor;

import java.io.IOException;
import mos.base.MosException;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch_cuda;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads libtorch, once. Everything that makes a tensor passes here first, so that a machine on
 * which the natives do not fit gets one clear message.
 */
public final class Native {
  static {
    // Must be set before JavaCPP's Pointer class is initialised: see Scope.
    if (System.getProperty("org.bytedeco.javacpp.nopointergc") == null) {
      System.setProperty("org.bytedeco.javacpp.nopointergc", "true");
    }
    LibraryCache.choose();
  }

  private static final Logger LOG = LoggerFactory.getLogger(Native.class);

  /** What is said where the program came without libtorch. */
  public static final String ABSENT =
      "libtorch is not in this archive, which translates with folders of export --format onnx, and"
          + " measures with --runtime onnx; for this use the archive of your platform, such as"
          + " mos-VERSION-linux-x86_64.tar.gz";

  private static boolean loaded;

  private Native() {}

  /** Whether libtorch's Java half is here at all: the small archive goes without it. */
  public static boolean isPresent() {
    return Native.class.getClassLoader().getResource("org/bytedeco/javacpp/Loader.class") != null;
  }

  /**
   * Loads the native libraries if they are not loaded yet.
   *
   * @throws MosException saying what did not load and what to do
   */
  public static synchronized void load() {
    if (loaded) {
      return;
    }
    if (!isPresent()) {
      throw new MosException(ABSENT);
    }
    try {
      Loader.load(torch.class);
      loadCuda();
    } catch (LinkageError e) {
      throw new MosException(
          "libtorch cannot be loaded on "
              + Loader.getPlatform()
              + ": "
              + e.getMessage()
              + "; mos doctor says what is missing and what to do",
          e);
    }
    loaded = true;
  }

  /** Where libtorch has CUDA, its Java half is needed too. */
  private static void loadCuda() {
    if (torch.hasCUDA()) {
      Loader.load(torch_cuda.class);
      // Its attention kernels build a plan for every new shape, and every batch is one.
      torch.globalContext().setSDPUseCuDNN(false);
    }
  }

  /** Whether there is a GPU that libtorch can use. */
  public static boolean hasGpu() {
    load();
    return torch.cuda_is_available();
  }

  /** How many GPUs libtorch can use. */
  public static int gpus() {
    return hasGpu() ? torch_cuda.device_count() : 0;
  }

  /**
   * Sets how many threads one tensor operation may use.
   *
   * @param threads at least 1; 0 leaves libtorch's default (the number of physical cores)
   */
  public static void setThreads(int threads) {
    load();
    if (threads > 0) {
      torch.set_num_threads(threads);
      setBlasThreads(threads);
    }
  }

  /** OpenBLAS has threads of its own; where libtorch brings another BLAS there is none to set. */
  private static void setBlasThreads(int threads) {
    try {
      openblas_nolapack.blas_set_num_threads(threads);
    } catch (LinkageError absent) {
      LOG.debug("no OpenBLAS to set threads of", absent);
    }
  }

  /** Threads that one tensor operation may use. */
  public static int threads() {
    load();
    return torch.get_num_threads();
  }

  /** The version of the libtorch presets, for example 2.10.0-1.5.13; empty without them. */
  public static String version() {
    if (!isPresent()) {
      return "";
    }
    try {
      return Loader.getVersion("org.bytedeco", "pytorch");
    } catch (IOException e) {
      return "unknown";
    }
  }
}
