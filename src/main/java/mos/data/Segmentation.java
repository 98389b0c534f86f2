package mos.data;

import java.util.List;

/** How the sentences of a training corpus are divided into subwords. */
@FunctionalInterface
public interface Segmentation {
  /** As they are stored. */
  Segmentation STORED = (corpus, epoch, microBatches) -> corpus;

  /**
   * Divides some sentences; equal arguments give equal results, in any process and thread.
   *
   * @param epoch from 1
   * @param microBatches numbers of the sentences, the only ones that are asked of the result
   */
  ParallelCorpus draw(ParallelCorpus corpus, long epoch, List<int[]> microBatches);
}
