package mos.results;

/** What {@code latency-dataset} measured: how many SubTransformers, and their latencies. */
public record LatencyDatasetFigures(
    String latDatasetPath, int rows, double minMs, double medianMs, double maxMs) {}
