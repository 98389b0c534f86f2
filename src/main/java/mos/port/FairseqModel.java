package mos.port;

import java.util.Map;
import mos.model.ModelConfig;
import mos.space.SearchSpace;
import mos.space.SubTransformer;

/**
 * What the model of a fairseq checkpoint is.
 *
 * @param space its search space; of a single SubTransformer, the one that holds it alone
 * @param architecture of a single SubTransformer, else null
 * @param shapes its sizes and experts, given its dictionaries
 * @param settings all that describes it, by key, which the checkpoint keeps
 */
public record FairseqModel(
    SearchSpace space, SubTransformer architecture, Shapes shapes, Map<String, Object> settings) {
  /** Of vocabularies of a source and a target dictionary, in symbols. */
  @FunctionalInterface
  public interface Shapes {
    ModelConfig of(int sourceVocabulary, int targetVocabulary);
  }
}
