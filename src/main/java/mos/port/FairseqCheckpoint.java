package mos.port;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import mos.base.MosException;
import mos.data.Dictionary;
import mos.model.ModelConfig;
import mos.model.PublishedParameters;
import mos.model.SuperTransformer;
import mos.tensor.Tensors;
import mos.train.Checkpoint;
import mos.train.ModelDescription;
import mos.train.TrainState;

/**
 * A checkpoint of HAT's or MoS's fairseq: a dictionary with the state dict under {@code model} and
 * the options under {@code args}. It becomes a SuperTransformer, or, where the options name one
 * SubTransformer, that one, materialised.
 */
public final class FairseqCheckpoint {
  private static final String SOURCE_EMBEDDING = "encoder.embed_tokens.weight";
  private static final String TARGET_EMBEDDING = "decoder.embed_tokens.weight";
  private static final int MAX_NAME = 500;

  private final String where;
  private final Map<String, TorchTensor> parameters = new LinkedHashMap<>();
  private final FairseqArguments arguments;

  /**
   * @throws MosException when the file holds another kind of object
   */
  public FairseqCheckpoint(TorchFile file) {
    where = file.file().toString();
    if (!isOne(file)) {
      throw new MosException(where + ": not a fairseq checkpoint (no state dict under model)");
    }
    Map<?, ?> root = (Map<?, ?>) file.root();
    for (Map.Entry<?, ?> entry : ((Map<?, ?>) root.get("model")).entrySet()) {
      if (!(entry.getKey() instanceof String name)
          || name.length() > MAX_NAME
          || !(entry.getValue() instanceof TorchTensor tensor)) {
        throw new MosException(where + ": the state dict holds what is no named tensor");
      }
      parameters.put(name, tensor);
    }
    arguments =
        new FairseqArguments(
            root.get("args") instanceof Map<?, ?> args ? args : Map.of(),
            FairseqArguments.Experts.of(parameters),
            where);
  }

  /** Whether a file holds such a checkpoint. */
  public static boolean isOne(TorchFile file) {
    return file.root() instanceof Map<?, ?> root && root.get("model") instanceof Map<?, ?>;
  }

  /** What it says of its model. */
  public FairseqArguments arguments() {
    return arguments;
  }

  /**
   * Writes the model as a checkpoint of this program.
   *
   * @param described what the model is, by {@link #arguments}
   * @return what was written
   * @throws MosException for a parameter that is missing, unknown or of another shape than {@code
   *     described} says, or dictionaries of other sizes than the embeddings
   */
  public ModelDescription convert(FairseqModel described, DictionaryPair dictionaries, Path out) {
    int sourceVocabulary = vocabulary(SOURCE_EMBEDDING);
    int targetVocabulary =
        parameters.containsKey(TARGET_EMBEDDING) ? vocabulary(TARGET_EMBEDDING) : sourceVocabulary;
    check(dictionaries.source(), dictionaries.sourceLanguage(), sourceVocabulary);
    check(dictionaries.target(), dictionaries.targetLanguage(), targetVocabulary);
    ModelConfig config = described.shapes().of(sourceVocabulary, targetVocabulary);
    try (SuperTransformer model = load(config)) {
      if (described.architecture() == null) {
        return write(out, model, described, dictionaries);
      }
      try (SuperTransformer plain = model.materialise(described.architecture(), false)) {
        return write(out, plain, described, dictionaries);
      }
    }
  }

  private int vocabulary(String embedding) {
    OptionalInt rows = FairseqArguments.vocabulary(parameters.get(embedding));
    return rows.orElseThrow(
        () -> new MosException(where + ": no parameter " + embedding + " with two dimensions"));
  }

  private void check(Dictionary dictionary, String language, int rows) {
    if (dictionary.size() != rows) {
      throw new MosException(
          "the "
              + language
              + " dictionary has "
              + dictionary.size()
              + " symbols, the embedding in "
              + where
              + " has "
              + rows
              + ": it was trained with another dictionary");
    }
  }

  /** Checks every name and shape before any memory is taken, then reads. */
  private SuperTransformer load(ModelConfig config) {
    Map<String, long[]> shapes = SuperTransformer.parameterShapes(config);
    Map<String, String> names =
        PublishedParameters.match(shapes.keySet(), parameters.keySet(), where);
    names.forEach(
        (ours, theirs) ->
            ParameterFile.checkShape(
                theirs, parameters.get(theirs).sizes(), shapes.get(ours), where));
    checkRest(new HashSet<>(names.values()), config);
    SuperTransformer model = new SuperTransformer(config, Tensors.cpu(), false);
    try {
      ParameterFile.fill(
          model,
          names,
          name -> {
            TorchTensor tensor = parameters.get(name);
            return Tensors.of(tensor.floats(), Tensors.cpu(), tensor.sizes());
          });
      return model;
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  private void checkRest(Set<String> used, ModelConfig config) {
    for (String name : parameters.keySet()) {
      boolean tied = config.shareAllEmbeddings() && name.equals(TARGET_EMBEDDING);
      if (tied
          && !Arrays.equals(
              parameters.get(name).floats(), parameters.get(SOURCE_EMBEDDING).floats())) {
        throw new MosException(
            where + ": share-all-embeddings is on, but the two embeddings differ");
      }
      if (!used.contains(name) && !tied && !isBuffer(name)) {
        throw new MosException(
            where + ": parameter " + name + " is not one of the model that its options describe");
      }
    }
  }

  /** Entries of a state dict that are no parameters. */
  private static boolean isBuffer(String name) {
    return name.endsWith(".version")
        || name.endsWith("._float_tensor")
        || name.endsWith(".active_arch_embed");
  }

  private static ModelDescription write(
      Path out, SuperTransformer model, FairseqModel described, DictionaryPair dictionaries) {
    boolean single = described.architecture() != null;
    ModelDescription description =
        new ModelDescription(
            model.config(),
            single ? null : described.space(),
            described.architecture(),
            dictionaries.sourceLanguage(),
            dictionaries.targetLanguage(),
            dictionaries.source().hash(),
            dictionaries.target().hash(),
            described.settings());
    Checkpoint.save(out, description, model, TrainState.START);
    return description;
  }
}
