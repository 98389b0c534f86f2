package mos.results;

import java.util.Map;
import mos.host.Hardware;

/**
 * What {@code bench} measured.
 *
 * @param vocabulary symbols of the target dictionary
 * @param vocabularyOf where its size comes from, for people
 * @param maxExperts of the configured model
 * @param mosType its router variant
 * @param matrixTflops floating-point operations of large matrix products, 10¹² a second
 * @param ranks processes that share each update
 * @param communication what sums gradients: none, gloo or nccl
 * @param training by case and tokens of an update
 * @param hardware what it was measured on
 * @param decoding by SubTransformer and sentences of a batch; null where it was not asked for
 * @param latency by SubTransformer; null where it was not asked for
 */
public record BenchFigures(
    int vocabulary,
    String vocabularyOf,
    int maxExperts,
    String mosType,
    double matrixTflops,
    int ranks,
    String communication,
    Map<String, Training> training,
    Hardware hardware,
    Map<String, Decoding> decoding,
    Map<String, LatencyFigures> latency) {

  public BenchFigures {
    training = training == null ? Map.of() : training;
  }

  /**
   * Speed of one training.
   *
   * @param tokensPerSecond target tokens of all processes
   * @param msPerUpdate median
   * @param tokensPerUpdate target tokens of all processes, as asked for
   * @param tokensPerPass at most
   * @param arithmeticLimitShare of the speed of large matrix products, 0…1
   * @param paddingShare of what is computed
   * @param batchPaddingShare of the batches as they come
   * @param deviceWaitsShare of the time in which the device waited for the next update
   * @param communicationShare of the time in which gradients were summed
   * @param peakMemoryMb of this process, or of its GPU
   * @param loss per token, of the last update, in nats
   */
  public record Training(
      double tokensPerSecond,
      double msPerUpdate,
      int tokensPerUpdate,
      int tokensPerPass,
      double arithmeticLimitShare,
      double paddingShare,
      double batchPaddingShare,
      double deviceWaitsShare,
      double communicationShare,
      double peakMemoryMb,
      double loss) {}

  /**
   * Speed of translating in batches.
   *
   * @param sentences that were translated
   * @param tokensPerSecond target tokens of the best translations
   * @param stepMs milliseconds of each kind of work of a step; empty where they cannot be measured
   */
  public record Decoding(
      int beam, int sentences, double tokensPerSecond, Map<String, Double> stepMs) {
    public Decoding {
      stepMs = stepMs == null ? Map.of() : stepMs;
    }
  }
}
