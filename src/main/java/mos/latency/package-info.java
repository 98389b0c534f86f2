/**
 * Latency of SubTransformers on the user's hardware: measured ({@link mos.latency.LatencyMeter}),
 * collected for random SubTransformers ({@link mos.latency.LatencyDataset}) and predicted ({@link
 * mos.latency.LatencyPredictor}). All times are milliseconds.
 */
package mos.latency;
