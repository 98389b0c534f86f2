package mos.experiment;

import java.io.PrintStream;
import java.util.List;
import mos.beam.Hypothesis;
import mos.beam.TranslationOutput;

/**
 * How translations are printed.
 *
 * @param plain the best translation alone, as text, a line for each sentence; else fairseq's S-,
 *     T-, H- and P- lines
 * @param removeBpe whether words that BPE has split are joined in fairseq's lines
 */
public record TranslationForm(boolean plain, boolean removeBpe) {
  /** Text alone. */
  public static final TranslationForm PLAIN = new TranslationForm(true, true);

  /**
   * Prints fairseq's lines of one sentence.
   *
   * @param number of the sentence, from 0
   * @param reference null where there is none
   */
  void print(
      DataFolder data,
      PrintStream out,
      int number,
      int[] source,
      int[] reference,
      List<Hypothesis> nBest) {
    new TranslationOutput(
            data.sourceDictionary(),
            data.targetDictionary(),
            TranslationOutput.Form.FAIRSEQ,
            removeBpe,
            out)
        .print(number, source, reference, nBest);
  }
}
