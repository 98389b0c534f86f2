package mos.results;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import mos.host.Hardware;

/**
 * What {@code measure} found.
 *
 * @param latency all null where nothing was timed
 * @param repeats of the measurement
 * @param load of the machine meanwhile
 * @param machineState the same for people; null where nothing is known
 * @param constraints where they were compared
 * @param largest what the largest SubTransformer takes; null where nothing was compared
 * @param costs by counting
 * @param measured what the model and the sentence were
 * @param hardware null where nothing was timed
 */
public record MeasureFigures(
    @JsonUnwrapped LatencyFigures latency,
    @JsonUnwrapped Repeats repeats,
    @JsonUnwrapped LoadFigures load,
    String machineState,
    @JsonUnwrapped Constraints constraints,
    LargestFigures largest,
    @JsonUnwrapped CostFigures costs,
    Setup measured,
    Hardware hardware) {

  /**
   * Several measurements, flat in the figures; null where nothing was timed.
   *
   * @param repeatsMs each, in order of time
   * @param repeatSpread slowest minus fastest, as a share of the median
   * @param repeatsAgree whether that is small
   */
  public record Repeats(List<Double> repeatsMs, Double repeatSpread, Boolean repeatsAgree) {
    /** Nothing was timed. */
    public static final Repeats NONE = new Repeats(null, null, null);
  }

  /**
   * What was measured.
   *
   * @param vocabularyOf where the vocabulary's size comes from, for people
   */
  public record Setup(
      int sourceVocabulary,
      int targetVocabulary,
      String vocabularyOf,
      int sourceTokens,
      int decoderSteps,
      int beam,
      int runs) {}
}
