package mos.beam;

/**
 * The best continuations of every row after one decoder step, in nats.
 *
 * @param count k, continuations of each row
 * @param ends (N): log-probability of ending now, whether that is allowed or not
 * @param scores (N, k): log-probabilities of the best continuations, the best first; −∞ for what is
 *     not allowed
 * @param tokens (N, k): these continuations
 */
public record StepScores(int count, float[] ends, float[] scores, int[] tokens) {
  /** Log-probability of ending now, whether that is allowed or not. */
  float end(int row) {
    return ends[row];
  }

  /** Log-probability of the row's {@code rank}-th best continuation; −∞ if it is not allowed. */
  float score(int row, int rank) {
    return scores[row * count + rank];
  }

  /** The row's {@code rank}-th best continuation. */
  int token(int row, int rank) {
    return tokens[row * count + rank];
  }
}
