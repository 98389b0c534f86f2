package mos.translate;

import mos.kernel.BatchKernels;
import mos.model.TransformerWeights;
import mos.model.TransformerWeights.DecoderLayer;
import mos.nn.FeedForward;
import mos.tensor.DeviceMemory;
import org.bytedeco.pytorch.Device;

/**
 * How many sentences of which lengths there is room for.
 *
 * @param slots sentences that are decoded together
 * @param places sentences whose encoder outputs are kept
 * @param sourceTokens most tokens of a source
 * @param steps most steps of a sentence
 */
record BatchSize(int slots, int places, int sourceTokens, int steps) {
  private static final int DEFAULT_ON_CPU = 64;
  private static final int DEFAULT_ON_GPU = 512;

  /** Where there are many, twice as many together are a sixth faster. */
  private static final int MANY = 8192;

  private static final long BYTES_ON_CPU = 2L << 30;

  /** Share of a GPU's free memory. */
  private static final double SHARE = 0.5;

  /** Rows up to which a step with token experts can be recorded. */
  private static final int SWITCH_ROWS = 1024;

  /** Lengths are rounded up, so that the next sentences rarely need other room. */
  private static final int ROUNDING = 32;

  /**
   * As many sentences as are wanted and memory has room for.
   *
   * @param batchSize at most so many together; 0: as many as suit the device
   * @param sentences that there are
   */
  static BatchSize of(
      TransformerWeights weights,
      BeamOptions options,
      int batchSize,
      int sentences,
      int sourceTokens,
      int steps) {
    Device device = weights.targetEmbedding().device();
    boolean cpu = device.is_cpu();
    int wanted = batchSize > 0 ? batchSize : cpu ? DEFAULT_ON_CPU : DEFAULT_ON_GPU;
    if (batchSize == 0 && !cpu && sentences >= MANY) {
      wanted *= 2;
    }
    if (!cpu && weights.decoderLayers().stream().anyMatch(BatchSize::hasTokenExperts)) {
      wanted = Math.min(wanted, Math.max(1, SWITCH_ROWS / options.beam()));
    }
    int source = rounded(sourceTokens);
    int decoded = rounded(steps);
    int placesOfSlot = cpu ? 1 : 2;
    long each = bytes(weights, options.beam(), placesOfSlot * (long) source, decoded);
    long room = cpu ? BYTES_ON_CPU : (long) (SHARE * DeviceMemory.free(device));
    int slots = (int) Math.max(1, Math.min(Math.min(wanted, sentences), room / each));
    return new BatchSize(slots, placesOfSlot * slots, source, decoded);
  }

  private static int rounded(int length) {
    return (length + ROUNDING - 1) / ROUNDING * ROUNDING;
  }

  /** Bytes for one sentence. */
  private static long bytes(TransformerWeights weights, int beam, long sourceTokens, int steps) {
    long numbers = 2L * beam * weights.outputEmbedding().size(0);
    int index = 0;
    for (DecoderLayer layer : weights.decoderLayers()) {
      int attended = weights.architecture().attendedEncoderLayers(index++);
      numbers += 2 * layer.selfAttention().width() * steps * beam;
      numbers += 2 * layer.encoderAttention().width() * sourceTokens * attended;
    }
    return numbers * weights.targetEmbedding().element_size();
  }

  /** Whether sentences of these lengths fit. */
  boolean holds(int sentences, int source, int decoded) {
    return source <= sourceTokens && decoded <= steps && sentences <= slots;
  }

  /** Why this model cannot be decoded so on its device; null if it can. */
  static String obstacle(TransformerWeights weights, BeamOptions options) {
    if (weights.targetEmbedding().device().is_cpu()) {
      return null;
    }
    for (DecoderLayer layer : weights.decoderLayers()) {
      if (!fits(options, layer.selfAttention().width(), layer.selfAttention().heads())
          || !fits(options, layer.encoderAttention().width(), layer.encoderAttention().heads())) {
        return "beams of more than 16 or heads of no power of two from 8 to 256";
      }
    }
    return weights.targetEmbedding().size(1) % 8 == 0
        ? null
        : "embeddings of no multiple of 8 numbers";
  }

  private static boolean fits(BeamOptions options, long width, long heads) {
    return BatchKernels.onGpu(options.beam(), width, heads);
  }

  private static boolean hasTokenExperts(DecoderLayer layer) {
    return !(layer.feedForward() instanceof FeedForward);
  }
}
