package mos.experiment;

/**
 * The sizes of the dictionaries of a model that is measured and not trained.
 *
 * @param source symbols
 * @param target symbols
 * @param origin where they come from, for people
 */
public record Vocabulary(int source, int target, String origin) {

  /** Where the sizes come from: known, or those of a data folder that is opened when asked. */
  @FunctionalInterface
  public interface Choice {
    /**
     * The sizes.
     *
     * @throws mos.base.ConfigurationException for a data folder that is not there
     */
    Vocabulary sizes();
  }

  /** That of a data folder. */
  public static Vocabulary of(DataFolder data) {
    return new Vocabulary(
        data.sourceDictionary().size(), data.targetDictionary().size(), data.folder().toString());
  }
}
