package mos.results;

/**
 * What {@code serve} did until it was told to end.
 *
 * @param address where it listened
 * @param sentences that were translated; a line that was cut is several
 * @param targetTokens of the translations, with end symbols
 * @param complete whether all requests that it had taken were answered
 */
public record ServeFigures(String address, long sentences, long targetTokens, boolean complete) {}
