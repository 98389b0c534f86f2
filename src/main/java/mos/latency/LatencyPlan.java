package mos.latency;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import mos.base.AtomicFile;
import mos.base.ConfigurationException;
import mos.base.Json;
import mos.base.MosException;
import mos.base.Seeds;
import mos.model.ModelConfig;
import mos.space.ConfigurationDictionary;
import mos.space.SearchSpace;
import mos.space.SubTransformer;

/**
 * What a latency dataset is to hold, whatever measures it. Written as a file, with every
 * architecture listed, it can be measured on a device that has neither data nor configurations.
 *
 * @param space sampled uniformly
 * @param size rows, at least 1
 * @param seed of the architectures
 * @param settings of each measurement
 * @param model that architectures are cut from
 * @param made from what, by key, for people
 * @param listed the architectures of a file; empty: drawn, row by row
 */
public record LatencyPlan(
    SearchSpace space,
    int size,
    long seed,
    LatencyConfig settings,
    ModelConfig model,
    Map<String, String> made,
    List<SubTransformer> listed) {
  private static final String FORMAT = "mos-latency-plan";
  private static final int VERSION = 1;

  /**
   * @throws ConfigurationException for a size below 1, or architectures that are not the space's
   */
  public LatencyPlan {
    made = Map.copyOf(made);
    listed = List.copyOf(listed);
    if (size < 1) {
      throw new ConfigurationException("lat-dataset-size: got " + size + ", must be at least 1");
    }
    for (int i = 0; i < listed.size(); i++) {
      space.check(listed.get(i), "architecture " + (i + 1));
      model.check(listed.get(i));
    }
  }

  /** The architecture of row {@code index}, counted from 0. */
  public SubTransformer architecture(int index) {
    return listed.isEmpty() ? drawn(space, seed, index) : listed.get(index);
  }

  static SubTransformer drawn(SearchSpace space, long seed, int index) {
    return space.sample(new SplittableRandom(Seeds.derive(seed, "latency-dataset", index)));
  }

  /** The file's JSON form of architectures. */
  static ArrayNode toJson(List<SubTransformer> architectures) {
    ArrayNode all = Json.object().arrayNode();
    architectures.forEach(architecture -> all.add(ConfigurationDictionary.toJson(architecture)));
    return all;
  }

  /** Reads {@link #toJson}. */
  static List<SubTransformer> architectures(JsonNode json, String where) {
    List<SubTransformer> all = new ArrayList<>();
    for (JsonNode one : json) {
      all.add(ConfigurationDictionary.fromJson(one, where + ": architecture " + (all.size() + 1)));
    }
    return all;
  }

  /** Writes the file. */
  public void write(Path file) {
    List<SubTransformer> all = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      all.add(architecture(i));
    }
    ObjectNode json = Json.object();
    json.put("format", FORMAT).put("version", VERSION);
    json.put("size", size).put("seed", seed);
    json.set("settings", Json.tree(settings));
    json.set("made", Json.tree(new TreeMap<>(made)));
    json.set("space", Json.tree(space));
    json.set("model", Json.tree(model));
    json.set("architectures", toJson(all));
    AtomicFile.writeString(file, Json.pretty(json));
  }

  /**
   * Reads a file that {@link #write} wrote.
   *
   * @throws MosException naming the file and what is wrong in it
   */
  public static LatencyPlan read(Path file) {
    JsonNode json = Json.read(file);
    String where = file.toString();
    if (!json.path("format").asText().equals(FORMAT) || json.path("version").asInt() != VERSION) {
      throw new MosException(
          where
              + ": not a plan of a latency dataset (format "
              + FORMAT
              + ", version "
              + VERSION
              + "); `mos latency-dataset --plan` writes one");
    }
    List<SubTransformer> listed = architectures(json.path("architectures"), where);
    if (listed.isEmpty() || listed.size() != json.path("size").asInt()) {
      throw new MosException(
          where
              + ": size: got "
              + json.path("size")
              + ", lists "
              + listed.size()
              + " architectures");
    }
    Map<String, String> made = new TreeMap<>();
    json.path("made").properties().forEach(e -> made.put(e.getKey(), e.getValue().asText()));
    SearchSpace space = Json.as(json.path("space"), SearchSpace.class, where + ": space");
    ModelConfig model = Json.as(json.path("model"), ModelConfig.class, where + ": model");
    LatencyConfig settings =
        Json.as(json.path("settings"), LatencyConfig.class, where + ": settings");
    try {
      return new LatencyPlan(
          space, listed.size(), json.path("seed").asLong(), settings, model, made, listed);
    } catch (ConfigurationException e) {
      throw new MosException(where + ": " + e.getMessage(), e);
    }
  }
}
