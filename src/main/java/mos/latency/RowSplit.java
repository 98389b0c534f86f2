package mos.latency;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import mos.base.MosException;
import mos.base.Seeds;

/**
 * A dataset's rows split at random, 80% for training, 10% for validation and 10% held out; at least
 * one row each.
 */
record RowSplit(List<LatencyRow> training, List<LatencyRow> validation, List<LatencyRow> heldOut) {
  private static final int FEWEST = 5;

  static RowSplit of(List<LatencyRow> rows, long seed) {
    if (rows.size() < FEWEST) {
      throw new MosException(
          "latency dataset: got " + rows.size() + " rows, need at least " + FEWEST);
    }
    List<LatencyRow> shuffled = new ArrayList<>(rows);
    Collections.shuffle(shuffled, new Random(Seeds.derive(seed, "latency-split")));
    int tenth = Math.max(1, rows.size() / 10);
    int training = rows.size() - 2 * tenth;
    return new RowSplit(
        List.copyOf(shuffled.subList(0, training)),
        List.copyOf(shuffled.subList(training, training + tenth)),
        List.copyOf(shuffled.subList(training + tenth, rows.size())));
  }
}
