package mos.results;

/**
 * Losses of one architecture on a data set.
 *
 * @param loss per token, label smoothing included
 * @param nllLoss per token, without it
 * @param ppl perplexity, of the latter
 * @param bleu of its translations on tokens, 0..100; null where none were made
 * @param skipped sentence pairs that were too long; null where it is told elsewhere
 */
public record LossFigures(double loss, double nllLoss, double ppl, Double bleu, Integer skipped) {}
