package mos.beam;

import mos.base.ConfigurationException;

/**
 * How sentences are searched, batched and reported.
 *
 * @param beam the search
 * @param nBest translations reported per sentence, at most the beam
 * @param batchSize sentences translated together at most; 0: as many as suit the device
 * @param maxTokens source tokens that the encoder reads together at most, padding counted; a longer
 *     sentence is read alone
 */
public record TranslationOptions(BeamOptions beam, int nBest, int batchSize, int maxTokens) {
  public TranslationOptions {
    if (nBest < 1 || nBest > beam.beam()) {
      throw new ConfigurationException(
          "nbest: got " + nBest + ", must be in 1.." + beam.beam() + ", the beam");
    }
    if (batchSize < 0 || maxTokens < 1) {
      throw new ConfigurationException(
          "batch-size and max-tokens: got "
              + batchSize
              + " and "
              + maxTokens
              + ", must be at least 1");
    }
  }

  /** The same, each sentence alone. */
  public TranslationOptions oneByOne() {
    return new TranslationOptions(beam, nBest, 1, maxTokens);
  }

  /** Tells {@code found} the best ones alone. */
  public BatchSearch.Found best(BatchSearch.Found found) {
    return (sentence, all) -> found.nBest(sentence, all.subList(0, Math.min(nBest, all.size())));
  }
}
