package mos.results;

/**
 * What {@code latency-dataset} measured: how many SubTransformers, and their latencies; or, with a
 * plan's file and without latencies, how many are to be measured.
 */
public record LatencyDatasetFigures(
    String latDatasetPath, int rows, Double minMs, Double medianMs, Double maxMs, String plan) {}
