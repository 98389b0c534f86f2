package mos.results;

import mos.space.SubTransformer;

/**
 * A file {@code architecture-NNN.json} of {@code evaluate-supernet}, and an element of {@link
 * SupernetEvaluationFigures}: what one random SubTransformer is worth.
 *
 * @param inherited its loss, or 100 − BLEU, with the SuperTransformer's weights
 * @param standalone the same after a training of its own
 */
public record EvaluatedArchitecture(
    int decoderLayers, double inherited, double standalone, SubTransformer architecture) {}
