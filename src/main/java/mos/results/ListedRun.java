package mos.results;

/**
 * A run as {@code list} shows it; null where its summary does not tell, or is not there yet.
 *
 * @param run its folder
 * @param state running (a process is at work in the folder now), finished, stopped before its end,
 *     or damaged
 * @param constraintMet whether all limits are met
 * @param latencyMs of the found SubTransformer
 * @param bleu of the test set after training, on tokens
 * @param params of the found SubTransformer
 * @param date when its summary, or else its last stage, was written: ISO 8601, UTC
 */
public record ListedRun(
    String run,
    String state,
    String task,
    Boolean constraintMet,
    Double latencyMs,
    Double bleu,
    Long params,
    String date) {}
