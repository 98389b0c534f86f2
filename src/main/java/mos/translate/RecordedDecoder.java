package mos.translate;

import java.util.HashMap;
import java.util.Map;
import mos.model.SuperTransformer;
import mos.model.Transformer;
import mos.model.TransformerWeights;
import mos.tensor.DeviceGraph;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;

/**
 * Decodes sentence by sentence with recorded steps: one {@link DeviceGraph} for a length of sources
 * and one of targets, powers of two, made when first needed and kept for later sentences. Use under
 * {@code AutoGradMode(false)}; one sentence at a time.
 */
final class RecordedDecoder implements AutoCloseable {
  private static final int LEAST_SOURCE_TOKENS = 16;
  private static final int LEAST_STEPS = 64;

  private record Lengths(int sourceTokens, int steps) {}

  private record Recorded(FixedDecoder decoder, DeviceGraph step) {}

  private final TransformerWeights weights;
  private final int beam;
  private final Map<Lengths, Recorded> recorded = new HashMap<>();
  private final Tensor tokens;
  private final Tensor logits;

  RecordedDecoder(TransformerWeights weights, int beam) {
    this.weights = weights;
    this.beam = beam;
    Device device = weights.targetEmbedding().device();
    Tensor output = weights.outputEmbedding();
    try (Scope scope = Scope.open()) {
      tokens = Scope.own(Tensors.of(new long[beam], device, beam));
      logits = Scope.own(Tensors.empty(output.scalar_type(), device, beam, output.size(0)));
    }
  }

  /**
   * Begins a sentence, which ends the one before.
   *
   * @param encoded of one sentence
   */
  StepDecoder start(Transformer.Encoded encoded) {
    int sourceTokens = powerOfTwo((int) encoded.last().size(1), LEAST_SOURCE_TOKENS);
    Sentence sentence = new Sentence(new Lengths(sourceTokens, LEAST_STEPS));
    sentence.now.decoder.start(encoded);
    return sentence;
  }

  private static int powerOfTwo(int length, int least) {
    int power = least;
    while (power < length) {
      power *= 2;
    }
    return Math.min(power, SuperTransformer.MAX_POSITIONS);
  }

  private Recorded record(Lengths lengths) {
    FixedDecoder decoder = new FixedDecoder(weights, lengths.sourceTokens, beam, lengths.steps);
    DeviceGraph step = DeviceGraph.of(tokens.device(), () -> logits.copy_(decoder.step(tokens)));
    return new Recorded(decoder, step);
  }

  @Override
  public void close() {
    for (Recorded each : recorded.values()) {
      each.step.close();
      each.decoder.close();
    }
    tokens.close();
    logits.close();
  }

  private final class Sentence implements StepDecoder {
    private Lengths lengths;
    private Recorded now;
    private int steps;

    Sentence(Lengths lengths) {
      take(lengths);
    }

    private void take(Lengths lengths) {
      this.lengths = lengths;
      now = recorded.computeIfAbsent(lengths, RecordedDecoder.this::record);
    }

    @Override
    public Tensor step(Tensor next) {
      if (steps == lengths.steps) {
        FixedDecoder full = now.decoder;
        int more = powerOfTwo(steps + 1, LEAST_STEPS);
        take(new Lengths(lengths.sourceTokens, more));
        now.decoder.continueFrom(full);
      }
      steps++;
      tokens.copy_(next);
      now.step.launch();
      return logits;
    }

    @Override
    public void reorder(Tensor order) {
      now.decoder.reorder(order);
    }

    @Override
    public void keep(int[] kept) {
      if (kept.length != 1) {
        throw new IllegalArgumentException("got " + kept.length + " sentences of one");
      }
    }

    /** What is recorded stays for the next sentence. */
    @Override
    public void close() {}
  }
}
