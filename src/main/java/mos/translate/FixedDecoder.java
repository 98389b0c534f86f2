package mos.translate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import mos.model.Transformer;
import mos.model.TransformerWeights;
import mos.model.TransformerWeights.DecoderLayer;
import mos.nn.MultiHeadAttention;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The same function as {@link IncrementalDecoder} for the beams of one sentence, with every tensor
 * in a fixed place and of a fixed shape, the number of the step included: so that a step can be
 * recorded as a {@link mos.tensor.DeviceGraph} and replayed for all steps of all sentences. It
 * attends to all places of its caches; a mask hides those that hold nothing (yet).
 *
 * <p>Use under {@code AutoGradMode(false)}: {@link #start} for a sentence, then {@link #step} and
 * {@link #reorder}, each in a scope. The weights must outlive the decoder.
 */
public final class FixedDecoder implements AutoCloseable {
  /** Places are a multiple of so many steps, as attention with a mask wants it. */
  private static final int STEPS = 8;

  private static final Scalar NEVER = Scope.own(new Scalar(Double.NEGATIVE_INFINITY));
  private static final Scalar ONE = Scope.own(new Scalar(1L));

  /**
   * @param self (2, 1, H, steps·beam, K)
   * @param encoder (2, 1, H, S', K)
   * @param encoderMask additive, (1, 1, 1, S'), shared by layers that attend to as many encoder
   *     layers
   */
  private record Layer(DecoderLayer weights, Tensor self, Tensor encoder, Tensor encoderMask) {}

  private final TransformerWeights weights;
  private final int beam;
  private final List<Layer> layers = new ArrayList<>();
  private final List<Tensor> owned = new ArrayList<>();
  private final Scalar embeddingScale;
  private final Scalar beams;

  /** (1) int64, steps taken. */
  private final Tensor position;

  /** (beam) int64, where the next step's keys and values go. */
  private final Tensor entries;

  private final Tensor firstEntries;

  /** See {@link Ancestry#ownEntry}. */
  private final Tensor ownEntry;

  /** (beam, steps·beam), 0 for the entries that a beam descends from, −∞ for all others. */
  private final Tensor ancestry;

  /**
   * @param sourceTokens S, places for the encoder's outputs of one layer
   * @param steps most steps that will be taken
   */
  public FixedDecoder(TransformerWeights weights, int sourceTokens, int beam, int steps) {
    long entriesAtMost = (long) beam * ((steps + STEPS - 1) / STEPS * STEPS);
    this.weights = weights;
    this.beam = beam;
    Device device = weights.targetEmbedding().device();
    ScalarType type = weights.targetEmbedding().scalar_type();
    try (Scope scope = Scope.open()) {
      embeddingScale = Scope.own(new Scalar(Math.sqrt(weights.targetEmbedding().size(1))));
      beams = Scope.own(new Scalar((long) beam));
      position = own(Tensors.of(new long[1], device, 1));
      long[] first = new long[beam];
      Arrays.setAll(first, b -> b);
      firstEntries = own(Tensors.of(first, device, beam));
      entries = own(firstEntries.clone());
      ownEntry = own(Ancestry.ownEntry(beam, type, device));
      ancestry = own(zeros(type, device, beam, entriesAtMost));
      Tensor[] masks = new Tensor[weights.encoderLayers().size() + 1];
      int index = 0;
      for (DecoderLayer layer : weights.decoderLayers()) {
        int attended = weights.architecture().attendedEncoderLayers(index++);
        if (masks[attended] == null) {
          masks[attended] = own(zeros(type, device, 1, 1, 1, (long) attended * sourceTokens));
        }
        layers.add(
            new Layer(
                layer,
                own(cache(layer.selfAttention(), 3, entriesAtMost, type, device)),
                own(cache(layer.encoderAttention(), 2, masks[attended].size(3), type, device)),
                masks[attended]));
      }
    }
  }

  private static Tensor cache(
      MultiHeadAttention attention, int projections, long places, ScalarType type, Device device) {
    long heads = attention.heads();
    long headSize = attention.keyValue().weight().size(0) / projections / heads;
    // Hidden places are multiplied by zero, so they may not hold NaN.
    return zeros(type, device, 2, 1, heads, places, headSize);
  }

  private static Tensor zeros(ScalarType type, Device device, long... shape) {
    return torch.zeros(shape, Tensors.options(type, device));
  }

  private Tensor own(Tensor tensor) {
    owned.add(Scope.own(tensor));
    return tensor;
  }

  /**
   * Begins a sentence; everything before is forgotten.
   *
   * @param encoded of one sentence of at most S tokens
   */
  public void start(Transformer.Encoded encoded) {
    position.zero_();
    entries.copy_(firstEntries);
    ancestry.fill_(NEVER);
    int index = 0;
    for (Layer layer : layers) {
      int attended = weights.architecture().attendedEncoderLayers(index++);
      Tensor split =
          EncoderAttentionCache.keysAndValues(
              layer.weights.encoderAttention(), encoded.last(attended));
      long length = split.size(3);
      layer.encoder.narrow(3, 0, length).copy_(split);
      if (length < layer.encoderMask.size(3)) {
        layer.encoderMask.fill_(NEVER);
        layer.encoderMask.narrow(3, 0, length).zero_();
      } else {
        layer.encoderMask.zero_();
      }
    }
  }

  /** Goes on with the sentence of a decoder that is full, made for as long sources. */
  void continueFrom(FixedDecoder shorter) {
    long filled = shorter.ancestry.size(1);
    position.copy_(shorter.position);
    entries.copy_(shorter.entries);
    ancestry.fill_(NEVER);
    ancestry.narrow(1, 0, filled).copy_(shorter.ancestry);
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = layers.get(i);
      Layer from = shorter.layers.get(i);
      layer.self.narrow(3, 0, filled).copy_(from.self);
      layer.encoder.copy_(from.encoder);
      layer.encoderMask.copy_(from.encoderMask);
    }
  }

  /**
   * Reads the next token of every beam.
   *
   * @param tokens (beam) int64; in the first step the start symbol
   * @return (beam, V) logits of the token after it
   */
  public Tensor step(Tensor tokens) {
    Tensor x =
        weights
            .targetPositions()
            .index_select(0, position)
            .add(torch.embedding(weights.targetEmbedding(), tokens), embeddingScale);
    ancestry.index_copy_(1, entries, ownEntry);
    Tensor mask = ancestry.view(1, 1, beam, ancestry.size(1));
    for (Layer layer : layers) {
      DecoderLayer w = layer.weights;
      x = w.selfAttentionNorm().apply(selfAttention(layer, x, mask).add_(x));
      Tensor query = w.encoderAttention().query().apply(x);
      Tensor attended = attend(w.encoderAttention(), query, layer.encoder, layer.encoderMask);
      x = w.encoderAttentionNorm().apply(attended.add_(x));
      x = w.finalNorm().apply(IncrementalDecoder.feedForward(w.feedForward(), x).add_(x));
    }
    position.add_(ONE);
    entries.add_(beams);
    return torch.linear(x, weights.outputEmbedding());
  }

  private Tensor selfAttention(Layer layer, Tensor x, Tensor mask) {
    MultiHeadAttention attention = layer.weights.selfAttention();
    Tensor projected = attention.keyValue().apply(x);
    Tensor added = SelfAttentionCache.keysAndValues(projected, beam, attention.heads());
    layer.self.index_copy_(3, entries, added);
    return attend(attention, projected, layer.self, mask);
  }

  private Tensor attend(
      MultiHeadAttention attention, Tensor projected, Tensor keysAndValues, Tensor mask) {
    return IncrementalDecoder.attend(
        attention,
        projected,
        beam,
        keysAndValues.select(0, 0),
        keysAndValues.select(0, 1),
        mask.expand(1, attention.heads(), beam, mask.size(3)));
  }

  /**
   * Replaces beams by continuations of others: beam i goes on from what was beam {@code order[i]}.
   *
   * @param order (beam) int64
   */
  public void reorder(Tensor order) {
    if (beam > 1) {
      ancestry.copy_(ancestry.index_select(0, order));
    }
  }

  @Override
  public void close() {
    owned.forEach(Tensor::close);
    embeddingScale.close();
    beams.close();
  }
}
