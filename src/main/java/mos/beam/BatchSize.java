package mos.beam;

/**
 * How many sentences of which lengths there is room for.
 *
 * @param slots sentences that are decoded together
 * @param places sentences whose encoder outputs are kept
 * @param sourceTokens most tokens of a source
 * @param steps most steps of a sentence
 */
public record BatchSize(int slots, int places, int sourceTokens, int steps) {
  private static final int DEFAULT_ON_HOST = 64;
  private static final long BYTES_ON_HOST = 2L << 30;

  /** Lengths are rounded up, so that the next sentences rarely need other room. */
  private static final int ROUNDING = 32;

  /**
   * For a model whose memory is the host's.
   *
   * @param batchSize at most so many together; 0: {@value #DEFAULT_ON_HOST}
   * @param sentences that there are
   * @param bytes that one sentence needs, of rounded lengths; see {@link #rounded}
   */
  public static BatchSize onHost(
      int batchSize, int sentences, int sourceTokens, int steps, long bytes) {
    return onHost(batchSize, sentences, sourceTokens, steps, bytes, BYTES_ON_HOST);
  }

  /** The same in Java's own memory, of which half may be taken. */
  public static BatchSize inJava(
      int batchSize, int sentences, int sourceTokens, int steps, long bytes) {
    long half = Runtime.getRuntime().maxMemory() / 2;
    long room = Math.min(BYTES_ON_HOST, half);
    return onHost(batchSize, sentences, sourceTokens, steps, bytes, room);
  }

  private static BatchSize onHost(
      int batchSize, int sentences, int sourceTokens, int steps, long bytes, long room) {
    int wanted = Math.min(sentences, batchSize > 0 ? batchSize : DEFAULT_ON_HOST);
    int slots = (int) Math.max(1, Math.min(wanted, room / bytes));
    return new BatchSize(slots, slots, rounded(sourceTokens), rounded(steps));
  }

  /** The length that there is room for where one is needed. */
  public static int rounded(int length) {
    return (length + ROUNDING - 1) / ROUNDING * ROUNDING;
  }

  /** Whether sentences of these lengths fit. */
  boolean holds(int sentences, int source, int decoded) {
    return source <= sourceTokens && decoded <= steps && sentences <= slots;
  }
}
