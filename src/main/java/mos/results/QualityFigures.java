package mos.results;

/**
 * What a model is worth on a validation set, by every measure; null where it was not asked for.
 *
 * @param loss label-smoothed cross-entropy per token, in nats; lower is better
 * @param bleu on tokens, hyphenated compounds split; higher is better, as all below
 * @param sacrebleu on plain text
 * @param chrf2 on plain text
 */
public record QualityFigures(Double loss, Double bleu, Double sacrebleu, Double chrf2) {}
