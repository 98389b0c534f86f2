package mos.beam;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import mos.base.LineReader;
import mos.base.MosException;
import mos.data.Dictionary;

/**
 * The printed form of translations.
 *
 * <p>Source: fairseq's output of generate: {@code S-id}, {@code T-id} and per hypothesis {@code
 * H-id} (score, text) and {@code P-id} (log-probabilities of the tokens, natural logarithm), fields
 * separated by tabs; here in the order of the input.
 */
public final class TranslationOutput {
  /** What is printed. */
  public enum Form {
    /** Lines S, T, H and P. */
    FAIRSEQ,
    /** The hypotheses' text alone, one a line. */
    PLAIN
  }

  private final Dictionary source;
  private final Dictionary target;
  private final Form form;
  private final boolean removeBpe;
  private final PrintStream out;

  /**
   * @param removeBpe whether words that BPE has split are joined in source, reference and
   *     hypotheses
   */
  public TranslationOutput(
      Dictionary source, Dictionary target, Form form, boolean removeBpe, PrintStream out) {
    this.source = source;
    this.target = target;
    this.form = form;
    this.removeBpe = removeBpe;
    this.out = out;
  }

  /**
   * Prints one sentence.
   *
   * @param id its number
   * @param reference its reference translation, or null
   */
  public void print(int id, int[] sentence, int[] reference, List<Hypothesis> nBest) {
    if (form == Form.PLAIN) {
      nBest.forEach(hypothesis -> line(text(hypothesis)));
      return;
    }
    line("S-" + id + "\t" + source.string(sentence, removeBpe));
    if (reference != null) {
      line("T-" + id + "\t" + target.reference(reference, removeBpe));
    }
    for (Hypothesis hypothesis : nBest) {
      line("H-" + id + "\t" + number(hypothesis.score(), 6) + "\t" + text(hypothesis));
      line("P-" + id + "\t" + positional(hypothesis));
    }
  }

  /** The text of a hypothesis. */
  public String text(Hypothesis hypothesis) {
    return target.string(hypothesis.tokens(), removeBpe);
  }

  private void line(String text) {
    out.print(text + "\n");
  }

  private static String positional(Hypothesis hypothesis) {
    float[] scores = hypothesis.positionalScores();
    return IntStream.range(0, scores.length)
        .mapToObj(i -> number(scores[i], 4))
        .collect(Collectors.joining(" "));
  }

  private static String number(double value, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  /**
   * Translates line by line, each answered and flushed before the next is read.
   *
   * @param in UTF-8 lines as the model's dictionary splits them (tokenised, BPE applied)
   * @param translate source symbols with EOS → hypotheses, best first
   * @return the number of lines
   */
  public int interactive(InputStream in, Function<int[], List<Hypothesis>> translate) {
    // Not closed: the stream is the caller's.
    @SuppressWarnings("resource")
    LineReader lines = LineReader.lenient(in, "the input");
    int id = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      int[] sentence = source.encode(line);
      print(id++, sentence, null, translate.apply(sentence));
      if (out.checkError()) {
        throw new MosException("cannot write the translation: closed or full");
      }
    }
    return id;
  }
}
