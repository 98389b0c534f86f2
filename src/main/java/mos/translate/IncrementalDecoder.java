package mos.translate;

import java.util.ArrayList;
import java.util.List;
import mos.base.MosException;
import mos.model.SuperTransformer;
import mos.model.Transformer;
import mos.model.TransformerWeights;
import mos.model.TransformerWeights.DecoderLayer;
import mos.nn.FeedForward;
import mos.nn.MultiHeadAttention;
import mos.nn.PositionWise;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The decoder, one token at a time for several beams of several sentences: the same function as
 * {@link Transformer#decode} without dropout. Rows are the beams, those of one sentence adjacent: N
 * = B·beam.
 *
 * <p>What a step adds to self-attention keys and values stays where it is written; reordering beams
 * only changes a mask. Keys and values of the encoder are projected once. A step waits for nothing
 * from the device.
 *
 * <p>Use: one {@link Scope} around each step (with the search's work on its logits), under {@code
 * AutoGradMode(false)}. The weights must outlive the decoder; {@code encoded} need not.
 */
public final class IncrementalDecoder implements StepDecoder {
  /** Room for this many steps at first; doubled when full. */
  private static final int FIRST_CAPACITY = 64;

  private record Layer(
      DecoderLayer weights, SelfAttentionCache self, EncoderAttentionCache encoder) {
    void close() {
      self.close();
      encoder.close();
    }
  }

  private final TransformerWeights weights;
  private final int beam;
  private final int maxSteps;
  private final List<Layer> layers = new ArrayList<>();
  private final Ancestry ancestry;
  private final Scalar embeddingScale;
  private int sentences;
  private int capacity;
  private int steps;

  /**
   * Projects the encoder's outputs and makes room for the first steps.
   *
   * @param sentences B, that of {@code encoded}
   * @param beam beams of each sentence, at least 1
   * @param maxSteps most steps that will be taken, at most {@link SuperTransformer#MAX_POSITIONS}
   */
  public IncrementalDecoder(
      TransformerWeights weights,
      Transformer.Encoded encoded,
      int sentences,
      int beam,
      int maxSteps) {
    if (encoded.last().size(0) != sentences) {
      throw new IllegalArgumentException(
          "sentences: got " + sentences + ", the encoded batch has " + encoded.last().size(0));
    }
    if (beam < 1 || maxSteps < 1 || maxSteps > SuperTransformer.MAX_POSITIONS) {
      throw new MosException(
          "decoding: got beam "
              + beam
              + " and "
              + maxSteps
              + " steps, need a beam of at least 1 and 1.."
              + SuperTransformer.MAX_POSITIONS
              + " steps");
    }
    this.weights = weights;
    this.sentences = sentences;
    this.beam = beam;
    this.maxSteps = maxSteps;
    this.capacity = Math.min(maxSteps, FIRST_CAPACITY);
    Device device = encoded.last().device();
    ScalarType type = encoded.last().scalar_type();
    try (Scope scope = Scope.open()) {
      embeddingScale = Scope.own(new Scalar(Math.sqrt(weights.targetEmbedding().size(1))));
      ancestry = new Ancestry(sentences, beam, capacity, type, device);
      int index = 0;
      for (DecoderLayer layer : weights.decoderLayers()) {
        int attended = weights.architecture().attendedEncoderLayers(index++);
        int heads = layer.selfAttention().heads();
        int headSize = (int) layer.selfAttention().keyValue().weight().size(0) / 3 / heads;
        layers.add(
            new Layer(
                layer,
                new SelfAttentionCache(
                    sentences, heads, headSize, (long) capacity * beam, type, device),
                new EncoderAttentionCache(
                    layer.encoderAttention(), encoded.last(attended), encoded.mask(attended))));
      }
    }
  }

  /** Steps taken so far. */
  public int steps() {
    return steps;
  }

  /** Sentences that are still decoded, B. */
  public int sentences() {
    return sentences;
  }

  @Override
  public Tensor step(Tensor tokens) {
    return torch.linear(decode(tokens), weights.outputEmbedding());
  }

  /** {@link #step} without the output layer: (N) int64 → (N, D). */
  public Tensor decode(Tensor tokens) {
    if (steps == maxSteps) {
      throw new IllegalStateException("more than " + maxSteps + " steps");
    }
    if (steps == capacity) {
      grow();
    }
    Tensor x =
        weights
            .targetPositions()
            .narrow(0, steps, 1)
            .add(torch.embedding(weights.targetEmbedding(), tokens), embeddingScale);
    long filled = (long) (steps + 1) * beam;
    Tensor mask = ancestry.mask(filled);
    for (Layer layer : layers) {
      DecoderLayer w = layer.weights;
      x = w.selfAttentionNorm().apply(selfAttention(layer, x, mask, filled).add_(x));
      x = w.encoderAttentionNorm().apply(encoderAttention(layer, x).add_(x));
      x = w.finalNorm().apply(feedForward(w.feedForward(), x).add_(x));
    }
    steps++;
    return x;
  }

  /** A step's position-wise layer. */
  private static Tensor feedForward(PositionWise layer, Tensor x) {
    return layer instanceof FeedForward dense
        ? dense.fc2().apply(dense.activate(dense.fc1().apply(x)))
        : layer.apply(x, 0, null, null);
  }

  private Tensor selfAttention(Layer layer, Tensor x, Tensor mask, long filled) {
    MultiHeadAttention attention = layer.weights.selfAttention();
    Tensor projected = attention.keyValue().apply(x);
    layer.self.append(projected, filled - beam, beam);
    return attend(attention, projected, layer.self.keys(filled), layer.self.values(filled), mask);
  }

  private Tensor encoderAttention(Layer layer, Tensor x) {
    MultiHeadAttention attention = layer.weights.encoderAttention();
    EncoderAttentionCache cache = layer.encoder;
    return attend(
        attention, attention.query().apply(x), cache.keys(), cache.values(), cache.mask());
  }

  /**
   * Lets the beams of a sentence attend to its entries together.
   *
   * @param projected contiguous (N, ≥ Q), each row beginning with the query
   * @param keys (B, H, entries, K)
   * @param mask additive, broadcast to (B, H, beam, entries), or null
   * @return (N, D)
   */
  private Tensor attend(
      MultiHeadAttention attention, Tensor projected, Tensor keys, Tensor values, Tensor mask) {
    long stride = projected.size(1);
    long sentences = keys.size(0);
    long heads = attention.heads();
    long headSize = keys.size(3);
    Tensor query =
        projected.as_strided(
            new long[] {sentences, heads, beam, headSize},
            new long[] {beam * stride, headSize, stride, 1},
            new LongOptional());
    Tensor attended =
        torch.scaled_dot_product_attention(
            query, keys, values, Tensors.optional(mask), 0, false, new DoubleOptional(), false);
    Tensor merged = attended.transpose(1, 2).reshape(sentences * beam, heads * headSize);
    return attention.output().apply(merged);
  }

  @Override
  public void reorder(Tensor order) {
    ancestry.reorder(order, (long) steps * beam);
  }

  @Override
  public void keep(int[] kept) {
    long[] rows = new long[kept.length];
    for (int i = 0; i < kept.length; i++) {
      rows[i] = kept[i];
    }
    try (Scope scope = Scope.open()) {
      Tensor index = Tensors.of(rows, weights.targetEmbedding().device(), rows.length);
      ancestry.keep(index);
      for (Layer layer : layers) {
        layer.self.keep(index, (long) steps * beam);
        layer.encoder.keep(index);
      }
    }
    sentences = kept.length;
  }

  private void grow() {
    capacity = Math.min(maxSteps, 2 * capacity);
    long filled = (long) steps * beam;
    try (Scope scope = Scope.open()) {
      ancestry.grow(filled, capacity);
      for (Layer layer : layers) {
        layer.self.grow(filled, (long) capacity * beam);
      }
    }
  }

  @Override
  public void close() {
    layers.forEach(Layer::close);
    ancestry.close();
    embeddingScale.close();
  }
}
