package mos.results;

/**
 * What {@code distill-data} made, and the file that describes it.
 *
 * @param sentences of the training set
 * @param referencesKept of them with their own references: empty, or too long for the teacher
 * @param targetTokens of all targets, end symbols counted
 * @param data the folder that was made
 * @param device that the teacher ran on
 * @param provenance null before it is known
 */
public record DistillationFigures(
    int sentences,
    int referencesKept,
    long targetTokens,
    String data,
    String device,
    Made provenance) {

  /** The same with what it was made from and with. */
  public DistillationFigures described(Made made) {
    return new DistillationFigures(sentences, referencesKept, targetTokens, data, device, made);
  }
}
