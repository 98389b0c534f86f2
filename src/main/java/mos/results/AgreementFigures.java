package mos.results;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * How well one figure of some architectures tells their standalone quality by one measure. Figures
 * that are not defined are null, as tau where all values are equal, and errors of what is no
 * quality.
 *
 * @param mae mean absolute difference of inherited and standalone
 * @param maeInterval its 95% interval: low, high
 * @param bias mean of inherited − standalone
 * @param maeWithoutBias mean absolute difference that is left when the bias is taken off
 * @param kendallTau tau-b of both orders, −1…1
 * @param kendallTauInterval its 95% interval
 * @param regret standalone quality of the best, less that of the one that the figure ranks first;
 *     at least 0
 * @param kendallTauWithinDepth mean of the taus below, each as often as it has pairs
 * @param byDepth tau among architectures of one decoder depth
 */
public record AgreementFigures(
    Double mae,
    @JsonProperty("mae_95") List<Double> maeInterval,
    Double bias,
    Double maeWithoutBias,
    @JsonInclude(JsonInclude.Include.ALWAYS) Double kendallTau,
    @JsonProperty("kendall_tau_95") List<Double> kendallTauInterval,
    double regret,
    @JsonInclude(JsonInclude.Include.ALWAYS) Double kendallTauWithinDepth,
    List<Depth> byDepth) {

  /**
   * Architectures of one decoder depth.
   *
   * @param kendallTau null for fewer than two
   */
  public record Depth(
      int decoderLayers, int count, @JsonInclude(JsonInclude.Include.ALWAYS) Double kendallTau) {}

  /** Copies the list. */
  public AgreementFigures {
    byDepth = byDepth == null ? List.of() : List.copyOf(byDepth);
  }
}
