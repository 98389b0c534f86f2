package mos.results;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A line of {@code metrics.jsonl}: an update of a training, or a validation after one.
 *
 * @param update its number, from 1
 * @param epoch from 1; null in files of older versions
 * @param step figures of the update; all null in the line of a validation
 * @param valid losses by architecture ("largest", "smallest", "subtransformer"); null in the line
 *     of an update
 * @param time when the line was written, in seconds since 1970; null in files of older versions
 */
public record MetricsLine(
    long update,
    Long epoch,
    @JsonUnwrapped Step step,
    Map<String, LossFigures> valid,
    Double time) {
  /** Name of the file, in the folder of the training. */
  public static final String FILE_NAME = "metrics.jsonl";

  /** Takes {@link Step#NONE} for null. */
  public MetricsLine {
    step = step == null ? Step.NONE : step;
  }

  /**
   * Figures of one update, flat in its line; null where they are not told. Where training diverges,
   * losses and norms may be infinite or not a number.
   *
   * @param loss of training per token, label smoothing included
   * @param nllLoss without it
   * @param ppl perplexity, of the latter
   * @param lr learning rate
   * @param gradNorm norm of the gradient before clipping
   * @param tokensPerSecond target tokens, since the line before
   * @param deviceWaits share of the time since then in which the device had nothing to do, 0..1
   * @param lossScale where the loss is scaled
   * @param seconds of the training up to here
   */
  public record Step(
      Double loss,
      Double nllLoss,
      Double ppl,
      Double lr,
      Double gradNorm,
      Double tokensPerSecond,
      Double deviceWaits,
      Double lossScale,
      Double seconds) {
    /** Nothing is told. */
    public static final Step NONE = new Step(null, null, null, null, null, null, null, null, null);
  }

  /** The line of a validation, without its time. */
  public static MetricsLine validation(long update, long epoch, Map<String, LossFigures> losses) {
    return new MetricsLine(update, epoch, Step.NONE, losses, null);
  }

  /** The same with the time at which it was written. */
  public MetricsLine at(double secondsSince1970) {
    return new MetricsLine(update, epoch, step, valid, secondsSince1970);
  }

  /** Every figure by its key; of a validation by its path, such as valid/largest/loss. */
  public Map<String, Double> figures() {
    Map<String, Double> figures = new LinkedHashMap<>();
    put("", ResultJson.tree(step), figures);
    put("valid/", ResultJson.tree(valid), figures);
    if (epoch != null) {
      figures.put("epoch", (double) epoch);
    }
    return figures;
  }

  /** Every figure as {@code metrics.jsonl} writes it, by its key; of a validation by its path. */
  public Map<String, String> cells() {
    Map<String, String> cells = new LinkedHashMap<>();
    cells("", ResultJson.tree(this), cells);
    return cells;
  }

  private static void cells(String path, JsonNode tree, Map<String, String> into) {
    tree.properties()
        .forEach(
            entry -> {
              if (entry.getValue().isContainerNode()) {
                cells(path + entry.getKey() + "/", entry.getValue(), into);
              } else if (!entry.getValue().isNull()) {
                into.put(path + entry.getKey(), entry.getValue().asText());
              }
            });
  }

  /**
   * The keys that {@link #cells} can have.
   *
   * @param architectures that are validated
   */
  public static List<String> columns(Collection<String> architectures) {
    Step step = new Step(1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0);
    Map<String, LossFigures> valid = new LinkedHashMap<>();
    architectures.forEach(name -> valid.put(name, new LossFigures(1.0, 1.0, 1.0, 1.0, null)));
    return List.copyOf(new MetricsLine(1, 1L, step, valid, 1.0).cells().keySet());
  }

  private static void put(String path, JsonNode tree, Map<String, Double> into) {
    tree.properties()
        .forEach(
            entry -> {
              if (entry.getValue().isNumber()) {
                into.put(path + entry.getKey(), entry.getValue().doubleValue());
              } else {
                put(path + entry.getKey() + "/", entry.getValue(), into);
              }
            });
  }
}
