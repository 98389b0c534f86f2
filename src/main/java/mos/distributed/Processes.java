package mos.distributed;

import java.util.Optional;

/**
 * The processes that share a piece of work.
 *
 * @param place of this one among them; empty where it works alone
 * @param timeoutSeconds how long one waits for another, at least 1
 * @param sharded whether each has its share alone of a training's optimiser
 */
public record Processes(Optional<Launch> place, int timeoutSeconds, boolean sharded) {
  /** This process, by itself. */
  public static final Processes ALONE = new Processes(Optional.empty(), 1, false);
}
