package mos.results;

/**
 * What a simpler way to choose found under the same constraint.
 *
 * @param none why it found nothing; null where it found something, else all others are null
 * @param loss of what it chose
 * @param cost of it in the search
 * @param latencyMs measured again; null where latency is not constrained
 * @param share of the largest SubTransformer's latency, 0..1; null likewise
 * @param met whether it met all limits then
 * @param decoderLayers of it
 * @param evaluated how many it chose from
 */
public record BaselineFigures(
    String none,
    Double loss,
    Double cost,
    Double latencyMs,
    Double share,
    Boolean met,
    Integer decoderLayers,
    Integer evaluated) {

  /** Nothing was found. */
  public static BaselineFigures none(String why) {
    return new BaselineFigures(why, null, null, null, null, null, null, null);
  }
}
