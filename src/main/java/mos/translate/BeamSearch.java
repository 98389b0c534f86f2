package mos.translate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import mos.beam.BatchSearch;
import mos.beam.BeamOptions;
import mos.beam.Hypothesis;
import mos.beam.SentenceBeams;
import mos.beam.StepScores;
import mos.data.Dictionary;
import mos.model.SuperTransformer;
import mos.model.Transformer;
import mos.model.TransformerWeights;
import mos.nn.DropoutRates;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Beam search: each step looks at the 2·beam best continuations of a sentence's beams; a hypothesis
 * ends with an EOS among the best {@code beam} of them, and the best {@code beam} others go on. A
 * sentence is done when {@code beam} hypotheses are finished.
 *
 * <p>Source: the behaviour of fairseq's generator, except that the longest length follows from each
 * sentence's own source, not from the longest one in its batch, so that batching changes nothing.
 *
 * <p>On a GPU a sentence that comes alone is decoded with recorded steps, which this search keeps
 * until it is closed.
 */
public final class BeamSearch implements AutoCloseable {
  /** Finished sentences leave the batch when they are at least this share of it. */
  private static final double LEAVING_SHARE = 0.125;

  private final TransformerWeights weights;
  private final BeamOptions options;

  /** Null until it is needed. */
  private RecordedDecoder recorded;

  /**
   * @param weights for inference; must outlive this search
   */
  public BeamSearch(TransformerWeights weights, BeamOptions options) {
    this.weights = weights;
    this.options = options;
  }

  /**
   * Translates one batch.
   *
   * @param sources each with its closing EOS, at least that, at most {@link
   *     SuperTransformer#MAX_POSITIONS} tokens
   * @return per source, in order, up to {@code beam} hypotheses, the best first
   */
  public List<List<Hypothesis>> search(List<int[]> sources) {
    int[] maxLengths = sources.stream().mapToInt(s -> options.maxLength(s.length)).toArray();
    return search(sources, maxLengths);
  }

  /**
   * Translates one batch with given longest lengths.
   *
   * @param maxLengths per source, the most tokens before EOS
   */
  public List<List<Hypothesis>> search(List<int[]> sources, int[] maxLengths) {
    if (sources.isEmpty()) {
      return List.of();
    }
    List<SentenceBeams> all = new ArrayList<>();
    int longest = 0;
    for (int maxLength : maxLengths) {
      int limit = Math.min(maxLength, SuperTransformer.MAX_POSITIONS - 1);
      longest = Math.max(longest, limit);
      all.add(new SentenceBeams(options, limit));
    }
    try (Scope scope = Scope.open();
        AutoGradMode off = new AutoGradMode(false);
        StepDecoder decoder = start(sources, longest + 1)) {
      run(decoder, new ArrayList<>(all));
    }
    return all.stream().map(SentenceBeams::nBest).toList();
  }

  private StepDecoder start(List<int[]> sources, int maxSteps) {
    try (Scope scope = Scope.open()) {
      int batch = sources.size();
      int length = sources.stream().mapToInt(s -> s.length).max().orElseThrow();
      int shortest = sources.stream().mapToInt(s -> s.length).min().orElseThrow();
      BatchSearch.check(sources, weights.config().sourceVocabulary());
      long[] ids = new long[batch * length];
      Arrays.fill(ids, Dictionary.PAD);
      for (int i = 0; i < batch; i++) {
        for (int j = 0; j < sources.get(i).length; j++) {
          ids[i * length + j] = sources.get(i)[j];
        }
      }
      Tensor source = Tensors.of(ids, device(), batch, length);
      Tensor mask = shortest == length ? null : source.ne(new Scalar(Dictionary.PAD));
      Transformer.Encoded encoded =
          new Transformer(weights, DropoutRates.NONE).encode(source, mask);
      if (batch == 1 && !device().is_cpu()) {
        recorded = recorded == null ? new RecordedDecoder(weights, options.beam()) : recorded;
        return recorded.start(encoded);
      }
      return new IncrementalDecoder(weights, encoded, batch, options.beam(), maxSteps);
    }
  }

  private Device device() {
    return weights.targetEmbedding().device();
  }

  /** Decodes until every sentence is done. */
  private void run(StepDecoder decoder, List<SentenceBeams> active) {
    while (true) {
      try (Scope scope = Scope.open()) {
        Tensor logits = decoder.step(lastTokens(active));
        StepScores scores =
            TensorScores.read(
                logits, 2 * options.beam(), options.unkPenalty(), banned(active, logits.size(1)));
        for (int i = 0; i < active.size(); i++) {
          if (!active.get(i).done()) {
            active.get(i).advance(scores, i * options.beam());
          }
        }
        long remaining = active.stream().filter(s -> !s.done()).count();
        if (remaining == 0) {
          return;
        }
        reorder(decoder, active);
        if (active.size() - remaining >= LEAVING_SHARE * active.size()) {
          dropFinished(decoder, active);
        }
      }
    }
  }

  private Tensor lastTokens(List<SentenceBeams> active) {
    int beam = options.beam();
    long[] tokens = new long[active.size() * beam];
    for (int row = 0; row < tokens.length; row++) {
      tokens[row] = active.get(row / beam).lastToken(row % beam);
    }
    return Tensors.of(tokens, device(), tokens.length);
  }

  private List<Long> banned(List<SentenceBeams> active, long vocabulary) {
    List<Long> positions = new ArrayList<>();
    for (int i = 0; i < active.size(); i++) {
      active.get(i).addBanned(i * options.beam(), vocabulary, positions);
    }
    return positions;
  }

  private void reorder(StepDecoder decoder, List<SentenceBeams> active) {
    int beam = options.beam();
    long[] order = new long[active.size() * beam];
    boolean changed = false;
    for (int row = 0; row < order.length; row++) {
      int first = row - row % beam;
      order[row] = (long) first + active.get(row / beam).parent(row % beam);
      changed |= order[row] != row;
    }
    if (changed) {
      decoder.reorder(Tensors.of(order, device(), order.length));
    }
  }

  private static void dropFinished(StepDecoder decoder, List<SentenceBeams> active) {
    int[] kept = new int[active.size()];
    int count = 0;
    for (int i = 0; i < kept.length; i++) {
      if (!active.get(i).done()) {
        kept[count++] = i;
      }
    }
    if (count < kept.length) {
      decoder.keep(Arrays.copyOf(kept, count));
      active.removeIf(SentenceBeams::done);
    }
  }

  @Override
  public void close() {
    if (recorded != null) {
      recorded.close();
    }
  }
}
