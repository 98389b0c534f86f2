package mos.port;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.config.Setting;
import mos.config.Settings;
import mos.data.Dictionary;
import mos.model.ModelConfig;
import mos.model.ModelSettings;
import mos.model.PublishedParameters;
import mos.model.SuperTransformer;
import mos.space.SearchSpace;
import mos.space.SearchSpaceSettings;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;
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
  private final FairseqSettings settings;

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
    settings =
        new FairseqSettings(
            parameters, root.get("args") instanceof Map<?, ?> args ? args : Map.of());
  }

  /** Whether a file holds such a checkpoint. */
  public static boolean isOne(TorchFile file) {
    return file.root() instanceof Map<?, ?> root && root.get("model") instanceof Map<?, ?>;
  }

  /** The settings that may stand in for options that the checkpoint lacks. */
  public static List<Setting<?>> settings() {
    return FairseqSettings.settings();
  }

  /**
   * Writes the model as a checkpoint of this program.
   *
   * @param given knows {@link #settings()}
   * @return what was written
   * @throws MosException for a parameter that is missing, unknown or of another shape than the
   *     options say, or dictionaries of other sizes than the embeddings
   */
  public ModelDescription convert(Settings given, DictionaryPair dictionaries, Path out) {
    Settings merged = settings.merge(given, where);
    boolean single = SubTransformerFile.given(merged);
    SubTransformer architecture = single ? SubTransformerFile.fromSettings(merged) : null;
    if (!single && !SearchSpaceSettings.given(merged)) {
      throw new ConfigurationException(
          where
              + ": its options have no search space and no SubTransformer, need --configs with the"
              + " search space it was trained on, or --sub-configs");
    }
    SearchSpace space = single ? SearchSpace.of(architecture) : SearchSpaceSettings.space(merged);
    int sourceVocabulary = vocabulary(SOURCE_EMBEDDING);
    int targetVocabulary =
        parameters.containsKey(TARGET_EMBEDDING) ? vocabulary(TARGET_EMBEDDING) : sourceVocabulary;
    check(dictionaries.source(), dictionaries.sourceLanguage(), sourceVocabulary);
    check(dictionaries.target(), dictionaries.targetLanguage(), targetVocabulary);
    ModelConfig config =
        ModelSettings.superTransformer(merged, space, sourceVocabulary, targetVocabulary);
    try (SuperTransformer model = load(config)) {
      if (!single) {
        return write(out, model, merged, space, null, dictionaries);
      }
      try (SuperTransformer plain = model.materialise(architecture, false)) {
        return write(out, plain, merged, null, architecture, dictionaries);
      }
    }
  }

  private int vocabulary(String embedding) {
    OptionalInt rows = settings.vocabulary(embedding);
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
      Path out,
      SuperTransformer model,
      Settings merged,
      SearchSpace space,
      SubTransformer architecture,
      DictionaryPair dictionaries) {
    ModelDescription description =
        new ModelDescription(
            model.config(),
            space,
            architecture,
            dictionaries.sourceLanguage(),
            dictionaries.targetLanguage(),
            dictionaries.source().hash(),
            dictionaries.target().hash(),
            merged.toMap());
    Checkpoint.save(out, description, model, TrainState.START);
    return description;
  }
}
