package mos.port;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import mos.base.Json;
import mos.base.MosException;
import mos.data.Dictionary;
import mos.model.ExpertConfig;
import mos.model.ModelConfig;
import mos.model.StackSizes;
import mos.model.SuperTransformer;
import mos.space.Activation;
import mos.space.ConfigurationDictionary;
import mos.space.SubTransformer;
import mos.train.ModelDescription;

/** {@code config.json} of an exported model: all that is needed to compute with its tensors. */
final class ExportedConfig {
  private static final String FORMAT = "mos-transformer";
  private static final int VERSION = 1;
  private static final int MAX_SIZE = 1 << 24;
  private static final int MAX_POSITION_DIM = 1 << 15;
  private static final int FIRST_POSITION = 2;
  private static final double LAYER_NORM_EPS = 1e-5;

  private ExportedConfig() {}

  static ObjectNode toJson(ModelDescription description) {
    ModelConfig model = description.model();
    ObjectNode json = Json.object();
    json.put("format", FORMAT).put("version", VERSION);
    json.set("architecture", ConfigurationDictionary.toJson(description.architecture()));
    json.put("qkv_dim", model.qkvDim());
    if (model.tokenRouted()) {
      json.put("token_top_k", model.tokenTopK());
    }
    json.put("source_vocabulary", model.sourceVocabulary());
    json.put("target_vocabulary", model.targetVocabulary());
    json.put("share_all_embeddings", model.shareAllEmbeddings());
    json.put("activation_fn", model.activation().name().toLowerCase(Locale.ROOT));
    json.put("encoder_position_dim", model.encoder().positionDim());
    json.put("decoder_position_dim", model.decoder().positionDim());
    json.put("first_position", FIRST_POSITION);
    json.put("max_positions", SuperTransformer.MAX_POSITIONS);
    json.put("layer_norm_eps", LAYER_NORM_EPS);
    json.put("bos", Dictionary.BOS).put("pad", Dictionary.PAD);
    json.put("eos", Dictionary.EOS).put("unk", Dictionary.UNK);
    json.put("source_lang", description.sourceLanguage());
    json.put("target_lang", description.targetLanguage());
    json.put("source_dictionary_sha256", description.sourceDictionary());
    json.put("target_dictionary_sha256", description.targetDictionary());
    json.set("settings", Json.tree(description.settings()));
    json.set("provenance", Json.tree(description.provenance()));
    return json;
  }

  /**
   * @param where the file, for messages
   * @throws MosException for another format, or a value that is missing or impossible
   */
  static ModelDescription fromJson(JsonNode json, String where) {
    if (!json.path("format").asText().equals(FORMAT) || json.path("version").asInt() != VERSION) {
      throw new MosException(
          where + ": not an exported model (format " + FORMAT + ", version " + VERSION + ")");
    }
    return description(json, where);
  }

  /** The same of a form whose name and version have been checked. */
  static ModelDescription description(JsonNode json, String where) {
    SubTransformer a = ConfigurationDictionary.fromJson(json.path("architecture"), where);
    int qkvDim = size(json, "qkv_dim", where);
    int encoderPositions = position(json, "encoder_position_dim", a.encoderEmbedDim(), where);
    int decoderPositions = position(json, "decoder_position_dim", a.decoderEmbedDim(), where);
    ModelConfig model =
        new ModelConfig(
            size(json, "source_vocabulary", where),
            size(json, "target_vocabulary", where),
            json.path("share_all_embeddings").asBoolean(),
            StackSizes.of(a, true, encoderPositions, qkvDim),
            StackSizes.of(a, false, decoderPositions, qkvDim),
            qkvDim,
            ExpertConfig.NONE,
            activation(json, where),
            json.path("token_top_k").asInt(1));
    model.check(a);
    Map<String, Object> settings = new LinkedHashMap<>();
    json.path("settings").properties().forEach(e -> settings.put(e.getKey(), e.getValue()));
    Map<String, String> provenance = new LinkedHashMap<>();
    json.path("provenance")
        .properties()
        .forEach(e -> provenance.put(e.getKey(), e.getValue().asText()));
    return new ModelDescription(
        model,
        null,
        a,
        json.path("source_lang").asText(),
        json.path("target_lang").asText(),
        json.path("source_dictionary_sha256").asText(),
        json.path("target_dictionary_sha256").asText(),
        settings,
        provenance);
  }

  /** Older exports, which do not say, have ReLU. */
  private static Activation activation(JsonNode json, String where) {
    String name = json.path("activation_fn").asText("relu");
    for (Activation activation : Activation.values()) {
      if (activation.name().toLowerCase(Locale.ROOT).equals(name)) {
        return activation;
      }
    }
    throw new MosException(
        where + ": activation_fn: got " + name + ", must be relu, gelu or swish");
  }

  private static int position(JsonNode json, String key, int width, String where) {
    int size = size(json, key, where);
    // Also bounds the position table, whose width no tensor of the file confirms.
    if (size < width || size > MAX_POSITION_DIM) {
      throw new MosException(
          where + ": " + key + ": got " + size + ", must be in " + width + ".." + MAX_POSITION_DIM);
    }
    return size;
  }

  private static int size(JsonNode json, String key, String where) {
    JsonNode node = json.path(key);
    if (!node.isInt() || node.intValue() < 1 || node.intValue() > MAX_SIZE) {
      throw new MosException(
          where
              + ": "
              + key
              + ": got "
              + (node.isMissingNode() ? "nothing" : node)
              + ", must be a whole number in 1.."
              + MAX_SIZE);
    }
    return node.intValue();
  }
}
