package mos.translate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import mos.beam.BatchSize;
import mos.data.Dictionary;
import mos.kernel.BatchKernels;
import mos.kernel.Slots;
import mos.model.Transformer;
import mos.model.TransformerWeights;
import mos.model.TransformerWeights.DecoderLayer;
import mos.nn.DropoutRates;
import mos.nn.FeedForward;
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
 * The Transformer on libtorch. On a GPU a step's tensors are in fixed places and of fixed shapes,
 * so that it can be recorded.
 */
final class TorchSlotModel implements TensorSlotModel {
  /** Steps that the caches of the CPU have room for at first; doubled when full. */
  private static final int FIRST_CAPACITY = 64;

  /** Sources of a GPU are padded to a multiple of this: attention then needs no copies. */
  private static final int ALIGNED = 8;

  /** One decoder layer; a cache that grows is replaced. */
  private static final class Layer {
    private final DecoderLayer weights;
    private final int attended;

    /** (slots, capacity, beam, 2Q), see {@link BatchKernels#attendSelf}. */
    private Tensor self;

    /** (places, S, attended, 2Q), see {@link BatchKernels#attendEncoder}. */
    private final Tensor encoder;

    Layer(DecoderLayer weights, int attended, Tensor self, Tensor encoder) {
      this.weights = weights;
      this.attended = attended;
      this.self = self;
      this.encoder = encoder;
    }
  }

  private final TransformerWeights weights;
  private final Device device;
  private final BatchKernels kernels;
  private final Linear output;
  private final List<Layer> layers = new ArrayList<>();

  /** Makes room for {@code size} sentences. */
  TorchSlotModel(TransformerWeights weights, int beam, BatchSize size) {
    this(
        weights,
        BatchKernels.of(
            weights.targetEmbedding().device(), weights.targetEmbedding().scalar_type(), beam),
        beam,
        size);
  }

  TorchSlotModel(TransformerWeights weights, BatchKernels kernels, int beam, BatchSize size) {
    this.weights = weights;
    this.kernels = kernels;
    device = weights.targetEmbedding().device();
    ScalarType type = weights.targetEmbedding().scalar_type();
    output = new Linear(weights.outputEmbedding(), Tensors.none());
    int capacity = device.is_cpu() ? Math.min(size.steps(), FIRST_CAPACITY) : size.steps();
    try (Scope scope = Scope.open()) {
      int index = 0;
      for (DecoderLayer layer : weights.decoderLayers()) {
        int attended = weights.architecture().attendedEncoderLayers(index++);
        layers.add(
            new Layer(
                layer,
                attended,
                room(type, size.slots(), capacity, beam, 2 * layer.selfAttention().width()),
                room(
                    type,
                    size.places(),
                    size.sourceTokens(),
                    attended,
                    2 * layer.encoderAttention().width())));
      }
    }
  }

  /** What is hidden on the CPU is multiplied by zero, so it may not hold NaN. */
  private Tensor room(ScalarType type, long... shape) {
    return Scope.own(
        device.is_cpu() ? Tensors.zeros(type, device, shape) : Tensors.empty(type, device, shape));
  }

  @Override
  public void encode(List<int[]> sources, int[] places) {
    int batch = sources.size();
    int longest = sources.stream().mapToInt(s -> s.length).max().orElseThrow();
    int shortest = sources.stream().mapToInt(s -> s.length).min().orElseThrow();
    int room = (int) layers.get(0).encoder.size(1);
    int length =
        device.is_cpu() ? longest : Math.min(room, (longest + ALIGNED - 1) / ALIGNED * ALIGNED);
    long[] ids = new long[batch * length];
    Arrays.fill(ids, Dictionary.PAD);
    for (int i = 0; i < batch; i++) {
      for (int j = 0; j < sources.get(i).length; j++) {
        ids[i * length + j] = sources.get(i)[j];
      }
    }
    try (Scope scope = Scope.open()) {
      Tensor source = Tensors.of(ids, device, batch, length);
      Tensor mask = shortest == length ? null : source.ne(new Scalar((long) Dictionary.PAD));
      Transformer.Encoded encoded =
          new Transformer(weights, DropoutRates.NONE).encode(source, mask);
      Tensor[] memories = new Tensor[weights.encoderLayers().size() + 1];
      Tensor index =
          Tensors.of(Arrays.stream(places).asLongStream().toArray(), device, places.length);
      for (Layer layer : layers) {
        int attended = layer.attended;
        memories[attended] =
            memories[attended] == null ? encoded.side(attended) : memories[attended];
        Tensor split = layer.weights.encoderAttention().keyValue().apply(memories[attended]);
        layer.encoder.narrow(1, 0, length).index_copy_(0, index, split);
      }
    }
  }

  @Override
  public Tensor logits(Slots slots, int n) {
    if (device.is_cpu()) {
      makeRoom(slots, n);
    }
    Tensor x = kernels.embed(slots, n, weights.targetEmbedding(), weights.targetPositions());
    for (Layer layer : layers) {
      DecoderLayer w = layer.weights;
      MultiHeadAttention self = w.selfAttention();
      Tensor projected = kernels.linear(x, self.keyValue(), false);
      Tensor attended = kernels.attendSelf(slots, n, projected, layer.self, self.heads());
      x = kernels.addNorm(kernels.linear(attended, self.output(), false), x, w.selfAttentionNorm());
      MultiHeadAttention encoder = w.encoderAttention();
      Tensor query = kernels.linear(x, encoder.query(), false);
      attended = kernels.attendEncoder(slots, n, query, layer.encoder, encoder.heads());
      x =
          kernels.addNorm(
              kernels.linear(attended, encoder.output(), false), x, w.encoderAttentionNorm());
      x = kernels.addNorm(feedForward(w, x), x, w.finalNorm());
    }
    return kernels.linear(x, output, false);
  }

  private Tensor feedForward(DecoderLayer layer, Tensor x) {
    if (!(layer.feedForward() instanceof FeedForward dense)) {
      return layer.feedForward().apply(x, 0, null, null);
    }
    boolean relu = dense.activation() == Activation.RELU;
    Tensor hidden = kernels.linear(x, dense.fc1(), relu);
    return kernels.linear(relu ? hidden : dense.activate(hidden), dense.fc2(), false);
  }

  private void makeRoom(Slots slots, int n) {
    long needed = slots.step().narrow(0, 0, n).max().item_int() + 1L;
    long capacity = layers.get(0).self.size(1);
    if (needed <= capacity) {
      return;
    }
    for (Layer layer : layers) {
      Tensor old = layer.self;
      layer.self =
          room(
              old.scalar_type(),
              old.size(0),
              Math.min(slots.steps(), 2 * capacity),
              old.size(2),
              old.size(3));
      layer.self.narrow(1, 0, capacity).copy_(old);
      old.close();
    }
  }

  @Override
  public void move(int from, int to) {
    try (Scope scope = Scope.open()) {
      for (Layer layer : layers) {
        layer.self.select(0, to).copy_(layer.self.select(0, from));
        layer.encoder.select(0, to).copy_(layer.encoder.select(0, from));
      }
    }
  }

  @Override
  public void close() {
    for (Layer layer : layers) {
      layer.self.close();
      layer.encoder.close();
    }
  }
}
