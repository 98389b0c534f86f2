package mos.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import mos.data.Batch;
import mos.data.Dictionary;
import mos.model.Initialization;
import mos.model.ModelConfig;
import mos.model.SuperTransformer;
import mos.nn.DropoutRates;
import mos.space.SubTransformer;
import mos.tensor.Precision;
import mos.tensor.Scope;
import org.bytedeco.pytorch.Device;

/**
 * Times whole training updates (forward, backward, optimiser) on random sentences of one length, so
 * that no padding is counted.
 *
 * @param sentenceTokens length of every source and target sentence, the end symbol included
 * @param tokensPerUpdate target tokens of an update, a multiple of {@code sentenceTokens}
 * @param tokensPerPass target tokens of one forward pass
 * @param updates timed updates, after one that is not
 */
public record TrainingBenchmark(
    int sentenceTokens, int tokensPerUpdate, int tokensPerPass, int updates) {
  private static final double LABEL_SMOOTHING = 0.1;
  private static final DropoutRates DROPOUT = new DropoutRates(0.3, 0.1, 0);

  /**
   * What was measured.
   *
   * @param tokensPerSecond target tokens, counted once per update however many architectures it
   *     trains
   * @param millisecondsPerUpdate median
   * @param updateSeconds of every timed update
   */
  public record Result(
      double tokensPerSecond, double millisecondsPerUpdate, List<Double> updateSeconds) {}

  /**
   * Trains a fresh model.
   *
   * @param architectures trained on the same tokens in every update
   */
  public Result run(
      ModelConfig config, List<SubTransformer> architectures, Device device, Precision precision) {
    try (SuperTransformer model = new SuperTransformer(config, device, true);
        Adam adam = new Adam(model.parameters(), 0.9, 0.98, 1e-8, 0)) {
      Initialization.initialise(model, 1);
      UpdateStep step = new UpdateStep(model, DROPOUT, LABEL_SMOOTHING, precision, 1);
      List<Batch> passes = passes(config);
      List<Double> seconds = new ArrayList<>();
      for (int update = 0; update <= updates; update++) {
        long start = System.nanoTime();
        try (Scope scope = Scope.open()) {
          step.run(architectures, passes, update + 1L);
          adam.step(1e-4, update + 1L);
        }
        if (update > 0) {
          seconds.add((System.nanoTime() - start) / 1e9);
        }
      }
      double[] sorted = seconds.stream().mapToDouble(s -> s).sorted().toArray();
      double median = sorted[sorted.length / 2];
      long tokens = passes.stream().mapToLong(Batch::targetTokens).sum();
      return new Result(tokens / median, median * 1e3, seconds);
    }
  }

  private List<Batch> passes(ModelConfig config) {
    SplittableRandom random = new SplittableRandom(1);
    List<Batch> passes = new ArrayList<>();
    int sentences = Math.max(1, tokensPerUpdate / sentenceTokens);
    int perPass = Math.max(1, tokensPerPass / sentenceTokens);
    for (int done = 0; done < sentences; done += perPass) {
      passes.add(batch(Math.min(perPass, sentences - done), config, random));
    }
    return passes;
  }

  private Batch batch(int size, ModelConfig config, SplittableRandom random) {
    int[][] source = new int[size][];
    int[][] target = new int[size][];
    int[][] previous = new int[size][];
    int[] lengths = new int[size];
    Arrays.fill(lengths, sentenceTokens);
    for (int b = 0; b < size; b++) {
      source[b] = sentence(config.sourceVocabulary(), random);
      target[b] = sentence(config.targetVocabulary(), random);
      previous[b] = new int[sentenceTokens];
      previous[b][0] = Dictionary.EOS;
      System.arraycopy(target[b], 0, previous[b], 1, sentenceTokens - 1);
    }
    return new Batch(new int[size], source, lengths, target, previous, size * sentenceTokens);
  }

  private int[] sentence(int vocabulary, SplittableRandom random) {
    int[] tokens = random.ints(sentenceTokens, Dictionary.SPECIALS, vocabulary).toArray();
    tokens[sentenceTokens - 1] = Dictionary.EOS;
    return tokens;
  }
}
