package mos.experiment;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a search has the latency of its candidates from. With a predictor and measuring, those are
 * measured that the predictor, less its own error, lets pass.
 *
 * @param measured whether candidates are measured
 * @param predictor file of the predictor that is asked; empty: none
 * @param anyHardware whether a predictor of other hardware will do
 */
public record CandidateLatency(boolean measured, Optional<Path> predictor, boolean anyHardware) {
  /** Every candidate is measured: HAT's gold. */
  public static final CandidateLatency GOLD = new CandidateLatency(true, Optional.empty(), false);

  public CandidateLatency {
    if (!measured && predictor.isEmpty()) {
      throw new IllegalArgumentException("latency: neither measured nor predicted");
    }
  }
}
