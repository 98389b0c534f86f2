package mos.results;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The file {@code evaluation.json}, and what {@code evaluate-supernet} found: how well
 * SuperTransformers tell what their SubTransformers are worth. The figures in front are those of
 * the first one by {@code fitness}; all are in {@code supernets}. Figures that are not defined, as
 * tau where all values are equal, are null.
 *
 * @param fitness "loss" or "bleu"
 * @param updates of each standalone training
 * @param count of the architectures
 * @param mae mean absolute difference of inherited and standalone
 * @param maeInterval its 95% interval: low, high
 * @param kendallTau of inherited and standalone order, −1…1
 * @param kendallTauInterval its 95% interval
 * @param kendallTauDecoderDepth what decoder depth alone tells of the standalone order
 * @param kendallTauDecoderDepthInterval its 95% interval
 * @param supernets each SuperTransformer, in the order in which they were given
 * @param baselines decoder depth, parameters and FLOPs in the place of a SuperTransformer
 * @param provenance what it was made from and with
 */
public record SupernetEvaluationFigures(
    String fitness,
    int updates,
    int count,
    @JsonInclude(JsonInclude.Include.ALWAYS) Double mae,
    @JsonProperty("mae_95") List<Double> maeInterval,
    @JsonInclude(JsonInclude.Include.ALWAYS) Double kendallTau,
    @JsonProperty("kendall_tau_95") List<Double> kendallTauInterval,
    @JsonInclude(JsonInclude.Include.ALWAYS) Double kendallTauDecoderDepth,
    @JsonProperty("kendall_tau_decoder_depth_95") List<Double> kendallTauDecoderDepthInterval,
    List<EvaluatedArchitecture> architectures,
    List<EvaluatedSupernet> supernets,
    List<EvaluatedSupernet> baselines,
    Made provenance) {
  /** Name of the file, in the folder of the evaluation. */
  public static final String FILE_NAME = "evaluation.json";

  /** Copies the lists; an interval has two bounds, whatever was there. */
  public SupernetEvaluationFigures {
    maeInterval = interval(maeInterval);
    kendallTauInterval = interval(kendallTauInterval);
    kendallTauDecoderDepthInterval = interval(kendallTauDecoderDepthInterval);
    architectures = architectures == null ? List.of() : List.copyOf(architectures);
    supernets = supernets == null ? List.of() : List.copyOf(supernets);
    baselines = baselines == null ? List.of() : List.copyOf(baselines);
  }

  /** A 95% interval; bounds that are not finite become null. */
  public static List<Double> interval(double low, double high) {
    return Arrays.asList(finite(low), finite(high));
  }

  /** A figure, null where it is not finite. */
  public static Double finite(double value) {
    return Double.isFinite(value) ? (Double) value : null;
  }

  /** Two bounds, whatever was there. */
  private static List<Double> interval(List<Double> bounds) {
    List<Double> two = new ArrayList<>(bounds == null ? List.of() : bounds);
    while (two.size() < 2) {
      two.add(null);
    }
    return Collections.unmodifiableList(two);
  }
}
