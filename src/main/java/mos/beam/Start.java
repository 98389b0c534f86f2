package mos.beam;

/**
 * A sentence that begins.
 *
 * @param slot that it gets
 * @param place of the encoder's keys and values
 * @param length tokens of its source
 * @param limit most tokens before the end symbol
 */
public record Start(int slot, int place, int length, int limit) {}
