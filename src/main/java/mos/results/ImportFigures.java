package mos.results;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;

/**
 * What {@code import} read and wrote.
 *
 * @param path the file that was read
 * @param out the file that was written
 * @param kind "SuperTransformer", "SubTransformer" or "latency predictor"
 * @param model of a model; else null
 * @param latNormMs of a predictor: what its network's output is multiplied by; else null
 * @param errors of a predictor, where it was evaluated; else null
 */
public record ImportFigures(
    String path,
    String out,
    String kind,
    @JsonUnwrapped Model model,
    Double latNormMs,
    @JsonUnwrapped Errors errors) {

  /**
   * A model, flat in the figures.
   *
   * @param experts of each module that has several; 1: none has
   * @param sourceVocabulary symbols
   * @param targetVocabulary symbols
   */
  public record Model(Integer experts, Integer sourceVocabulary, Integer targetVocabulary) {}

  /** As {@link EvaluationFigures}, flat in the figures; all null where there are none. */
  public record Errors(
      Double rmseMs,
      Double mape,
      Double maxErrorMs,
      @JsonInclude(JsonInclude.Include.ALWAYS) Double kendallTau,
      Integer rows) {
    /** The same errors. */
    public static Errors of(EvaluationFigures figures) {
      return new Errors(
          figures.rmseMs(),
          figures.mape(),
          figures.maxErrorMs(),
          figures.kendallTau(),
          figures.rows());
    }
  }

  /** Of a model. */
  public static ImportFigures model(String path, String out, String kind, Model model) {
    return new ImportFigures(path, out, kind, model, null, null);
  }

  /**
   * Of a predictor.
   *
   * @param errors null where it was not evaluated
   */
  public static ImportFigures predictor(
      String path, String out, double latNormMs, EvaluationFigures errors) {
    return new ImportFigures(
        path, out, "latency predictor", null, latNormMs, errors == null ? null : Errors.of(errors));
  }
}
