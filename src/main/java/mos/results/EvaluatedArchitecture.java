package mos.results;

import mos.space.SubTransformer;

/**
 * An element of {@link SupernetEvaluationFigures}: what one random SubTransformer is worth.
 *
 * @param inherited its loss, or 100 − BLEU, with the first SuperTransformer's weights
 * @param standalone the same after a training of its own
 * @param params without embeddings; null in files of older versions, as the two below
 * @param flops of one sentence of 30 tokens each side, with the output layer
 * @param quality after a training of its own, by every measure
 */
public record EvaluatedArchitecture(
    int decoderLayers,
    double inherited,
    double standalone,
    Long params,
    Long flops,
    QualityFigures quality,
    SubTransformer architecture) {}
