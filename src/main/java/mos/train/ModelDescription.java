package mos.train;

import java.util.Map;
import java.util.Objects;
import mos.base.MosException;
import mos.data.Dictionary;
import mos.model.ModelConfig;
import mos.space.SearchSpace;
import mos.space.SubTransformer;

/**
 * What a checkpoint says of its model beside the parameters.
 *
 * @param model shapes and experts
 * @param space the search space of a SuperTransformer, null for a single SubTransformer
 * @param architecture of a single SubTransformer, null for a SuperTransformer
 * @param sourceLanguage language code, for example en
 * @param targetLanguage language code, for example de
 * @param sourceDictionary hash of the source dictionary
 * @param targetDictionary hash of the target dictionary
 * @param settings effective settings it was trained with, by key
 * @param provenance versions, device, and hashes of data and parent, by what they are of; empty
 *     where an older version wrote the checkpoint
 */
public record ModelDescription(
    ModelConfig model,
    SearchSpace space,
    SubTransformer architecture,
    String sourceLanguage,
    String targetLanguage,
    String sourceDictionary,
    String targetDictionary,
    Map<String, Object> settings,
    Map<String, String> provenance) {

  public ModelDescription {
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(sourceLanguage, "sourceLanguage");
    Objects.requireNonNull(targetLanguage, "targetLanguage");
    Objects.requireNonNull(sourceDictionary, "sourceDictionary");
    Objects.requireNonNull(targetDictionary, "targetDictionary");
    settings = Map.copyOf(settings);
    provenance = provenance == null ? Map.of() : Map.copyOf(provenance);
  }

  /** Of unknown provenance. */
  public ModelDescription(
      ModelConfig model,
      SearchSpace space,
      SubTransformer architecture,
      String sourceLanguage,
      String targetLanguage,
      String sourceDictionary,
      String targetDictionary,
      Map<String, Object> settings) {
    this(
        model,
        space,
        architecture,
        sourceLanguage,
        targetLanguage,
        sourceDictionary,
        targetDictionary,
        settings,
        Map.of());
  }

  /** The same, made from and with this. */
  public ModelDescription with(Map<String, String> made) {
    return new ModelDescription(
        model,
        space,
        architecture,
        sourceLanguage,
        targetLanguage,
        sourceDictionary,
        targetDictionary,
        settings,
        made);
  }

  /**
   * Checks that dictionaries are those that the model was trained with.
   *
   * @param where the checkpoint, for the message
   * @throws MosException naming the language whose dictionary does not fit
   */
  public void checkDictionaries(Dictionary source, Dictionary target, String where) {
    check(sourceLanguage, sourceDictionary, source, where);
    check(targetLanguage, targetDictionary, target, where);
  }

  private static void check(String language, String expected, Dictionary found, String where) {
    if (!expected.equals(found.hash())) {
      throw new MosException(
          "the "
              + language
              + " dictionary of "
              + found.size()
              + " symbols is not the one that "
              + where
              + " was trained with: its hash is "
              + found.hash()
              + ", need "
              + expected);
    }
  }
}
