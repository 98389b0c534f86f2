package mos.results;

/**
 * One model of a run beside others; null where something was not measured.
 *
 * @param weights "final": trained on its own; "inherited": the SuperTransformer's, not trained
 *     further
 * @param bleu on tokens, of the test set
 * @param latencyP50Ms of real sentences, one at a time
 * @param tokensPerSecond target tokens of the test set in batches
 * @param peakMemoryMb in MiB, sentences one at a time
 * @param peakMemoryBatchesMb in MiB, sentences in batches too
 */
public record ComparedModel(
    String weights,
    Double bleu,
    Double sacrebleu,
    Double chrf,
    Double latencyP50Ms,
    Double latencyP95Ms,
    Double tokensPerSecond,
    Double peakMemoryMb,
    Double peakMemoryBatchesMb,
    Long params) {}
