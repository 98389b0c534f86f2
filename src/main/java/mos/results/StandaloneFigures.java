package mos.results;

import mos.space.SubTransformer;

/**
 * A file {@code standalone-NNN.json} of {@code evaluate-supernet}: what a SubTransformer is worth
 * after a training of its own.
 *
 * @param params without embeddings
 * @param flops of one sentence of 30 tokens each side, with the output layer
 */
public record StandaloneFigures(
    int decoderLayers,
    long params,
    long flops,
    QualityFigures quality,
    SubTransformer architecture) {}
