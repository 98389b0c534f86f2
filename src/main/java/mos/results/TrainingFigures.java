package mos.results;

import java.util.Map;

/**
 * What {@code train} came to.
 *
 * @param updates of the training, all of its starts together
 * @param seconds likewise
 * @param tokensPerSecond target tokens
 * @param bestLoss of the best validation
 * @param skipped sentence pairs too long for training
 * @param skippedValid for validation
 * @param valid losses of the last validation, by architecture
 * @param checkpoint the best one
 */
public record TrainingFigures(
    long updates,
    int epoch,
    double seconds,
    double tokensPerSecond,
    long parameters,
    double bestLoss,
    int skipped,
    int skippedValid,
    Map<String, LossFigures> valid,
    String checkpoint) {}
