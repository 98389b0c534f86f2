package mos.space;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import mos.base.ConfigurationException;
import mos.base.Json;

/**
 * One SubTransformer as HAT's configuration dictionary: JSON with {@code encoder} and {@code
 * decoder} objects. Published ones may list more per-layer values than the depth; the rest is inert
 * and ignored.
 *
 * <p>Source: the files published with Wang et al., HAT (ACL 2020).
 */
public final class ConfigurationDictionary {
  private static final String ENCODER = "encoder";
  private static final String DECODER = "decoder";

  private ConfigurationDictionary() {}

  /** An architecture in this form. */
  public static ObjectNode toJson(SubTransformer architecture) {
    ObjectNode json = Json.object();
    json.putObject(ENCODER);
    json.putObject(DECODER);
    for (Dimension dimension : Dimension.values()) {
      ObjectNode side = (ObjectNode) json.get(side(dimension));
      if (!architecture.uses(dimension)) {
        continue;
      }
      if (dimension.expertSizes()) {
        side.set(
            dimension.jsonKey(), Json.tree(SubTransformerFile.experts(architecture, dimension)));
        continue;
      }
      List<Integer> values = architecture.values(dimension);
      if (dimension.perLayer()) {
        ArrayNode array = side.putArray(dimension.jsonKey());
        for (int value : values) {
          if (dimension.named()) {
            array.add(dimension.text(value));
          } else {
            array.add(value);
          }
        }
      } else {
        side.put(dimension.jsonKey(), values.get(0));
      }
    }
    return json;
  }

  /**
   * Reads this form; other keys in it are ignored.
   *
   * @param where names the source in messages
   * @throws ConfigurationException for missing or illegal values
   */
  public static SubTransformer fromJson(JsonNode json, String where) {
    return SubTransformer.of(
        (dimension, count, known) -> {
          if (!dimension.expertSizes()) {
            return listed(json, dimension, count, where);
          }
          JsonNode node = json.path(side(dimension)).path(dimension.jsonKey());
          return node.isMissingNode()
              ? SubTransformerFile.alike(dimension, known)
              : sizes(node, dimension, known, where);
        });
  }

  private static List<Integer> sizes(
      JsonNode node, Dimension dimension, Map<Dimension, List<Integer>> known, String where) {
    List<Integer> numbers = known.get(dimension.experts());
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < numbers.size(); i++) {
      JsonNode layer = node.path(i);
      Integer first = known.get(dimension.ffn()).get(i);
      List<Integer> sizes = new ArrayList<>();
      layer.forEach(size -> sizes.add(size.isInt() ? size.intValue() : -1));
      if (sizes.size() != numbers.get(i)
          || !sizes.get(0).equals(first)
          || Collections.min(sizes) < 0) {
        String need = "a list of " + numbers.get(i) + " FFN sizes, the first " + first;
        throw error(dimension, layer, need, where);
      }
      all.addAll(sizes.subList(1, sizes.size()));
    }
    return all;
  }

  private static List<Integer> listed(JsonNode json, Dimension dimension, int count, String where) {
    JsonNode node = json.path(side(dimension)).path(dimension.jsonKey());
    if (dimension.optional() && node.isMissingNode()) {
      return Collections.nCopies(count, dimension.absent());
    }
    List<Integer> values = new ArrayList<>();
    if (dimension.perLayer() && node.isArray() && node.size() >= count) {
      IntStream.range(0, count).forEach(i -> values.add(whole(node.get(i), dimension, where)));
    } else if (!dimension.perLayer()) {
      values.add(whole(node, dimension, where));
    } else {
      throw error(dimension, node, SubTransformerFile.need(dimension, count), where);
    }
    return values;
  }

  private static int whole(JsonNode node, Dimension dimension, String where) {
    if (dimension.named()) {
      int place = dimension.kind().names().indexOf(node.asText()) + 1;
      if (place == 0) {
        throw error(dimension, node, dimension.kind().needInJson(), where);
      }
      return place;
    }
    boolean tooMany = dimension.ofTokenExperts() && node.intValue() > Dimension.MAX_TOKEN_EXPERTS;
    if (!node.canConvertToInt()
        || !node.isIntegralNumber()
        || !dimension.kind().legal(node.intValue())
        || tooMany) {
      throw error(dimension, node, dimension.kind().needInJson(), where);
    }
    return node.intValue();
  }

  private static ConfigurationException error(
      Dimension dimension, JsonNode node, String need, String where) {
    String got = node.isMissingNode() ? "nothing" : node.toString();
    got = got.length() > 100 ? got.substring(0, 100) + "…" : got;
    return new ConfigurationException(
        side(dimension)
            + "."
            + dimension.jsonKey()
            + ": got "
            + got
            + ", must be "
            + need
            + " ("
            + where
            + ")");
  }

  private static String side(Dimension dimension) {
    return dimension.ofEncoder() ? ENCODER : DECODER;
  }
}
