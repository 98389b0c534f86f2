package mos.onnx;

import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * A model that is ready to compute. Used by one thread at a time.
 *
 * @param sizes what it was made from
 * @param precision of its products
 */
public record OnnxModel(
    ModelSizes sizes, OnnxPrecision precision, OnnxSession encoder, OnnxSession decoder)
    implements AutoCloseable {

  /**
   * Opens a folder that {@code export --format onnx} wrote.
   *
   * @param threads that compute, at least 1
   * @throws mos.base.MosException naming the file that is missing, cut, or not of this form; or
   *     saying why the runtime's library does not load
   */
  public static OnnxModel open(Path folder, int threads) {
    OnnxConfig config = OnnxFolder.check(folder);
    return of(
        config.sizes(),
        config.precision(),
        () -> OnnxSession.of(folder.resolve(OnnxFolder.ENCODER), threads),
        () -> OnnxSession.of(folder.resolve(OnnxFolder.DECODER), threads));
  }

  /**
   * A model of random weights, for measuring; needs no file.
   *
   * @param weights kept by the caller for the next one
   */
  public static OnnxModel random(
      ModelSizes sizes, OnnxPrecision precision, int threads, RandomWeights weights) {
    return inMemory(sizes, precision, threads, weights);
  }

  /**
   * A model whose weights are in memory; needs no file.
   *
   * @param parameters read before this returns
   */
  public static OnnxModel of(
      ModelSizes sizes, OnnxPrecision precision, int threads, Parameters parameters) {
    return inMemory(sizes, precision, threads, new MemoryWeights(parameters));
  }

  private static OnnxModel inMemory(
      ModelSizes sizes, OnnxPrecision precision, int threads, Weights weights) {
    OnnxGraphs graphs = OnnxGraphs.of(sizes, precision);
    return of(
        sizes,
        precision,
        () -> OnnxSession.of(graphs.encoder(), weights, threads),
        () -> OnnxSession.of(graphs.decoder(), weights, threads));
  }

  /**
   * The version of ONNX Runtime.
   *
   * @throws mos.base.MosException saying why its library does not load
   */
  public static String runtimeVersion() {
    return OnnxRuntime.environment().getVersion();
  }

  private static OnnxModel of(
      ModelSizes sizes,
      OnnxPrecision precision,
      Supplier<OnnxSession> encoder,
      Supplier<OnnxSession> decoder) {
    OnnxSession first = encoder.get();
    try {
      return new OnnxModel(sizes, precision, first, decoder.get());
    } catch (RuntimeException e) {
      first.close();
      throw e;
    }
  }

  @Override
  public void close() {
    decoder.close();
    encoder.close();
  }
}
