package mos.translation;

import mos.base.ConfigurationException;
import mos.beam.BeamOptions;
import mos.model.SuperTransformer;

/**
 * How text is translated.
 *
 * @param beam how it is searched
 * @param nBest translations returned per line, in 1..beam
 * @param longLines what becomes of lines with more than {@code longest} tokens
 * @param longest source tokens of a line, in 1..1023; a single sentence with more is cut too
 */
public record TextOptions(BeamOptions beam, int nBest, LongLines longLines, int longest) {
  /** As long as a translation gets, where nothing else is asked for. */
  public static final int LONGEST = BeamOptions.DEFAULT.maxLengthB();

  /** What a model can read, less the end symbol. */
  public static final int MOST_TOKENS = SuperTransformer.MAX_POSITIONS - 1;

  /** A beam of 4, length penalty 0.6, the best translation alone; long lines are cut. */
  public static final TextOptions DEFAULTS =
      new TextOptions(BeamOptions.DEFAULT, 1, LongLines.SPLIT, LONGEST);

  /**
   * @throws ConfigurationException naming what is out of its range
   */
  public TextOptions {
    if (nBest < 1 || nBest > beam.beam()) {
      throw new ConfigurationException(
          "n-best: got " + nBest + ", must be in 1.." + beam.beam() + ", the beam");
    }
    if (longest < 1 || longest > MOST_TOKENS) {
      throw new ConfigurationException(
          "longest line: got " + longest + " tokens, must be in 1.." + MOST_TOKENS);
    }
  }

  /** The same with another beam: hypotheses kept per sentence, at least as many as are returned. */
  public TextOptions withBeam(int size, double lengthPenalty) {
    return new TextOptions(BeamOptions.of(size, lengthPenalty), nBest, longLines, longest);
  }

  /** The same with so many translations per line, at most the beam. */
  public TextOptions withNBest(int count) {
    return new TextOptions(beam, count, longLines, longest);
  }

  /** The same with long lines, those of more than {@code tokens}, treated so. */
  public TextOptions withLongLines(LongLines how, int tokens) {
    return new TextOptions(beam, nBest, how, tokens);
  }
}
