package mos.latency;

/**
 * What a runtime does for one sentence, for the clock. The decoder's share: what it reads of the
 * encoder, then per step embedding, layers with cached keys and values, output layer, log-softmax,
 * the 2·beam best continuations and following them, as a beam search does; all steps are taken.
 */
interface SentenceWork extends AutoCloseable {
  /** One encoder pass. */
  void encode();

  /** All decoder steps of one sentence. */
  void decode();

  @Override
  void close();
}
