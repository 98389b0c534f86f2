package mos.results;

/**
 * A measured latency, flat in what holds it; all null where none was measured.
 *
 * @param latencyMs encoder and decoder together
 * @param encoderMs mean of one encoder pass
 * @param decoderMs mean of all decoder steps of one sentence
 * @param encoderStdMs standard deviation of the encoder's runs
 * @param decoderStdMs standard deviation of the decoder's runs
 * @param interquartileMs interquartile range, the encoder's plus the decoder's
 */
public record LatencyFigures(
    Double latencyMs,
    Double encoderMs,
    Double decoderMs,
    Double encoderStdMs,
    Double decoderStdMs,
    Double interquartileMs) {
  /** Nothing was measured. */
  public static final LatencyFigures NONE = new LatencyFigures(null, null, null, null, null, null);

  /** Whether a latency was measured. */
  public boolean known() {
    return latencyMs != null;
  }
}
