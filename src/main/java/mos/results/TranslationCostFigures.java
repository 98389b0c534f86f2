package mos.results;

/**
 * What {@code measure-translation} found: what a model takes to translate real sentences.
 *
 * @param subset of the data
 * @param sentences that were translated one at a time
 * @param latencyP50Ms half of them took no longer, from symbols to symbols
 * @param latencyP95Ms 95 of 100 took no longer
 * @param peakMemoryMb most memory so far in MiB when they were translated, the program's own
 *     included; null where the system does not tell
 * @param peakMemoryBatchesMb the same when they were translated in batches too
 * @param memoryOf "process": resident memory of the process; "gpu": what its allocator kept
 * @param params parameters of the model; null for a folder of another runtime
 * @param device that computed
 * @param threads of the CPU that were asked for; 0: as many as there are physical cores
 */
public record TranslationCostFigures(
    String subset,
    int sentences,
    int beam,
    double latencyP50Ms,
    double latencyP95Ms,
    Double peakMemoryMb,
    Double peakMemoryBatchesMb,
    String memoryOf,
    Long params,
    String device,
    int threads) {}
