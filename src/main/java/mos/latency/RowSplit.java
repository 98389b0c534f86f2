package mos.latency;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import mos.base.MosException;
import mos.base.Seeds;

/**
 * A dataset's rows split at random, 80% for training, 10% for validation and 10% held out; at least
 * one row each.
 *
 * @param trainingAndValidation both, in order of measurement
 */
record RowSplit(
    List<LatencyRow> training,
    List<LatencyRow> validation,
    List<LatencyRow> heldOut,
    List<LatencyRow> trainingAndValidation) {
  private static final int FEWEST = 5;

  static RowSplit of(List<LatencyRow> rows, long seed) {
    if (rows.size() < FEWEST) {
      throw new MosException(
          "latency dataset: got " + rows.size() + " rows, need at least " + FEWEST);
    }
    List<Integer> shuffled = new ArrayList<>(IntStream.range(0, rows.size()).boxed().toList());
    Collections.shuffle(shuffled, new Random(Seeds.derive(seed, "latency-split")));
    int tenth = Math.max(1, rows.size() / 10);
    int training = rows.size() - 2 * tenth;
    return new RowSplit(
        rows(rows, shuffled.subList(0, training)),
        rows(rows, shuffled.subList(training, training + tenth)),
        rows(rows, shuffled.subList(training + tenth, rows.size())),
        rows(rows, shuffled.subList(0, training + tenth).stream().sorted().toList()));
  }

  private static List<LatencyRow> rows(List<LatencyRow> rows, List<Integer> indices) {
    return indices.stream().map(rows::get).toList();
  }
}
