package mos.latency;

/**
 * Two SubTransformers timed in alternation, run by run, so that whatever slows the machine slows
 * both: their ratio tells more than either time.
 *
 * @param candidate the one
 * @param reference the other, with which it is compared; of more than 0 ms
 */
public record PairedLatency(Latency candidate, Latency reference) {

  /** The candidate's time as a share of the reference's. */
  public double share() {
    return candidate.ms() / reference.ms();
  }
}
