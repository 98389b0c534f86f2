package mos.results;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/**
 * What {@code generate} did, and the file that describes translations.
 *
 * @param scores where there are references
 * @param subset of the data; null for standard input
 * @param sentences that were translated
 * @param skipped that were too long
 * @param speed null in the file
 * @param provenance null but in the file
 */
public record TranslationFigures(
    @JsonUnwrapped ScoreFigures scores,
    String subset,
    Integer beam,
    Double lenpen,
    int sentences,
    int skipped,
    @JsonUnwrapped Speed speed,
    Made provenance) {

  /** How fast, flat in the figures; null where it is not told. */
  public record Speed(Double seconds, Double tokensPerSecond, Double textTokensPerSecond) {
    /** Not told. */
    public static final Speed NONE = new Speed(null, null, null);
  }

  /** The same as the file has it: without times, with what it was made from and with. */
  public TranslationFigures described(Made made) {
    return new TranslationFigures(
        scores, subset, beam, lenpen, sentences, skipped, Speed.NONE, made);
  }
}
