package mos.experiment;

import mos.distributed.Processes;

/**
 * A piece of work with all that it needs. Run again with the same folders it continues where it was
 * interrupted, and does nothing twice.
 *
 * @param <R> what it gives
 */
@FunctionalInterface
public interface Experiment<R> {

  /**
   * Does the work with others, each process the same call.
   *
   * @return the result, the same in each process
   * @throws mos.base.MosException when it cannot be done
   */
  R run(Processes processes);

  /** Does the work in this process alone. */
  default R run() {
    return run(Processes.ALONE);
  }
}
