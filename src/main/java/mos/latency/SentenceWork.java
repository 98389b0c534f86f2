package mos.latency;

import java.util.Arrays;
import mos.base.ConfigurationException;
import mos.kernel.StepKernels;
import mos.kernel.StepKernels.Continuations;
import mos.model.SuperTransformer;
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
 * The device's work for one sentence. The decoder's share: projecting the encoder's keys and values
 * once, then per step embedding, layers with cached keys and values, output layer, log-softmax, the
 * 2·beam best continuations and following them, as a beam search does; all steps are taken and
 * nothing is copied to the host, so what the search itself does there is not counted.
 *
 * <p>On a GPU encoder and decoder steps are recorded once and replayed, as translating sentence by
 * sentence does; on the CPU the decoder is the one for batches.
 */
final class SentenceWork implements AutoCloseable {
  /** Any token that is no padding. */
  private static final int TOKEN = 3;

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
  SentenceWork(TransformerWeights weights, LatencyConfig settings) {
    if (Math.max(settings.sourceTokens(), settings.targetSteps())
        > SuperTransformer.MAX_POSITIONS) {
      throw new ConfigurationException(
          "latency measurement: got "
              + settings
              + ", the model has "
              + SuperTransformer.MAX_POSITIONS
              + " positions");
    }
    this.weights = weights;
    this.settings = settings;
    this.transformer = new Transformer(weights, DropoutRates.NONE);
    long sources = weights.sourceEmbedding().size(0);
    Device device = weights.sourceEmbedding().device();
    long[] tokens = new long[settings.sourceTokens()];
    for (int i = 0; i < tokens.length; i++) {
      // Spread over the vocabulary, as the tokens of real sentences are.
      tokens[i] = Math.min(sources - 1, TOKEN + i * sources / (tokens.length + 1));
    }
    source = Tensors.of(tokens, device, 1, tokens.length);
    long[] first = new long[settings.beam()];
    Arrays.fill(first, Math.min(TOKEN, weights.targetEmbedding().size(0) - 1));
    firstTokens = Tensors.of(first, device, first.length);
    encoded = transformer.encode(source, null);
    long targets = weights.outputEmbedding().size(0);
    kernels = StepKernels.of(device, weights.targetEmbedding().scalar_type(), settings.beam());
    candidates = (int) Math.min(2L * settings.beam(), settings.beam() * targets);
    recorded = device.is_cpu() ? null : new Recorded(device);
  }

  /** One encoder pass. */
  void encode() {
    if (recorded != null) {
      recorded.encode.launch();
      return;
    }
    try (Scope run = Scope.open()) {
      transformer.encode(source, null);
    }
  }

  /** All decoder steps of one sentence. */
  void decode() {
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
