package mos.space;

/**
 * What a SubTransformer costs without being measured: FLOPs of one sentence pair of given lengths,
 * and parameters.
 *
 * @param model of which the architectures are
 * @param sourceTokens S, tokens of the source sentence
 * @param targetTokens T, tokens of the translation
 */
public record ArchitectureCost(ModelCost model, int sourceTokens, int targetTokens) {
  /** FLOPs with the output layer, see {@link ModelCost#flops}. */
  public long flops(SubTransformer architecture) {
    return model.flops(architecture, sourceTokens, targetTokens);
  }

  /** FLOPs without the output layer. */
  public long flopsWithoutOutputLayer(SubTransformer architecture) {
    return model.flopsWithoutOutputLayer(architecture, sourceTokens, targetTokens);
  }

  /** Weights and biases with embeddings and output layer. */
  public long parameters(SubTransformer architecture) {
    return model.parameters(architecture);
  }

  /** Weights and biases without embeddings and output layer. */
  public long parametersWithoutEmbedding(SubTransformer architecture) {
    return model.parametersWithoutEmbedding(architecture);
  }
}
