package mos.beam;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import mos.base.MosException;
import mos.data.Dictionary;

/**
 * The beams of one sentence: what they have written, and what is finished. A hypothesis ends with
 * an EOS among the best {@code beam} continuations, and the best {@code beam} others go on; the
 * sentence is done when {@code beam} hypotheses are finished.
 */
public final class SentenceBeams {
  /** Best first; equals in the order of beams and ranks. */
  private static final Comparator<Candidate> BEST_FIRST =
      Comparator.comparingDouble((Candidate c) -> -c.score);

  /** A beam's possible continuation, with the log-probability of all of it. */
  private record Candidate(int beam, int token, float score) {}

  /** What a beam has written; {@code scores} are cumulative. A dead beam has score −∞. */
  private record Prefix(int[] tokens, float[] scores) {
    float total() {
      return scores.length == 0 ? 0 : scores[scores.length - 1];
    }

    boolean alive() {
      return total() > Float.NEGATIVE_INFINITY;
    }

    Prefix append(int token, float score) {
      int[] longer = Arrays.copyOf(tokens, tokens.length + 1);
      float[] longerScores = Arrays.copyOf(scores, scores.length + 1);
      longer[tokens.length] = token;
      longerScores[scores.length] = score;
      return new Prefix(longer, longerScores);
    }
  }

  private final BeamOptions options;
  private final int maxLength;
  private final List<Hypothesis> finished = new ArrayList<>();
  private final Prefix[] beams;
  private final int[] parents;
  private int step;
  private boolean done;

  /**
   * @param maxLength most tokens before EOS
   */
  public SentenceBeams(BeamOptions options, int maxLength) {
    this.options = options;
    this.maxLength = maxLength;
    beams = new Prefix[options.beam()];
    parents = new int[options.beam()];
    Arrays.fill(beams, new Prefix(new int[0], new float[0]));
  }

  /** Whether it is finished. */
  public boolean done() {
    return done;
  }

  /** The beam that {@code beam} continues; itself before the first step and when done. */
  public int parent(int beam) {
    return parents[beam];
  }

  /** The last token of {@code beam}; the first input of a decoder is EOS. */
  public int lastToken(int beam) {
    int[] tokens = beams[beam].tokens;
    return tokens.length == 0 ? Dictionary.EOS : tokens[tokens.length - 1];
  }

  /** Hypotheses, best first. */
  public List<Hypothesis> nBest() {
    return finished.stream()
        .sorted(Comparator.comparingDouble((Hypothesis h) -> -h.score()))
        .toList();
  }

  /**
   * Takes one step.
   *
   * @param firstRow the row of this sentence's first beam
   */
  public void advance(StepScores scores, int firstRow) {
    boolean last = step == maxLength;
    List<Candidate> candidates = last ? endings(scores, firstRow) : continuations(scores, firstRow);
    candidates.sort(BEST_FIRST);
    int width = options.beam();
    Prefix[] next = new Prefix[width];
    int alive = 0;
    for (int i = 0; i < Math.min(candidates.size(), 2 * width); i++) {
      Candidate c = candidates.get(i);
      if (c.token != Dictionary.EOS) {
        if (alive < width) {
          parents[alive] = c.beam;
          next[alive++] = beams[c.beam].append(c.token, c.score);
        }
      } else if (i < width && finished.size() < width) {
        finish(beams[c.beam].append(c.token, c.score));
      }
    }
    step++;
    done = last || alive == 0 || finished.size() == width;
    if (done) {
      rest();
      return;
    }
    for (int b = alive; b < width; b++) {
      parents[b] = b;
      next[b] = beams[b].append(Dictionary.EOS, Float.NEGATIVE_INFINITY);
    }
    System.arraycopy(next, 0, beams, 0, width);
  }

  private void rest() {
    for (int b = 0; b < parents.length; b++) {
      parents[b] = b;
    }
    if (finished.isEmpty()) {
      throw noHypothesis(step);
    }
  }

  /** What is said when nothing was found. */
  public static MosException noHypothesis(int steps) {
    return new MosException(
        "no hypothesis after "
            + steps
            + " steps: the model's scores are not finite, or every token is banned");
  }

  /** At the longest length all beams end. */
  private List<Candidate> endings(StepScores scores, int firstRow) {
    List<Candidate> candidates = new ArrayList<>();
    for (int b = 0; b < compared(); b++) {
      add(candidates, b, Dictionary.EOS, scores.end(firstRow + b));
    }
    return candidates;
  }

  private List<Candidate> continuations(StepScores scores, int firstRow) {
    List<Candidate> candidates = new ArrayList<>();
    for (int b = 0; b < compared(); b++) {
      for (int rank = 0; rank < scores.count(); rank++) {
        add(candidates, b, scores.token(firstRow + b, rank), scores.score(firstRow + b, rank));
      }
    }
    return candidates;
  }

  /** In the first step all beams are the same: one is enough. */
  private int compared() {
    return step == 0 ? 1 : beams.length;
  }

  private void add(List<Candidate> candidates, int beam, int token, float logProbability) {
    float score = beams[beam].total() + logProbability;
    // Dead beams, banned tokens and scores that are not numbers.
    if (beams[beam].alive() && score > Float.NEGATIVE_INFINITY) {
      candidates.add(new Candidate(beam, token, score));
    }
  }

  private void finish(Prefix prefix) {
    finished.add(Hypothesis.of(prefix.tokens, prefix.scores, options));
  }

  /**
   * Adds what the beams may not continue with: EOS before the shortest length, and tokens that
   * would repeat an n-gram.
   *
   * @param firstRow the row of this sentence's first beam
   * @param banned flat positions in logits of {@code vocabulary} columns
   */
  public void addBanned(int firstRow, long vocabulary, List<Long> banned) {
    for (int b = 0; b < beams.length; b++) {
      long start = (firstRow + b) * vocabulary;
      if (step < options.minLength()) {
        banned.add(start + Dictionary.EOS);
      }
      if (options.noRepeatNgramSize() > 0) {
        repeating(b, options.noRepeatNgramSize()).forEach(token -> banned.add(start + token));
      }
    }
  }

  /** Tokens that would repeat an n-gram of {@code beam}. */
  private Set<Integer> repeating(int beam, int size) {
    int[] tokens = beams[beam].tokens;
    int context = size - 1;
    Set<Integer> banned = new HashSet<>();
    for (int i = 0; i + context < tokens.length; i++) {
      if (Arrays.equals(tokens, i, i + context, tokens, tokens.length - context, tokens.length)) {
        banned.add(tokens[i + context]);
      }
    }
    return banned;
  }
}
