package mos.metrics;

import java.util.Arrays;

/**
 * Edit distance of outputs of one length to a reference, and the alignment of one of them. Only a
 * band around the diagonal is looked at, which is what Tercom's beam comes to.
 *
 * <p>Of equally short ways to a cell, one word for another is preferred, then a word too many in
 * the output, then one that it lacks.
 */
final class EditDistance {
  private static final int BEAM = 25;

  /** More than any number of edits, with room to add to it. */
  private static final int FAR = Integer.MAX_VALUE / 2;

  private static final byte PAIR = 0;
  private static final byte TOO_MANY = 1;
  private static final byte LACKING = 2;

  private final int[] reference;
  private final int length;
  private final int beam;
  private final double slope;
  private final int[][] costs;
  private final int[][] trial;
  private final byte[][] steps;
  private final int[] outputOf;
  private final boolean[] outputErrors;
  private final boolean[] referenceErrors;

  /**
   * @param length words of the outputs
   * @param reference at least one word
   */
  EditDistance(int length, int[] reference) {
    this.reference = reference;
    this.length = length;
    int width = reference.length + 1;
    slope = length == 0 ? 1 : (double) reference.length / length;
    // So that neighbouring rows of the band overlap however different the lengths are.
    beam = BEAM < slope / 2 ? (int) Math.ceil(slope / 2 + BEAM) : BEAM;
    costs = new int[length + 1][width];
    trial = new int[length + 1][width];
    steps = new byte[length + 1][width];
    for (int[] row : costs) {
      Arrays.fill(row, FAR);
    }
    for (int[] row : trial) {
      Arrays.fill(row, FAR);
    }
    for (int j = 0; j < width; j++) {
      costs[0][j] = j;
      steps[0][j] = LACKING;
    }
    outputOf = new int[reference.length];
    outputErrors = new boolean[length];
    referenceErrors = new boolean[reference.length];
  }

  /** Aligns an output; what is asked next is about it. */
  void align(int[] output) {
    for (int i = 1; i <= length; i++) {
      fill(output[i - 1], i, costs[i - 1], costs[i], steps[i]);
    }
    int i = length;
    int j = reference.length;
    while (i > 0 || j > 0) {
      byte step = steps[i][j];
      boolean error = step != PAIR || output[i - 1] != reference[j - 1];
      if (step != LACKING) {
        outputErrors[i - 1] = error;
      }
      if (step != TOO_MANY) {
        referenceErrors[j - 1] = error;
        // Of a word that the output lacks: what stands before its place.
        outputOf[j - 1] = i - 1;
      }
      i -= step == LACKING ? 0 : 1;
      j -= step == TOO_MANY ? 0 : 1;
    }
  }

  /** Edits of the aligned output. */
  int edits() {
    return costs[length][reference.length];
  }

  /** The aligned output's word at a place of the reference; −1 before its first. */
  int outputOf(int place) {
    return outputOf[place];
  }

  boolean errorInOutput(int from, int count) {
    return any(outputErrors, from, count);
  }

  boolean errorInReference(int from, int count) {
    return any(referenceErrors, from, count);
  }

  private static boolean any(boolean[] errors, int from, int count) {
    for (int i = from; i < from + count; i++) {
      if (errors[i]) {
        return true;
      }
    }
    return false;
  }

  /** Edits of another output; rows of what both begin with are not computed again. */
  int trial(int[] aligned, int[] output) {
    int same = 0;
    while (same < length && aligned[same] == output[same]) {
      same++;
    }
    int[] before = costs[same];
    for (int i = same + 1; i <= length; i++) {
      fill(output[i - 1], i, before, trial[i], null);
      before = trial[i];
    }
    return before[reference.length];
  }

  /** A row of the table; cells outside of the band stay far. */
  private void fill(int word, int i, int[] above, int[] row, byte[] step) {
    int diagonal = (int) Math.floor(i * slope);
    int from = Math.max(0, diagonal - beam);
    int to = Math.min(reference.length + 1, diagonal + beam);
    if (i == length) {
      to = reference.length + 1;
    }
    for (int j = from; j < to; j++) {
      int cost = FAR;
      byte best = TOO_MANY;
      if (j > 0) {
        cost = above[j - 1] + (word == reference[j - 1] ? 0 : 1);
        best = PAIR;
      }
      if (above[j] + 1 < cost) {
        cost = above[j] + 1;
        best = TOO_MANY;
      }
      if (j > 0 && row[j - 1] + 1 < cost) {
        cost = row[j - 1] + 1;
        best = LACKING;
      }
      row[j] = Math.min(cost, FAR);
      if (step != null) {
        step[j] = best;
      }
    }
  }
}
