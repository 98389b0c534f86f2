package mos.space;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import mos.base.ConfigurationException;

/**
 * Search spaces and SubTransformers as checkpoints and search states store them in JSON. Names and
 * their order are those of the first version that wrote them. HAT's own forms are in {@link
 * SubTransformerFile} and {@link ConfigurationDictionary}.
 */
final class StoredForm {
  private static final Map<String, Dimension> CHOICES =
      named(
          DimensionNames::storedChoices,
          List.of(
              DimensionKind.EMBED,
              DimensionKind.FFN,
              DimensionKind.LAYERS,
              DimensionKind.HEADS,
              DimensionKind.ATTENTION));

  private static final Map<String, Dimension> VALUES =
      named(DimensionNames::storedValues, List.of(DimensionKind.EMBED));

  /** Dimensions that spaces without them have been stored with, too. */
  private static final Set<Dimension> ALWAYS =
      EnumSet.range(Dimension.ENCODER_EMBED, Dimension.DECODER_ACTIVATION);

  /** Dimensions by name: the first kinds first, then the others, in order. */
  private static Map<String, Dimension> named(
      Function<DimensionNames, String> name, List<DimensionKind> first) {
    Map<String, Dimension> all = new LinkedHashMap<>();
    first.stream()
        .flatMap(kind -> kind.dimensions().stream())
        .forEach(dimension -> all.put(name.apply(dimension.names()), dimension));
    for (Dimension dimension : Dimension.values()) {
      all.putIfAbsent(name.apply(dimension.names()), dimension);
    }
    // Those that others tell.
    all.remove("");
    return all;
  }

  private StoredForm() {}

  static Map<String, Object> of(SearchSpace space) {
    Map<String, Object> stored = new LinkedHashMap<>();
    CHOICES.forEach(
        (name, dimension) -> {
          if (ALWAYS.contains(dimension) || space.uses(dimension)) {
            stored.put(name, space.choices(dimension));
          }
        });
    return stored;
  }

  /** Optional dimensions appear only where used. */
  static Map<String, Object> of(SubTransformer a) {
    Map<String, Object> stored = new LinkedHashMap<>();
    VALUES.forEach(
        (name, dimension) -> {
          if (!dimension.perLayer()) {
            stored.put(name, a.value(dimension, 0));
          } else if (dimension.expertSizes() && a.uses(dimension)) {
            stored.put(name, a.otherExperts(dimension.ofEncoder()));
          } else if (a.uses(dimension)) {
            stored.put(name, a.values(dimension));
          }
        });
    return stored;
  }

  /**
   * @throws ConfigurationException for anything but what {@link #of(SearchSpace)} gave
   */
  static SearchSpace space(JsonNode stored) {
    return new SearchSpace(dimensions(stored, CHOICES));
  }

  /**
   * @throws ConfigurationException for anything but what {@link #of(SubTransformer)} gave
   */
  static SubTransformer architecture(JsonNode stored) {
    return new SubTransformer(dimensions(stored, VALUES));
  }

  private static Map<Dimension, List<Integer>> dimensions(
      JsonNode stored, Map<String, Dimension> names) {
    Map<Dimension, List<Integer>> all = new EnumMap<>(Dimension.class);
    for (Map.Entry<String, JsonNode> field : stored.properties()) {
      String name = field.getKey();
      JsonNode node = field.getValue();
      Dimension dimension = names.get(name);
      if (dimension == null) {
        throw new ConfigurationException(name + ": unknown, must be one of " + names.keySet());
      }
      if (node.isNull()) {
        continue;
      }
      if (names == VALUES && dimension.expertSizes() && !node.isEmpty()) {
        List<Integer> numbers = new ArrayList<>();
        node.forEach(layer -> numbers.add(layer.size() + 1));
        all.put(dimension.experts(), numbers);
      }
      List<Integer> values = new ArrayList<>();
      int nested =
          names == CHOICES ? 1 : dimension.expertSizes() ? 2 : dimension.perLayer() ? 1 : 0;
      flatten(name, node, nested, values);
      all.put(dimension, values);
    }
    return all;
  }

  /**
   * @param nested 0: a number, 1: a list of numbers, 2: a list of lists
   */
  private static void flatten(String name, JsonNode node, int nested, List<Integer> into) {
    if (nested == 0 ? !node.isInt() : !node.isArray()) {
      throw new ConfigurationException(
          name + ": got " + node + ", must be " + (nested == 0 ? "a whole number" : "a list"));
    }
    if (nested == 0) {
      into.add(node.intValue());
    }
    node.forEach(each -> flatten(name, each, nested - 1, into));
  }
}
