package mos.latency;

import mos.base.MosException;

/**
 * The latency of one SubTransformer; means and deviations are of the runs left after the fastest
 * and the slowest 10% were cut.
 *
 * @param encoderMs mean of one encoder pass
 * @param decoderMs mean of all decoder steps of one sentence
 * @param encoderStdMs standard deviation of the encoder's runs
 * @param decoderStdMs standard deviation of the decoder's runs
 * @param interquartileMs interquartile range of all runs, nothing cut: the encoder's plus the
 *     decoder's
 */
public record Latency(
    double encoderMs,
    double decoderMs,
    double encoderStdMs,
    double decoderStdMs,
    double interquartileMs) {

  /**
   * @throws MosException for times that are negative or not finite
   */
  public Latency {
    for (double value :
        new double[] {encoderMs, decoderMs, encoderStdMs, decoderStdMs, interquartileMs}) {
      if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
        throw new MosException(
            "latency: got " + value + " ms, must be a finite number of at least 0");
      }
    }
  }

  /** Encoder and decoder together. */
  public double ms() {
    return encoderMs + decoderMs;
  }
}
