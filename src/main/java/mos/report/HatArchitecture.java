package mos.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import mos.base.AtomicFile;
import mos.base.Json;
import mos.base.MosException;
import mos.space.Dimension;
import mos.space.SubTransformer;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads an architecture under HAT's keys for drawing. Lists may be longer than the depth.
 *
 * <p>Source: HAT's architecture files ({@code encoder-embed-dim-subtransformer}, …).
 */
final class HatArchitecture {
  private static final int MOST_LAYERS = 64;
  private static final int DEEPEST = 8;
  private static final long LARGEST_FILE = 1 << 20;

  private HatArchitecture() {}

  /**
   * Reads a HAT-style YAML file.
   *
   * @throws MosException when it cannot be read or lacks a key
   */
  static SubTransformer read(Path file) {
    LoadSettings settings = LoadSettings.builder().setLabel(file.toString()).build();
    try {
      if (Files.size(file) > LARGEST_FILE) {
        throw new MosException(file + ": larger than 1 MiB");
      }
      String text = Files.readString(file);
      requireFlat(new Parse(settings).parseString(text), file);
      return of(Json.tree(new Load(settings).loadFromString(text)));
    } catch (IOException e) {
      throw new MosException("cannot read " + file + ": " + AtomicFile.describe(e), e);
    } catch (YamlEngineException | IllegalArgumentException e) {
      throw new MosException(file + ": not valid YAML", e);
    }
  }

  /** Loading descends recursively: deep nesting would end it with a stack overflow. */
  private static void requireFlat(Iterable<Event> events, Path file) {
    int depth = 0;
    for (Event event : events) {
      switch (event.getEventId()) {
        case MappingStart, SequenceStart -> depth++;
        case MappingEnd, SequenceEnd -> depth--;
        // An alias may lead back to what contains it.
        case Alias -> throw new MosException(file + ": aliases are not supported");
        default -> {}
      }
      if (depth > DEEPEST) {
        throw new MosException(file + ": nested deeper than " + DEEPEST + " levels");
      }
    }
  }

  /**
   * The architecture in an object with HAT's keys.
   *
   * @throws MosException naming the key that is missing or of the wrong kind
   */
  static SubTransformer of(JsonNode keys) {
    int encoderLayers = layers(keys, Dimension.ENCODER_LAYERS.valueKey());
    int decoderLayers = layers(keys, Dimension.DECODER_LAYERS.valueKey());
    Map<Dimension, List<Integer>> values = new EnumMap<>(Dimension.class);
    for (Dimension dimension : Dimension.values()) {
      String key = dimension.valueKey();
      if (!dimension.perLayer()) {
        values.put(dimension, List.of(number(keys, key)));
      } else if (!dimension.optional() || drawn(dimension) && keys.has(key)) {
        int layers = dimension.ofEncoder() ? encoderLayers : decoderLayers;
        values.put(dimension, list(keys, key, layers));
      }
    }
    return new SubTransformer(values)
        .withOtherExperts(true, others(keys, Dimension.ENCODER_EXPERT_FFN, encoderLayers))
        .withOtherExperts(false, others(keys, Dimension.DECODER_EXPERT_FFN, decoderLayers));
  }

  /** Activations do not show; token experts are read by {@link #others}. */
  private static boolean drawn(Dimension dimension) {
    return !dimension.named() && !dimension.ofTokenExperts();
  }

  /** The FFN sizes of each layer's token experts after the first. */
  private static List<List<Integer>> others(JsonNode keys, Dimension sizes, int layers) {
    String key = sizes.valueKey();
    List<List<Integer>> others = new ArrayList<>();
    if (!keys.has(key)) {
      return others;
    }
    for (int i = 0; i < layers; i++) {
      String joined = keys.path(key).path(i).asText();
      if (!joined.matches("[0-9]{1,7}(_[0-9]{1,7}){0,63}")) {
        throw new MosException(key + ": need " + layers + " lists of FFN sizes joined by _");
      }
      others.add(Stream.of(joined.split("_")).skip(1).map(Integer::valueOf).toList());
    }
    return others;
  }

  private static int layers(JsonNode keys, String key) {
    int layers = number(keys, key);
    if (layers < 1 || layers > MOST_LAYERS) {
      throw new MosException(key + ": got " + layers + ", must be in 1.." + MOST_LAYERS);
    }
    return layers;
  }

  private static int number(JsonNode keys, String key) {
    JsonNode node = keys.path(key);
    if (!node.isIntegralNumber() || !node.canConvertToInt()) {
      throw new MosException(key + ": need a whole number");
    }
    return node.asInt();
  }

  private static List<Integer> list(JsonNode keys, String key, int length) {
    JsonNode node = keys.path(key);
    List<Integer> values = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      if (!node.path(i).isIntegralNumber() || !node.path(i).canConvertToInt()) {
        throw new MosException(key + ": need " + length + " whole numbers");
      }
      values.add(node.path(i).asInt());
    }
    return values;
  }
}
