package mos.translate;

import java.util.ArrayList;
import java.util.List;
import mos.kernel.StepKernels;
import mos.kernel.StepKernels.Normed;
import mos.model.Transformer;
import mos.model.TransformerWeights;
import mos.model.TransformerWeights.DecoderLayer;
import mos.nn.FeedForward;
import mos.nn.LayerNorm;
import mos.nn.Linear;
import mos.nn.MultiHeadAttention;
import mos.space.Activation;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The same function as {@link IncrementalDecoder} for the beams of one sentence, with every tensor
 * in a fixed place and of a fixed shape, the number of the step included: so that a step can be
 * recorded as a {@link mos.tensor.DeviceGraph} and replayed for all steps of all sentences.
 *
 * <p>Use under {@code AutoGradMode(false)}: {@link #start} for a sentence, then {@link #step} and
 * {@link #reorder}, each in a scope. The weights must outlive the decoder.
 */
public final class FixedDecoder implements AutoCloseable {
  private static final Scalar ONE = Scope.own(new Scalar(1L));

  /**
   * @param self (2, H, steps·beam, K), see {@link StepKernels}
   * @param encoder (2, H, S', K)
   * @param encoderPlaces (1) int64, how many of S' are in use; shared by layers that attend to as
   *     many encoder layers
   */
  private record Layer(DecoderLayer weights, Tensor self, Tensor encoder, Tensor encoderPlaces) {}

  private final TransformerWeights weights;
  private final StepKernels kernels;
  private final Linear output;
  private final List<Layer> layers = new ArrayList<>();
  private final List<Tensor> owned = new ArrayList<>();

  /** (1) int64, steps taken. */
  private final Tensor position;

  /** (beam, steps) int64, see {@link StepKernels}. */
  private final Tensor ancestors;

  /**
   * @param sourceTokens S, places for the encoder's outputs of one layer
   * @param steps most steps that will be taken
   */
  public FixedDecoder(TransformerWeights weights, int sourceTokens, int beam, int steps) {
    this.weights = weights;
    Device device = weights.targetEmbedding().device();
    ScalarType type = weights.targetEmbedding().scalar_type();
    kernels = StepKernels.of(device, type, beam);
    output = new Linear(weights.outputEmbedding(), Tensors.none());
    try (Scope scope = Scope.open()) {
      position = own(Tensors.zeros(ScalarType.Long, device, 1));
      ancestors = own(Tensors.zeros(ScalarType.Long, device, beam, steps));
      Tensor[] places = new Tensor[weights.encoderLayers().size() + 1];
      int index = 0;
      for (DecoderLayer layer : weights.decoderLayers()) {
        int attended = weights.architecture().attendedEncoderLayers(index++);
        if (places[attended] == null) {
          places[attended] = own(Tensors.zeros(ScalarType.Long, device, 1));
        }
        layers.add(
            new Layer(
                layer,
                own(cache(layer.selfAttention(), 3, (long) steps * beam, type, device)),
                own(cache(layer.encoderAttention(), 2, attended * sourceTokens, type, device)),
                places[attended]));
      }
    }
  }

  private static Tensor cache(
      MultiHeadAttention attention, int projections, long places, ScalarType type, Device device) {
    long heads = attention.heads();
    long headSize = attention.keyValue().weight().size(0) / projections / heads;
    // Hidden places may be multiplied by zero, so they may not hold NaN.
    return Tensors.zeros(type, device, 2, heads, places, headSize);
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
    boolean[] filled = new boolean[weights.encoderLayers().size() + 1];
    int index = 0;
    for (Layer layer : layers) {
      int attended = weights.architecture().attendedEncoderLayers(index++);
      Tensor split =
          EncoderAttentionCache.keysAndValues(
              layer.weights.encoderAttention(), encoded.last(attended));
      long length = split.size(3);
      layer.encoder.narrow(2, 0, length).copy_(split.select(1, 0));
      if (!filled[attended]) {
        layer.encoderPlaces.fill_(new Scalar(length));
        filled[attended] = true;
      }
    }
  }

  /** Goes on with the sentence of a decoder that is full, made for as long sources. */
  void continueFrom(FixedDecoder shorter) {
    position.copy_(shorter.position);
    ancestors.narrow(1, 0, shorter.ancestors.size(1)).copy_(shorter.ancestors);
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = layers.get(i);
      Layer from = shorter.layers.get(i);
      layer.self.narrow(2, 0, from.self.size(2)).copy_(from.self);
      layer.encoder.copy_(from.encoder);
      layer.encoderPlaces.copy_(from.encoderPlaces);
    }
  }

  /**
   * Reads the next token of every beam.
   *
   * @param tokens (beam) int64; in the first step the start symbol
   * @return (beam, V) logits of the token after it
   */
  public Tensor step(Tensor tokens) {
    Tensor sum =
        kernels.embed(tokens, position, weights.targetEmbedding(), weights.targetPositions());
    LayerNorm norm = null;
    for (Layer layer : layers) {
      DecoderLayer w = layer.weights;
      MultiHeadAttention self = w.selfAttention();
      Normed projected =
          norm == null
              ? new Normed(sum, kernels.linear(sum, self.keyValue(), null))
              : kernels.normLinear(sum, norm, self.keyValue(), false);
      Tensor attended = kernels.attendSelf(projected.output(), layer.self, ancestors, position);
      sum = kernels.linear(attended, self.output(), projected.input());

      MultiHeadAttention encoder = w.encoderAttention();
      Normed query = kernels.normLinear(sum, w.selfAttentionNorm(), encoder.query(), false);
      attended = kernels.attendEncoder(query.output(), layer.encoder, layer.encoderPlaces);
      sum = kernels.linear(attended, encoder.output(), query.input());

      sum = feedForward(w, sum);
      norm = w.finalNorm();
    }
    position.add_(ONE);
    return kernels.normLinear(sum, norm, output, false).output();
  }

  /** The feed-forward layer and what goes past it, of a sum to be normalised. */
  private Tensor feedForward(DecoderLayer layer, Tensor sum) {
    if (!(layer.feedForward() instanceof FeedForward dense)) {
      Tensor x = layer.encoderAttentionNorm().apply(sum);
      return layer.feedForward().apply(x, 0, null, null).add(x);
    }
    boolean relu = dense.activation() == Activation.RELU;
    Normed hidden = kernels.normLinear(sum, layer.encoderAttentionNorm(), dense.fc1(), relu);
    Tensor active = relu ? hidden.output() : dense.activate(hidden.output());
    return kernels.linear(active, dense.fc2(), hidden.input());
  }

  /**
   * Replaces beams by continuations of others: beam i goes on from what was beam {@code order[i]}.
   *
   * @param order (beam) int64
   */
  public void reorder(Tensor order) {
    if (ancestors.size(0) > 1) {
      ancestors.copy_(ancestors.index_select(0, order));
    }
  }

  @Override
  public void close() {
    owned.forEach(Tensor::close);
  }
}
