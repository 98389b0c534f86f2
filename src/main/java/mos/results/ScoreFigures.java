package mos.results;

/**
 * Scores of translations, flat in what holds them; null where there are none.
 *
 * @param bleu on tokens, hyphenated compounds split
 * @param bleuLine with its parts
 * @param sacrebleu on plain text
 * @param sacrebleuLine with its parts
 * @param signature of sacreBLEU
 * @param chrf2 on plain text
 */
public record ScoreFigures(
    Double bleu,
    String bleuLine,
    Double sacrebleu,
    String sacrebleuLine,
    String signature,
    Double chrf2) {
  /** Nothing was scored. */
  public static final ScoreFigures NONE = new ScoreFigures(null, null, null, null, null, null);
}
