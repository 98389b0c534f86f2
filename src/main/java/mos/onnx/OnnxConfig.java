package mos.onnx;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import mos.base.Json;
import mos.base.MosException;
import mos.space.ConfigurationDictionary;

/**
 * What {@code config.json} of a folder with an ONNX model says. Keys that this program's own form
 * has too mean the same there.
 *
 * @param weightBytes bytes of the file with the weights
 * @param sourceLanguage code of the language that it reads
 * @param targetLanguage code of the language that it writes
 * @param sourceDictionary hash of the dictionary that it was trained with
 * @param targetDictionary the same of its target
 */
public record OnnxConfig(
    ModelSizes sizes,
    OnnxPrecision precision,
    long weightBytes,
    String sourceLanguage,
    String targetLanguage,
    String sourceDictionary,
    String targetDictionary) {
  private static final int VERSION = Integer.parseInt(OnnxGraphs.VERSION);
  private static final int MOST = 1 << 24;

  /** Whether a configuration is of this form, whatever else is wrong with it. */
  public static boolean concerns(JsonNode json) {
    return json.path("format").asText().equals(OnnxGraphs.FORMAT);
  }

  /** Says in a configuration what was written. */
  static void put(ObjectNode json, OnnxPrecision precision, long weightBytes) {
    json.put("format", OnnxGraphs.FORMAT).put("version", VERSION);
    json.put("opset", GraphBuilder.OPSET).put("precision", precision.label());
    json.put("weight_bytes", weightBytes);
  }

  /**
   * Reads one.
   *
   * @param where the file, for messages
   * @throws MosException for another form, or a value that is missing or impossible
   */
  static OnnxConfig of(JsonNode json, String where) {
    if (!concerns(json) || json.path("version").asInt() != VERSION) {
      throw new MosException(
          where
              + ": not an ONNX model of this program (format "
              + OnnxGraphs.FORMAT
              + ", version "
              + VERSION
              + "); `mos export --format onnx` writes one");
    }
    ModelSizes sizes =
        new ModelSizes(
            ConfigurationDictionary.fromJson(json.path("architecture"), where),
            size(json, "qkv_dim", where),
            size(json, "source_vocabulary", where),
            size(json, "target_vocabulary", where),
            json.path("share_all_embeddings").asBoolean(),
            json.path("activation_fn").asText(),
            size(json, "max_positions", where));
    return new OnnxConfig(
        sizes,
        precision(json, where),
        json.path("weight_bytes").asLong(),
        json.path("source_lang").asText(),
        json.path("target_lang").asText(),
        json.path("source_dictionary_sha256").asText(),
        json.path("target_dictionary_sha256").asText());
  }

  private static OnnxPrecision precision(JsonNode json, String where) {
    for (OnnxPrecision precision : OnnxPrecision.values()) {
      if (json.path("precision").asText().equals(precision.label())) {
        return precision;
      }
    }
    throw new MosException(
        where + ": precision: got " + json.path("precision") + ", must be fp32 or int8");
  }

  private static int size(JsonNode json, String key, String where) {
    JsonNode node = json.path(key);
    if (!node.isInt() || node.intValue() < 1 || node.intValue() > MOST) {
      throw new MosException(
          where
              + ": "
              + key
              + ": got "
              + (node.isMissingNode() ? "nothing" : Json.line(node))
              + ", must be a whole number in 1.."
              + MOST);
    }
    return node.intValue();
  }
}
