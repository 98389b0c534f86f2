package mos.results;

/** What the largest SubTransformer of a space takes. */
public record LargestFigures(
    double latencyMs, double flops, double params, double paramsWithoutEmbedding) {}
