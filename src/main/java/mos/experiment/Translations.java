package mos.experiment;

import java.util.List;
import mos.metrics.Bleu;
import mos.metrics.Chrf;
import mos.metrics.SacreBleu;
import mos.results.ScoreFigures;

/**
 * The best translation of every sentence of a data set, with its reference, as tokens (BPE removed)
 * and as plain text; all lists are as long.
 *
 * @param sources plain text
 * @param tokens of the translations
 * @param referenceTokens of the references, with unknown words that match none
 * @param plain text of the translations
 * @param references plain text
 */
public record Translations(
    List<String> sources,
    List<String> tokens,
    List<String> referenceTokens,
    List<String> plain,
    List<String> references) {

  /** BLEU on tokens (hyphenated compounds split, as HAT does), sacreBLEU and chrF2. */
  ScoreFigures scores() {
    Bleu bleu =
        Bleu.of(
            tokens.stream().map(Bleu::splitCompounds).toList(),
            referenceTokens.stream().map(Bleu::splitCompounds).toList());
    SacreBleu sacre = SacreBleu.of(plain, references, false);
    return new ScoreFigures(
        bleu.score(),
        bleu.line(),
        sacre.score(),
        sacre.line(),
        sacre.signature(),
        new Chrf(0, false).of(plain, references));
  }
}
