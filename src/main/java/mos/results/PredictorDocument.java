package mos.results;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import mos.host.Hardware;

/**
 * The file of a latency predictor, {@code predictor.json}.
 *
 * @param format {@link #FORMAT}
 * @param version {@link #VERSION}
 * @param features names of the architecture features, in order
 * @param hardware of the dataset; null where that does not tell
 * @param splitSeed by which the dataset was split
 * @param provenance what it was made from and with
 * @param evaluation errors on the held-out rows
 * @param model {@link #MOS} or {@link #HAT}
 * @param weights of the model
 * @param heldout measured and predicted latencies of the held-out rows
 */
public record PredictorDocument(
    String format,
    int version,
    List<String> features,
    @JsonInclude(JsonInclude.Include.ALWAYS) Hardware hardware,
    long splitSeed,
    Made provenance,
    @JsonUnwrapped EvaluationFigures evaluation,
    String model,
    Weights weights,
    List<HeldOut> heldout) {
  /** What {@code format} says. */
  public static final String FORMAT = "mos-latency-predictor";

  /** What {@code version} says. */
  public static final int VERSION = 1;

  /** The model of {@link AdditiveWeights}. */
  public static final String MOS = "mos";

  /** The model of {@link NetworkWeights}. */
  public static final String HAT = "hat";

  /** One held-out row. */
  public record HeldOut(double measuredMs, double predictedMs) {}

  /** Weights of one of the models; which one, their keys tell. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION)
  @JsonSubTypes({
    @JsonSubTypes.Type(AdditiveWeights.class),
    @JsonSubTypes.Type(NetworkWeights.class)
  })
  public sealed interface Weights {}

  /**
   * Of the model "mos": a constant and a weighted sum of terms.
   *
   * @param lowestMs below which nothing is predicted
   */
  public record AdditiveWeights(double interceptMs, double lowestMs, List<Term> terms)
      implements Weights {}

  /**
   * One term.
   *
   * @param term a product of features, as text
   * @param coefficientMs ms per unit of it
   */
  public record Term(String term, double coefficientMs) {}

  /**
   * Of the model "hat": a network.
   *
   * @param featureNorm by which each feature is divided
   * @param latNormMs by which the output is multiplied
   */
  public record NetworkWeights(List<Double> featureNorm, double latNormMs, List<Layer> layers)
      implements Weights {}

  /**
   * A linear layer.
   *
   * @param bias base64 of little-endian float32, (outputs)
   * @param weight likewise, (outputs, inputs) in row-major order
   */
  public record Layer(int outputs, int inputs, String bias, String weight) {}
}
