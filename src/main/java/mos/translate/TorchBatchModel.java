package mos.translate;

import mos.beam.BatchModel;
import mos.beam.BatchSize;
import mos.beam.BeamOptions;
import mos.beam.HostBeams;
import mos.beam.SlotBeams;
import mos.kernel.BatchKernels;
import mos.model.TransformerWeights;
import mos.model.TransformerWeights.DecoderLayer;
import mos.nn.FeedForward;
import mos.tensor.DeviceMemory;
import mos.tensor.Native;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Device;

/**
 * Sentences decoded together by libtorch.
 *
 * @param weights for inference
 */
public record TorchBatchModel(TransformerWeights weights) implements BatchModel {
  private static final int DEFAULT_ON_GPU = 512;

  /** Where there are many, twice as many together are a sixth faster. */
  private static final int MANY = 8192;

  /** Share of a GPU's free memory. */
  private static final double SHARE = 0.5;

  /** Rows up to which a step with token experts can be recorded. */
  private static final int SWITCH_ROWS = 1024;

  /** Places of each slot on a GPU, whose encoder runs ahead. */
  private static final int PLACES_OF_SLOT = 2;

  @Override
  public int sourceVocabulary() {
    return weights.config().sourceVocabulary();
  }

  @Override
  public BatchSize size(
      BeamOptions options, int batchSize, int sentences, int sourceTokens, int steps) {
    int source = BatchSize.rounded(sourceTokens);
    int decoded = BatchSize.rounded(steps);
    if (device().is_cpu()) {
      long bytes = bytes(options.beam(), source, decoded);
      return BatchSize.onHost(batchSize, sentences, sourceTokens, steps, bytes);
    }
    int wanted = batchSize > 0 ? batchSize : DEFAULT_ON_GPU;
    if (batchSize == 0 && sentences >= MANY) {
      wanted *= 2;
    }
    if (weights.decoderLayers().stream().anyMatch(TorchBatchModel::hasTokenExperts)) {
      wanted = Math.min(wanted, Math.max(1, SWITCH_ROWS / options.beam()));
    }
    long each = bytes(options.beam(), PLACES_OF_SLOT * (long) source, decoded);
    long room = (long) (SHARE * DeviceMemory.free(device()));
    int slots = (int) Math.max(1, Math.min(Math.min(wanted, sentences), room / each));
    return new BatchSize(slots, PLACES_OF_SLOT * slots, source, decoded);
  }

  private Device device() {
    return weights.targetEmbedding().device();
  }

  /** Bytes for one sentence. */
  private long bytes(int beam, long sourceTokens, int steps) {
    long numbers = 2L * beam * weights.outputEmbedding().size(0);
    int index = 0;
    for (DecoderLayer layer : weights.decoderLayers()) {
      int attended = weights.architecture().attendedEncoderLayers(index++);
      numbers += 2 * layer.selfAttention().width() * steps * beam;
      numbers += 2 * layer.encoderAttention().width() * sourceTokens * attended;
    }
    return numbers * weights.targetEmbedding().element_size();
  }

  @Override
  public SlotBeams open(BeamOptions options, BatchSize size) {
    try (AutoGradMode off = new AutoGradMode(false)) {
      TorchSlotModel model = new TorchSlotModel(weights, options.beam(), size);
      if (device().is_cpu()) {
        return new HostBeams(
            new CpuSlotModel(model, options.beam(), size.slots(), size.steps()),
            options,
            size.slots(),
            size.steps(),
            Native.threads());
      }
      return new DeviceBeams(
          model,
          options,
          device(),
          weights.outputEmbedding().scalar_type(),
          (int) weights.outputEmbedding().size(0),
          size.slots(),
          size.steps());
    }
  }

  /** Why this model or these options need {@link BeamSearch} on their device; null if not. */
  public String obstacle(BeamOptions options) {
    if (device().is_cpu()) {
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
