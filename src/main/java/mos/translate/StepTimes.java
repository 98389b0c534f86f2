package mos.translate;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;
import mos.beam.BatchSize;
import mos.kernel.BatchKernels;
import mos.kernel.BeamArrays;
import mos.kernel.Slots;
import mos.model.TransformerWeights;
import mos.nn.LayerNorm;
import mos.nn.Linear;
import mos.tensor.DeviceEvent;
import mos.tensor.DeviceGraph;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * How long a step's kinds of work take, each measured alone: as a step of which nothing else is
 * done, recorded where the device records, repeated.
 */
final class StepTimes {
  private static final int REPEATS = 30;

  /** A kind of work. */
  enum Kind {
    EMBEDDING,
    PRODUCTS,
    OUTPUT_LAYER,
    SELF_ATTENTION,
    ENCODER_ATTENTION,
    NORMS,
    BEST_CONTINUATIONS,
    BEAMS
  }

  private final TransformerWeights weights;
  private final int beam;
  private final int sentences;
  private final int tokens;
  private final Device device;
  private final ScalarType type;

  /**
   * @param sentences in a step
   * @param tokens of a source; half as many steps were taken
   */
  StepTimes(TransformerWeights weights, int beam, int sentences, int tokens) {
    this.weights = weights;
    this.beam = beam;
    this.sentences = sentences;
    this.tokens = tokens;
    device = weights.targetEmbedding().device();
    type = weights.targetEmbedding().scalar_type();
  }

  /** Milliseconds by kind; those of the beams only where the device keeps them. */
  Map<Kind, Double> measure() {
    Map<Kind, Double> times = new EnumMap<>(Kind.class);
    BatchSize size = new BatchSize(sentences, sentences, tokens, tokens + 1);
    BatchKernels kernels = BatchKernels.of(device, type, beam);
    try (Slots slots = slots()) {
      for (Kind kind : Kind.values()) {
        if (kind.compareTo(Kind.BEST_CONTINUATIONS) < 0) {
          Only only = new Only(kernels, kind, weights.outputEmbedding());
          try (TorchSlotModel model = new TorchSlotModel(weights, only, beam, size)) {
            times.put(kind, time(() -> model.logits(slots, sentences)));
          }
        }
      }
      if (!device.is_cpu()) {
        beams(slots, times);
      }
    }
    return times;
  }

  /** All in the middle of a sentence. */
  private Slots slots() {
    Slots slots = Slots.of(device, sentences, beam, tokens + 1);
    try (Scope scope = Scope.open()) {
      slots.active().copy_(Tensors.range(sentences, device));
      slots.place().copy_(Tensors.range(sentences, device));
      slots.length().fill_(new Scalar((long) tokens));
      slots.step().fill_(new Scalar(tokens / 2L));
      slots.tokens().fill_(new Scalar(4L));
    }
    return slots;
  }

  private void beams(Slots slots, Map<Kind, Double> times) {
    int vocabulary = (int) weights.outputEmbedding().size(0);
    Slots.Rules rules = new Slots.Rules(tokens, 0, 0);
    try (Scope scope = Scope.open();
        BeamArrays arrays = new BeamArrays(slots, type, vocabulary, rules)) {
      arrays.run(tokens);
      Tensor logits =
          torch
              .randn(
                  new long[] {(long) sentences * beam, vocabulary},
                  Tensors.options(ScalarType.Float, device))
              .to(type);
      times.put(Kind.BEST_CONTINUATIONS, time(() -> arrays.best(logits, sentences)));
      // Each run takes a step, and must not reach the last one.
      slots.step().fill_(new Scalar(0L));
      int steps = tokens - 5;
      times.put(Kind.BEAMS, time(() -> arrays.advance(sentences), Math.min(steps, REPEATS)));
    }
  }

  private double time(Runnable work) {
    return time(work, REPEATS);
  }

  private double time(Runnable work, int repeats) {
    try (DeviceGraph graph = DeviceGraph.of(device, work);
        DeviceEvent start = DeviceEvent.of(device);
        DeviceEvent end = DeviceEvent.of(device)) {
      graph.launch();
      start.record();
      for (int i = 0; i < repeats; i++) {
        graph.launch();
      }
      end.record();
      end.synchronize();
      return end.msSince(start) / repeats;
    }
  }

  /** Kernels of which one kind does its work; the others leave their result as it is. */
  private record Only(BatchKernels kernels, Kind kind, Tensor output) implements BatchKernels {
    private Tensor run(Kind what, Supplier<Tensor> work, Tensor like, long rows, long width) {
      return what == kind
          ? work.get()
          : torch.empty(new long[] {rows, width}, like.options(), null);
    }

    @Override
    public Tensor embed(Slots slots, int n, Tensor table, Tensor positions) {
      return run(
          Kind.EMBEDDING,
          () -> kernels.embed(slots, n, table, positions),
          table,
          (long) n * slots.beam(),
          table.size(1));
    }

    @Override
    public Tensor linear(Tensor x, Linear map, boolean relu) {
      boolean last = map.weight().data_ptr().address() == output.data_ptr().address();
      return run(
          last ? Kind.OUTPUT_LAYER : Kind.PRODUCTS,
          () -> kernels.linear(x, map, relu),
          x,
          x.size(0),
          map.weight().size(0));
    }

    @Override
    public Tensor addNorm(Tensor sublayer, Tensor residual, LayerNorm norm) {
      return run(
          Kind.NORMS,
          () -> kernels.addNorm(sublayer, residual, norm),
          residual,
          residual.size(0),
          residual.size(1));
    }

    @Override
    public Tensor attendSelf(Slots slots, int n, Tensor projected, Tensor cache, int heads) {
      return run(
          Kind.SELF_ATTENTION,
          () -> kernels.attendSelf(slots, n, projected, cache, heads),
          projected,
          projected.size(0),
          projected.size(1) / 3);
    }

    @Override
    public Tensor attendEncoder(Slots slots, int n, Tensor query, Tensor cache, int heads) {
      return run(
          Kind.ENCODER_ATTENTION,
          () -> kernels.attendEncoder(slots, n, query, cache, heads),
          query,
          query.size(0),
          query.size(1));
    }
  }
}
