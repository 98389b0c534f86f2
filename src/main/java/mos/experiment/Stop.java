package mos.experiment;

import java.nio.file.Path;
import mos.base.MosException;
import mos.base.StopSignal;

/** Ends a search that was told to end. */
final class Stop {
  private Stop() {}

  /**
   * Throws when the process was told to end.
   *
   * @param target the architecture file of the search, for the message
   */
  static void ifAsked(Path target) {
    if (StopSignal.requested()) {
      throw new MosException(
          "stopped; what was scored and measured is saved beside "
              + target
              + ", the same command continues");
    }
  }
}
