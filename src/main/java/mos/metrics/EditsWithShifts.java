package mos.metrics;

/**
 * The number of edits that TER counts between two sentences: shifts of runs of words are chosen
 * greedily, each time the one that lowers the edit distance most, until none does.
 *
 * <p>Only a run that stands in the reference too, of up to {@value #LONGEST_RUN} words and {@value
 * #FARTHEST} places away, is shifted, and only to where the reference has it; it must hold an
 * error, and so must its place in the reference. Of shifts that gain as much the longest run
 * counts, then the earliest, then the earliest goal. After {@value #MOST_TRIALS} trials the search
 * ends.
 *
 * <p>Source: Snover et al., AMTA 2006, figure 1; the limits are Tercom's.
 */
final class EditsWithShifts {
  private static final int LONGEST_RUN = 10;
  private static final int FARTHEST = 50;
  private static final int MOST_TRIALS = 1000;

  private final int[] reference;
  private final EditDistance distance;
  private int trials;

  private EditsWithShifts(int[] output, int[] reference) {
    this.reference = reference;
    distance = new EditDistance(output.length, reference);
  }

  /** A shifted output, and what decides between shifts. */
  private record Shift(int gain, int length, int from, int to) {
    boolean isBetterThan(Shift other) {
      if (other == null || gain != other.gain) {
        return other == null || gain > other.gain;
      }
      if (length != other.length) {
        return length > other.length;
      }
      return from != other.from ? from < other.from : to < other.to;
    }
  }

  /** Edits from words to words, which are given by numbers of their own. */
  static int count(int[] output, int[] reference) {
    if (reference.length == 0) {
      return output.length;
    }
    return new EditsWithShifts(output, reference).count(output);
  }

  private int count(int[] output) {
    int[] words = output;
    for (int shifts = 0; ; shifts++) {
      distance.align(words);
      Shift best = bestShift(words);
      if (trials >= MOST_TRIALS || best == null || best.gain <= 0) {
        return shifts + distance.edits();
      }
      words = shifted(words, best.from, best.length, best.to);
    }
  }

  private Shift bestShift(int[] words) {
    Shift best = null;
    for (int from = 0; from < words.length; from++) {
      int last = Math.min(reference.length - 1, from + FARTHEST);
      for (int at = Math.max(0, from - FARTHEST); at <= last; at++) {
        int longest = Math.min(LONGEST_RUN, Math.min(words.length - from, reference.length - at));
        for (int length = 1;
            length <= longest && words[from + length - 1] == reference[at + length - 1];
            length++) {
          best = better(words, from, at, length, best);
          if (trials >= MOST_TRIALS) {
            return best;
          }
        }
      }
    }
    return best;
  }

  /** Tries the places where the reference has the run that begins at {@code from}. */
  private Shift better(int[] words, int from, int at, int length, Shift best) {
    int aligned = distance.outputOf(at);
    if (!distance.errorInOutput(from, length)
        || !distance.errorInReference(at, length)
        || (aligned >= from && aligned < from + length)) {
      return best;
    }
    Shift found = best;
    int previous = -1;
    for (int place = at - 1; place < Math.min(at + length, reference.length); place++) {
      int to = place < 0 ? 0 : distance.outputOf(place) + 1;
      if (to != previous) {
        previous = to;
        trials++;
        int edits = distance.trial(words, shifted(words, from, length, to));
        Shift shift = new Shift(distance.edits() - edits, length, from, to);
        found = shift.isBetterThan(found) ? shift : found;
      }
    }
    return found;
  }

  /** The run goes before word {@code to}; a goal within the run counts from behind it. */
  private static int[] shifted(int[] words, int from, int length, int to) {
    int[] out = new int[words.length];
    int goal =
        to < from ? to : to > from + length ? to - length : Math.min(to, words.length - length);
    int rest = 0;
    for (int i = 0; i < words.length; i++) {
      if (i >= goal && i < goal + length) {
        out[i] = words[from + i - goal];
      } else {
        rest += rest == from ? length : 0;
        out[i] = words[rest++];
      }
    }
    return out;
  }
}
