package mos.translation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import mos.beam.Hypothesis;
import mos.data.Dictionary;

/**
 * A line as a model reads it: one sentence, or the pieces of a line that is too long.
 *
 * @param text the line
 * @param pieces symbols of each, with the end symbol; none where there is nothing to translate
 * @param joints what stands between the translations of a piece and the next; one for each piece,
 *     the last empty
 * @param skipped whether it is too long and is left out
 */
public record TextLine(String text, List<int[]> pieces, List<String> joints, boolean skipped) {
  public TextLine {
    pieces = List.copyOf(pieces);
    joints = List.copyOf(joints);
  }

  /** A line without anything to translate. */
  static TextLine blank(String text) {
    return new TextLine(text, List.of(), List.of(), false);
  }

  /** A line that is left out. */
  static TextLine skipped(String text) {
    return new TextLine(text, List.of(), List.of(), true);
  }

  static TextLine of(String text, int[] symbols) {
    return new TextLine(text, List.of(symbols), List.of(""), false);
  }

  /**
   * The line's translation.
   *
   * @param found hypotheses of each piece, the best first
   * @param tokens of a hypothesis → plain text
   * @return a blank line as it is, of one that is skipped the empty text
   */
  public Translation translation(
      List<List<Hypothesis>> found, UnaryOperator<String> tokens, Dictionary target, int nBest) {
    if (pieces.isEmpty()) {
      return Translation.of(skipped ? "" : text);
    }
    List<Translation.Alternative> all = new ArrayList<>();
    for (List<Hypothesis> one : ranked(found, nBest)) {
      StringBuilder joined = new StringBuilder();
      for (int i = 0; i < one.size(); i++) {
        joined.append(tokens.apply(target.string(one.get(i).tokens(), true))).append(joints.get(i));
      }
      all.add(new Translation.Alternative(joined.toString(), score(one)));
    }
    return new Translation(all);
  }

  /**
   * The line's hypotheses: those of its pieces as if they were one.
   *
   * @param found hypotheses of each piece, the best first
   * @return of a blank line one without tokens, of one that is skipped none
   */
  public List<Hypothesis> hypotheses(List<List<Hypothesis>> found, int nBest) {
    return skipped ? List.of() : ranked(found, nBest).stream().map(TextLine::joined).toList();
  }

  /** The best choices of a hypothesis for each piece, the best first. */
  private static List<List<Hypothesis>> ranked(List<List<Hypothesis>> found, int nBest) {
    List<List<Hypothesis>> best = List.of(List.of());
    for (List<Hypothesis> piece : found) {
      List<List<Hypothesis>> longer = new ArrayList<>();
      for (List<Hypothesis> before : best) {
        for (Hypothesis next : piece.isEmpty() ? List.of(nothing()) : piece) {
          List<Hypothesis> both = new ArrayList<>(before);
          both.add(next);
          longer.add(both);
        }
      }
      longer.sort(Comparator.comparingDouble(TextLine::score).reversed());
      best = longer.subList(0, Math.min(nBest, longer.size()));
    }
    return best;
  }

  private static double score(List<Hypothesis> pieces) {
    return pieces.stream().mapToDouble(Hypothesis::score).sum();
  }

  private static Hypothesis nothing() {
    return new Hypothesis(new int[] {Dictionary.EOS}, 0, new float[] {0});
  }

  /** End symbols within are left out; their log-probability goes to the token before. */
  private static Hypothesis joined(List<Hypothesis> pieces) {
    if (pieces.size() < 2) {
      return pieces.isEmpty() ? nothing() : pieces.get(0);
    }
    int length = pieces.stream().mapToInt(piece -> piece.tokens().length - 1).sum() + 1;
    int[] tokens = new int[length];
    float[] scores = new float[length];
    int end = 0;
    for (Hypothesis piece : pieces) {
      int own = piece.tokens().length - 1;
      System.arraycopy(piece.tokens(), 0, tokens, end, own);
      System.arraycopy(piece.positionalScores(), 0, scores, end, own);
      end += own;
      scores[Math.max(0, end - 1)] += piece.positionalScores()[own];
    }
    tokens[end] = Dictionary.EOS;
    return new Hypothesis(tokens, score(pieces), scores);
  }
}
