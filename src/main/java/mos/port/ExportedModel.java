package mos.port;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import mos.base.AtomicFile;
import mos.base.Json;
import mos.base.MosException;
import mos.data.Preprocessor;
import mos.model.SuperTransformer;
import mos.space.SubTransformer;
import mos.tensor.SafeTensors;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import mos.train.ModelDescription;
import org.bytedeco.pytorch.Device;

/**
 * A folder with one plain Transformer: {@value #CONFIG}, {@value #PARAMETERS} and, where the data
 * folder was known, dictionaries, BPE codes and the description of preprocessing, so that it
 * translates raw text by itself.
 *
 * @param description its architecture, languages and dictionaries
 * @param model the plain Transformer, owned by this
 */
public record ExportedModel(ModelDescription description, SuperTransformer model)
    implements AutoCloseable {
  /** Sizes and names. */
  public static final String CONFIG = "config.json";

  /** Tensors. */
  public static final String PARAMETERS = "model.safetensors";

  /** One batch of inputs and what the model makes of it; written when asked for. */
  public static final String REFERENCE = "reference.safetensors";

  /**
   * Writes a folder.
   *
   * @param description of the model as it was trained
   * @param plain the materialised SubTransformer
   * @param data a folder of preprocessed data with the model's dictionaries, if known
   */
  public static void write(
      Path folder,
      ModelDescription description,
      SuperTransformer plain,
      SubTransformer architecture,
      Optional<Path> data) {
    ModelDescription single = single(description, plain, architecture);
    ObjectNode config = ExportedConfig.toJson(single);
    try (Scope scope = Scope.open()) {
      SafeTensors.write(
          folder.resolve(PARAMETERS), ExportedParameters.of(plain), Map.of("format", "pt"));
    }
    data.ifPresent(from -> copyTextFiles(from, folder, single, config));
    // Last, so that a folder with a configuration is complete.
    AtomicFile.writeString(folder.resolve(CONFIG), Json.pretty(config));
  }

  /** The description of a model that is one SubTransformer. */
  static ModelDescription single(
      ModelDescription description, SuperTransformer plain, SubTransformer architecture) {
    return new ModelDescription(
        plain.config(),
        null,
        architecture,
        description.sourceLanguage(),
        description.targetLanguage(),
        description.sourceDictionary(),
        description.targetDictionary(),
        description.settings(),
        description.provenance());
  }

  /** Copies what text needs to become tokens, and says in {@code config} what it is. */
  static void copyTextFiles(Path from, Path to, ModelDescription description, ObjectNode config) {
    String source = "dict." + description.sourceLanguage() + ".txt";
    String target = "dict." + description.targetLanguage() + ".txt";
    copy(from, to, source);
    copy(from, to, target);
    config.put("source_dictionary", source).put("target_dictionary", target);
    if (!Files.exists(from.resolve(Preprocessor.DESCRIPTION))) {
      return;
    }
    copy(from, to, Preprocessor.DESCRIPTION);
    JsonNode preprocessing = Json.read(from.resolve(Preprocessor.DESCRIPTION));
    config.set("preprocessing", preprocessing.path("text"));
    Set<String> codes = named(preprocessing, "codes");
    codes.forEach(name -> copy(from, to, name));
    config.set("codes", Json.tree(codes));
    named(preprocessing, "nonbreaking_prefixes").forEach(name -> copy(from, to, name));
    if (preprocessing.path("text").path("protected").isTextual()) {
      copy(from, to, preprocessing.path("text").path("protected").asText());
    }
  }

  /** The files of some kind that the languages name. */
  private static Set<String> named(JsonNode preprocessing, String kind) {
    Set<String> names = new LinkedHashSet<>();
    for (JsonNode language : preprocessing.path("languages")) {
      if (language.path(kind).isTextual()) {
        names.add(language.path(kind).asText());
      }
    }
    return names;
  }

  private static void copy(Path from, Path to, String name) {
    if (!name.matches("[\\w.-]{1,100}") || name.startsWith(".")) {
      throw new MosException(from + ": not a file name: " + Json.line(name));
    }
    Path target = to.resolve(name);
    try {
      if (!Files.exists(target) || !Files.isSameFile(from.resolve(name), target)) {
        AtomicFile.write(target, out -> Files.copy(from.resolve(name), out));
      }
    } catch (IOException e) {
      throw new MosException("cannot write " + target + ": " + AtomicFile.describe(e), e);
    }
  }

  /** As {@link #load(Path, Device)}, on the CPU. */
  public static ExportedModel load(Path folder) {
    return load(folder, Tensors.cpu());
  }

  /**
   * Reads a folder; the caller closes the result.
   *
   * @param device where the model is to compute
   * @throws MosException naming what is missing, damaged or of another shape
   */
  public static ExportedModel load(Path folder, Device device) {
    Path config = folder.resolve(CONFIG);
    ModelDescription description = ExportedConfig.fromJson(Json.read(config), config.toString());
    try (SafeTensors file = SafeTensors.open(folder.resolve(PARAMETERS), true)) {
      return new ExportedModel(
          description, ExportedParameters.load(file, description.model(), device));
    }
  }

  /** The one SubTransformer that it is. */
  public SubTransformer architecture() {
    return description.architecture();
  }

  @Override
  public void close() {
    model.close();
  }
}
