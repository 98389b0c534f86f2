package mos.results;

import java.util.List;

/**
 * What {@code average-checkpoints} did.
 *
 * @param inputs checkpoints whose mean was taken
 * @param update of the newest of them
 * @param out the file that was written
 */
public record AverageFigures(List<String> inputs, long update, String out) {
  public AverageFigures {
    inputs = inputs == null ? List.of() : List.copyOf(inputs);
  }
}
