package mos.results;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/**
 * What {@code parity} found.
 *
 * @param tolerance largest relative error that passes
 * @param passed whether all files do
 */
public record ParityFigures(double tolerance, boolean passed, List<GoldenFile> files) {

  /**
   * One golden file.
   *
   * @param name without ending
   * @param figures its errors
   * @param message empty
   * @param passed whether it agrees
   */
  public record GoldenFile(String name, Errors figures, String message, boolean passed) {}

  /** What differs; of which kind, the keys tell. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION)
  @JsonSubTypes({@JsonSubTypes.Type(BeamErrors.class), @JsonSubTypes.Type(ModelErrors.class)})
  public sealed interface Errors {
    /** Whether they are within a tolerance. */
    boolean passes(double tolerance);
  }

  /**
   * Of beam search.
   *
   * @param nBestLists that were compared: cases times sentences
   * @param differingLists with other tokens, another order or another size
   * @param score largest absolute difference of a score or positional score (nats) in the others
   */
  public record BeamErrors(int cases, int nBestLists, int differingLists, double score)
      implements Errors {
    @Override
    public boolean passes(double tolerance) {
      return differingLists == 0 && score <= tolerance;
    }
  }

  /**
   * Of models, relative; the largest over all cases.
   *
   * @param encoder of its output
   * @param gradientNorms of the gradients' norms
   * @param gradientSums of the gradients' sums
   * @param materialised of logits of the materialised SubTransformer
   * @param packed of all errors of the training pass on packed sentences
   * @param differingCounts feature vectors and parameter counts that are not exactly equal
   */
  public record ModelErrors(
      int cases,
      double encoder,
      double logits,
      double loss,
      double gradientNorms,
      double gradientSums,
      double materialised,
      double packed,
      int differingCounts)
      implements Errors {
    @Override
    public boolean passes(double tolerance) {
      return differingCounts == 0
          && Math.max(Math.max(encoder, logits), Math.max(loss, materialised)) <= tolerance
          && Math.max(gradientNorms, gradientSums) <= tolerance
          && !(packed > tolerance);
    }
  }
}
