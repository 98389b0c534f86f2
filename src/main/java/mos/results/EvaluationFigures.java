package mos.results;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * Errors of latency predictions on rows that were not trained on, flat in what holds them.
 *
 * @param rmseMs root mean squared error
 * @param mape mean absolute error relative to the measurement, as a fraction
 * @param maxErrorMs largest absolute error
 * @param kendallTau of measured and predicted order, −1…1; null where it is not defined
 */
public record EvaluationFigures(
    double rmseMs,
    double mape,
    double maxErrorMs,
    @JsonInclude(JsonInclude.Include.ALWAYS) Double kendallTau,
    int rows) {}
