package mos.results;

import java.util.Map;

/**
 * What {@code train} came to.
 *
 * @param updates of the training, all of its starts together
 * @param seconds likewise
 * @param tokensPerSecond target tokens
 * @param bestLoss of the best validation, the mean over the architectures
 * @param bestBleu likewise, 0..100; null where nothing was translated
 * @param skipped sentence pairs too long for training; null in files of older versions
 * @param skippedValid for validation; null likewise
 * @param valid losses of the last validation, by architecture
 * @param checkpoint the best one
 */
public record TrainingFigures(
    long updates,
    long epoch,
    double seconds,
    double tokensPerSecond,
    long parameters,
    double bestLoss,
    Double bestBleu,
    Integer skipped,
    Integer skippedValid,
    Map<String, LossFigures> valid,
    String checkpoint) {}
