package mos.beam;

/** A translation model of some runtime that makes room for sentences to be decoded together. */
public interface BatchModel {
  /** Symbols of the source dictionary. */
  int sourceVocabulary();

  /**
   * As many sentences as are wanted and memory has room for; see {@link BatchSize#onHost}.
   *
   * @param batchSize at most so many together; 0: as many as suit the device
   * @param sentences that there are
   * @param sourceTokens of the longest source
   * @param steps most steps of a sentence
   */
  BatchSize size(BeamOptions options, int batchSize, int sentences, int sourceTokens, int steps);

  /** Makes room; the caller closes it. On the host: a {@link HostBeams} of a {@link SlotModel}. */
  SlotBeams open(BeamOptions options, BatchSize size);
}
