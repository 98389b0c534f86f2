package mos.latency;

import java.util.Arrays;
import mos.kernel.StepKernels;
import mos.kernel.StepKernels.Continuations;
import mos.model.Transformer;
import mos.model.TransformerWeights;
import mos.nn.DropoutRates;
import mos.tensor.DeviceGraph;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import mos.translate.FixedDecoder;
import mos.translate.IncrementalDecoder;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;

/**
 * libtorch's work for one sentence. Nothing is copied to the host, so what a search itself does
 * there is not counted. Keys and values are projected in the decoder's share.
 *
 * <p>On a GPU encoder and decoder steps are recorded once and replayed, as translating sentence by
 * sentence does; on the CPU the decoder is the one for batches.
 */
final class TorchSentenceWork implements SentenceWork {
  private final TransformerWeights weights;
  private final Transformer transformer;
  private final LatencyConfig settings;
  private final Tensor source;
  private final Tensor firstTokens;
  private final Transformer.Encoded encoded;
  private final StepKernels kernels;
  private final int candidates;

  /** Null on the CPU. */
  private final Recorded recorded;

  /** Makes the inputs, which belong to the innermost open scope. */
  TorchSentenceWork(TransformerWeights weights, LatencyConfig settings) {
    this.weights = weights;
    this.settings = settings;
    this.transformer = new Transformer(weights, DropoutRates.NONE);
    Device device = weights.sourceEmbedding().device();
    int sources = (int) weights.sourceEmbedding().size(0);
    long[] tokens = Arrays.stream(settings.source(sources)).asLongStream().toArray();
    source = Tensors.of(tokens, device, 1, tokens.length);
    long[] first = new long[settings.beam()];
    Arrays.fill(first, Math.min(LatencyConfig.TOKEN, weights.targetEmbedding().size(0) - 1));
    firstTokens = Tensors.of(first, device, first.length);
    encoded = transformer.encode(source, null);
    long targets = weights.outputEmbedding().size(0);
    kernels = StepKernels.of(device, weights.targetEmbedding().scalar_type(), settings.beam());
    candidates = (int) Math.min(2L * settings.beam(), settings.beam() * targets);
    recorded = device.is_cpu() ? null : new Recorded(device);
  }

  @Override
  public void encode() {
    if (recorded != null) {
      recorded.encode.launch();
      return;
    }
    try (Scope run = Scope.open()) {
      transformer.encode(source, null);
    }
  }

  @Override
  public void decode() {
    if (recorded != null) {
      recorded.decode();
      return;
    }
    try (Scope run = Scope.open();
        IncrementalDecoder decoder =
            new IncrementalDecoder(weights, encoded, 1, settings.beam(), settings.targetSteps())) {
      Tensor tokens = Scope.own(firstTokens.clone());
      for (int step = 0; step < settings.targetSteps(); step++) {
        Tensor next = step(decoder, tokens);
        tokens.close();
        tokens = next;
      }
      tokens.close();
    }
  }

  /** One step in a scope of its own, as in a search; the caller owns the next tokens. */
  private Tensor step(IncrementalDecoder decoder, Tensor tokens) {
    try (Scope scope = Scope.open()) {
      Continuations best = kernels.best(decoder.step(tokens), candidates);
      decoder.reorder(best.rows().narrow(0, 0, settings.beam()));
      return Scope.own(best.tokens().narrow(0, 0, settings.beam()).clone());
    }
  }

  @Override
  public void close() {
    if (recorded != null) {
      recorded.close();
    }
  }

  /** The same work, recorded. */
  private final class Recorded implements AutoCloseable {
    private final FixedDecoder decoder =
        new FixedDecoder(weights, settings.sourceTokens(), settings.beam(), settings.targetSteps());
    private final Tensor tokens = Scope.own(firstTokens.clone());
    private final DeviceGraph encode;
    private final DeviceGraph start;
    private final DeviceGraph step;

    Recorded(Device device) {
      encode = DeviceGraph.of(device, () -> transformer.encode(source, null));
      start = DeviceGraph.of(device, this::start);
      step = DeviceGraph.of(device, this::step);
    }

    private void start() {
      decoder.start(encoded);
      tokens.copy_(firstTokens);
    }

    private void step() {
      Continuations best = kernels.best(decoder.step(tokens), candidates);
      decoder.reorder(best.rows().narrow(0, 0, settings.beam()));
      tokens.copy_(best.tokens().narrow(0, 0, settings.beam()));
    }

    void decode() {
      start.launch();
      for (int i = 0; i < settings.targetSteps(); i++) {
        step.launch();
      }
    }

    @Override
    public void close() {
      encode.close();
      start.close();
      step.close();
      tokens.close();
      decoder.close();
    }
  }
}
