package mos.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import mos.base.ConfigurationException;
import mos.base.MosException;

/** ONNX Runtime's library, and how sessions are set up. */
final class OnnxRuntime {
  /**
   * While it loads, version 1.29 matches text as long as the process's command line by recursion: a
   * class path of some thousand letters overflowed a thread's usual stack, and the process ended.
   */
  private static final long LOADING_STACK = 256L << 20;

  private static OrtEnvironment environment;

  /** Why the library does not load: it is tried once, and only the first attempt says why. */
  private static String failure;

  private OnnxRuntime() {}

  /** What may fail inside of the library. */
  @FunctionalInterface
  interface Call<T> {
    T run() throws OrtException;
  }

  /**
   * Loads the library once.
   *
   * @throws MosException saying why it cannot be loaded
   */
  static synchronized OrtEnvironment environment() {
    if (failure != null) {
      throw new MosException(failure);
    }
    if (environment == null) {
      Thread loading = new Thread(null, OnnxRuntime::load, "onnxruntime", LOADING_STACK);
      loading.start();
      boolean interrupted = false;
      while (loading.isAlive()) {
        try {
          loading.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      if (environment == null) {
        throw new MosException(failure);
      }
    }
    return environment;
  }

  private static void load() {
    try {
      environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "mos");
    } catch (LinkageError | RuntimeException e) {
      failure =
          "ONNX Runtime's library cannot be loaded on this machine ("
              + System.getProperty("os.name")
              + " "
              + System.getProperty("os.arch")
              + "): "
              + line(e.getCause() == null ? e : e.getCause());
    }
  }

  /**
   * Does one thing.
   *
   * @param what for the message, such as a file's name
   * @throws MosException in one line
   */
  static <T> T call(String what, Call<T> call) {
    try {
      return call.run();
    } catch (OrtException e) {
      throw new MosException(what + ": " + line(e), e);
    }
  }

  private static String line(Throwable e) {
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return message.lines().findFirst().orElse("").strip();
  }

  /**
   * Options for a given number of threads. Threads wait busily inside of a run and sleep between
   * runs. Where a processor's products of unsigned and signed 8-bit numbers overflow, those of
   * unsigned ones are computed in their place: they are exact, and slower.
   *
   * @throws ConfigurationException for no threads
   */
  static SessionOptions options(int threads) throws OrtException {
    if (threads < 1) {
      throw new ConfigurationException("threads: got " + threads + ", must be at least 1");
    }
    environment();
    SessionOptions options = new SessionOptions();
    options.setIntraOpNumThreads(threads);
    options.setInterOpNumThreads(1);
    options.setExecutionMode(SessionOptions.ExecutionMode.SEQUENTIAL);
    options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
    // A pattern is kept for every shape that was seen: memory would grow with sentences.
    options.setMemoryPatternOptimization(false);
    options.addConfigEntry("session.x64quantprecision", "1");
    options.addConfigEntry("session.intra_op.allow_spinning", threads > 1 ? "1" : "0");
    options.addConfigEntry("session.force_spinning_stop", "1");
    String profile = System.getProperty("mos.onnx.profile");
    if (profile != null) {
      options.enableProfiling(profile);
    }
    return options;
  }

  /** Frees a session. */
  static void close(OrtSession session) {
    call(
        "ONNX Runtime",
        () -> {
          session.close();
          return null;
        });
  }

  static OnnxTensor tensor(java.nio.FloatBuffer values, long... shape) {
    return call("ONNX Runtime", () -> OnnxTensor.createTensor(environment(), values, shape));
  }

  static OnnxTensor tensor(java.nio.LongBuffer values, long... shape) {
    return call("ONNX Runtime", () -> OnnxTensor.createTensor(environment(), values, shape));
  }
}
