package mos.results;

import java.util.List;

/**
 * What a SubTransformer costs by counting, flat in what holds it.
 *
 * @param flops floating-point operations of one sentence, 2 for a multiply-add
 * @param flopsWithoutOutputLayer the same without the projection to the vocabulary
 * @param params parameters
 * @param paramsWithoutEmbedding parameters without embeddings
 * @param activeParamsWithoutEmbedding of them those that one token meets; null without token
 *     experts
 * @param features of the architecture, as the latency predictor sees it
 */
public record CostFigures(
    long flops,
    long flopsWithoutOutputLayer,
    long params,
    long paramsWithoutEmbedding,
    Long activeParamsWithoutEmbedding,
    List<Double> features) {

  /** Copies the list; none where it is null. */
  public CostFigures {
    features = features == null ? List.of() : List.copyOf(features);
  }
}
