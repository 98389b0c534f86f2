package mos.train;

import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import mos.data.PackedBatch;
import mos.kernel.PackedAttention;
import mos.model.DirectWeights;
import mos.model.TransformerWeights;
import mos.nn.MultiHeadAttention;
import mos.packed.PackedTensors;
import mos.tensor.DeviceGraph;
import mos.tensor.DeviceMemory;
import mos.tensor.GraphMemory;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Small passes of architectures that come in every update, recorded once for each size and replayed
 * on ever other sentences: the host needs longer to give a small pass to the device kernel by
 * kernel than the device to compute it. Large passes keep the device busy by themselves, and would
 * need their memory twice.
 */
final class RecordedPasses implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RecordedPasses.class);

  /** Tokens of the longer side of the largest pass that is recorded, before it is rounded up. */
  static final int MOST_TOKENS = 9216;

  /** Sizes between two powers of two that passes are rounded up to: each needs its recording. */
  private static final int SIZES = 8;

  /** Sentences are never counted as fewer: empty ones cost nearly nothing. */
  private static final int LEAST_SENTENCES = 128;

  /** What the longest sentence is rounded up to. */
  private static final int[] LENGTHS = {32, 64, 112, 128};

  /** How often a size comes before it is recorded: that takes as long as a few passes. */
  private static final int TIMES = 2;

  /** Recordings that are kept of an architecture. */
  private static final int KEPT = 192;

  /** How often memory may be given back that recorded passes need before none is recorded. */
  private static final int MOST_LOSSES = 3;

  /** Gives one pass to the device, as often as it is run. */
  interface Work {
    /**
     * @param seedBase of the dropout's seeds
     */
    void run(DirectWeights weights, PackedTensors batch, Tensor seedBase, double scale);
  }

  private record Key(PackedTensors.Size size, double scale) {}

  /** A size of an architecture: counted at first, recorded later. */
  private static final class Recording {
    private int times;
    private Scope owned;
    private PackedTensors batch;
    private Tensor seedBase;
    private DeviceGraph graph;

    boolean isMade() {
      return graph != null;
    }

    void close() {
      if (isMade()) {
        graph.close();
        owned.close();
        graph = null;
        times = 0;
      }
    }
  }

  private final Device device;
  private final PackedAttention attention;
  private final int mostTokens;
  private final Work work;
  private final Map<DirectWeights, Map<Key, Recording>> recordings = new IdentityHashMap<>();
  private GraphMemory memory;
  private boolean refused;
  private int losses;

  /**
   * @param mostTokens see {@link #MOST_TOKENS}; 0: nothing is recorded
   */
  RecordedPasses(Device device, PackedAttention attention, int mostTokens, Work work) {
    this.device = device;
    this.attention = attention;
    this.mostTokens = mostTokens;
    this.work = work;
  }

  /** Whether a batch's passes may be recorded: it is small, and no sentence is too long. */
  boolean fits(PackedBatch batch) {
    int longest = LENGTHS[LENGTHS.length - 1];
    return !refused
        && Math.max(batch.source().length, batch.target().length) <= mostTokens
        && PackedBatch.longest(batch.sourceStarts()) <= longest
        && PackedBatch.longest(batch.targetStarts()) <= longest
        && attention.longestOpen(LENGTHS[0]) > 0;
  }

  /** The batch in one of few sizes. */
  static PackedBatch rounded(PackedBatch batch) {
    return batch.roundedUp(SIZES).withEmpty(LEAST_SENTENCES);
  }

  /**
   * @param batch from {@link #rounded}
   */
  static PackedTensors.Size size(PackedBatch batch) {
    int longest =
        length(
            Math.max(
                PackedBatch.longest(batch.sourceStarts()),
                PackedBatch.longest(batch.targetStarts())));
    return new PackedTensors.Size(
        batch.source().length, batch.target().length, batch.size(), longest);
  }

  private static int length(int longest) {
    for (int length : LENGTHS) {
      if (longest <= length) {
        return length;
      }
    }
    return longest;
  }

  /**
   * Counts a pass that is to come.
   *
   * @param size of its batch, may be null
   * @return whether it is to be recorded now
   */
  boolean isDue(DirectWeights weights, PackedTensors.Size size, double scale) {
    if (size == null || refused) {
      return false;
    }
    Map<Key, Recording> all =
        recordings.computeIfAbsent(weights, w -> new LinkedHashMap<>(16, 0.75f, true));
    Recording one = all.computeIfAbsent(new Key(size, scale), key -> new Recording());
    return !one.isMade() && ++one.times == TIMES;
  }

  /**
   * Records a pass. It is run for that: what gradients there are then are of no use.
   *
   * @param weights of which an update has begun
   */
  void record(DirectWeights weights, PackedTensors.Size size, double scale) {
    Map<Key, Recording> all = recordings.get(weights);
    if (refused || all == null || !attends(weights.weights(), size)) {
      return;
    }
    if (memory != null && !memory.isWhole()) {
      lost();
      return;
    }
    Recording one = all.get(new Key(size, scale));
    try (Scope scope = Scope.open().kept()) {
      one.owned = scope;
      one.batch = PackedTensors.room(size, device);
      one.seedBase = Tensors.zeros(ScalarType.Long, device, 1);
      if (memory == null && !device.is_cpu()) {
        memory = new GraphMemory(device);
      }
      one.graph =
          DeviceGraph.of(device, () -> work.run(weights, one.batch, one.seedBase, scale), memory);
    } catch (RuntimeException e) {
      one.owned.close();
      if (!DeviceMemory.isExhausted(e)) {
        throw e;
      }
      LOG.info("too little memory to record passes of {} tokens; working without", size.target());
      close();
      refused = true;
      DeviceMemory.release(device);
      return;
    }
    if (!one.graph.recorded() && !device.is_cpu()) {
      one.close();
      return;
    }
    forgetOldest(all);
  }

  /** Whether sentences are short enough for all attention of an architecture. */
  private boolean attends(TransformerWeights weights, PackedTensors.Size size) {
    int longest = size.longest();
    for (TransformerWeights.EncoderLayer layer : weights.encoderLayers()) {
      if (longest > longestOpen(layer.selfAttention())) {
        return false;
      }
    }
    for (int i = 0; i < weights.decoderLayers().size(); i++) {
      TransformerWeights.DecoderLayer layer = weights.decoderLayers().get(i);
      int attended = longest * weights.architecture().attendedEncoderLayers(i);
      if (longest > longestOpen(layer.selfAttention())
          || attended > longestOpen(layer.encoderAttention())) {
        return false;
      }
    }
    return true;
  }

  private int longestOpen(MultiHeadAttention attentionWeights) {
    long width = attentionWeights.output().weight().size(1);
    return attention.longestOpen(width / attentionWeights.heads());
  }

  private static void forgetOldest(Map<Key, Recording> all) {
    if (all.values().stream().filter(Recording::isMade).count() > KEPT) {
      all.values().stream().filter(Recording::isMade).findFirst().ifPresent(Recording::close);
    }
  }

  /**
   * Runs a pass, if it is recorded.
   *
   * @return false where it is not
   */
  boolean run(
      DirectWeights weights,
      PackedTensors batch,
      PackedTensors.Size size,
      double scale,
      long seed) {
    Map<Key, Recording> all = recordings.get(weights);
    Recording one = size == null || all == null ? null : all.get(new Key(size, scale));
    if (one == null || !one.isMade()) {
      return false;
    }
    if (memory != null && !memory.isWhole()) {
      lost();
      return false;
    }
    one.batch.all().copy_(batch.all());
    one.seedBase.fill_(new Scalar(seed));
    one.graph.launch();
    return true;
  }

  /** The allocator gave memory back that recorded passes need: they are recorded anew. */
  private void lost() {
    refused = ++losses == MOST_LOSSES;
    LOG.info(
        "memory of recorded passes was given back: {}", refused ? "working without" : "once more");
    close();
  }

  /** Forgets what was recorded of weights that are about to be closed. */
  void forget(DirectWeights weights) {
    Map<Key, Recording> all = recordings.remove(weights);
    if (all != null) {
      all.values().forEach(Recording::close);
    }
  }

  /** How many passes are recorded. */
  long count() {
    return recordings.values().stream()
        .flatMap(all -> Stream.of(all.values().toArray(Recording[]::new)))
        .filter(Recording::isMade)
        .count();
  }

  @Override
  public void close() {
    recordings.values().forEach(all -> all.values().forEach(Recording::close));
    recordings.clear();
    if (memory != null) {
      memory.close();
      memory = null;
    }
  }
}
