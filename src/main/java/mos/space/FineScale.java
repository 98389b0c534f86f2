package mos.space;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import mos.base.ConfigurationException;

/**
 * Room and divisors of the layer-by-layer features of a search space: the largest of its choices,
 * and no less than what the published spaces share, so that these get the published features.
 *
 * @param encoderLayers layers that there is room for
 * @param decoderLayers the decoder's
 * @param embed divisor of widths
 * @param ffn divisor of FFN sizes
 * @param heads divisor of head counts
 * @param options divisors of the layer options that the space has, 1 of those with names; none in
 *     older checkpoints
 */
public record FineScale(
    int encoderLayers,
    int decoderLayers,
    int embed,
    int ffn,
    int heads,
    Map<DimensionKind, Integer> options) {
  /** Source: Jawahar et al., Mixture-of-Supernets (2024): 6 layers, widths 640, 3072, 8 heads. */
  public static final FineScale PUBLISHED = new FineScale(6, 6, 640, 3072, 8, Map.of());

  /** Encoder outputs that arbitrary attention can ask for, beyond the first. */
  private static final int ATTENTION = 2;

  /** Keeps a copy of the options, in their order. */
  public FineScale {
    Map<DimensionKind, Integer> ordered = new EnumMap<>(DimensionKind.class);
    ordered.putAll(options);
    options = Collections.unmodifiableMap(ordered);
  }

  /** What {@code space} needs. */
  public static FineScale of(SearchSpace space) {
    SubTransformer largest = space.largest();
    Map<DimensionKind, Integer> options = new EnumMap<>(DimensionKind.class);
    optionKinds()
        .filter(kind -> kind.dimensions().stream().anyMatch(space::uses))
        .forEach(kind -> options.put(kind, kind.names().isEmpty() ? most(space, kind) : 1));
    return new FineScale(
        Math.max(PUBLISHED.encoderLayers, largest.encoderLayers()),
        Math.max(PUBLISHED.decoderLayers, largest.decoderLayers()),
        Math.max(PUBLISHED.embed, most(space, DimensionKind.EMBED)),
        Math.max(PUBLISHED.ffn, most(space, DimensionKind.FFN)),
        Math.max(PUBLISHED.heads, most(space, DimensionKind.HEADS)),
        options);
  }

  private static Stream<DimensionKind> optionKinds() {
    return Arrays.stream(DimensionKind.values()).filter(DimensionKind::option);
  }

  private static int most(SearchSpace space, DimensionKind kind) {
    return kind.dimensions().stream()
        .flatMap(dimension -> space.choices(dimension).stream())
        .max(Integer::compare)
        .orElseThrow();
  }

  /** The dimensions that the features tell, in order. */
  List<Dimension> dimensions() {
    return Arrays.stream(Dimension.values())
        .filter(one -> !one.optional() || options.containsKey(one.kind()))
        .toList();
  }

  /** How many places each feature of a dimension takes. */
  int room(Dimension dimension) {
    return !dimension.perLayer() ? 1 : dimension.ofEncoder() ? encoderLayers : decoderLayers;
  }

  /** What the values of a dimension are divided by. */
  int divisor(Dimension dimension) {
    return switch (dimension.kind()) {
      case EMBED -> embed;
      case LAYERS -> dimension.ofEncoder() ? encoderLayers : decoderLayers;
      case FFN -> ffn;
      case HEADS -> heads;
      case ATTENTION -> ATTENTION;
      default -> options.get(dimension.kind());
    };
  }

  /** How many features there are layer by layer. */
  public int size() {
    return dimensions().stream().mapToInt(one -> one.kind().features() * room(one)).sum();
  }

  /** How many averaged features there are. */
  public int averages() {
    return ArchitectureFeatures.AGGREGATE_SIZE
        + options.keySet().stream().mapToInt(kind -> FeatureBlock.of(kind).columns().size()).sum();
  }

  /** {@code headDim} with its divisor, {@code activations} with whether there are any. */
  private static String stored(DimensionKind option) {
    String name = DimensionNames.camel(option.name().toLowerCase(Locale.ROOT));
    return option.names().isEmpty() ? name : name + "s";
  }

  @JsonValue
  Map<String, Object> stored() {
    Map<String, Object> stored = new LinkedHashMap<>();
    stored.put("encoderLayers", encoderLayers);
    stored.put("decoderLayers", decoderLayers);
    stored.put("embed", embed);
    stored.put("ffn", ffn);
    stored.put("heads", heads);
    options.forEach(
        (kind, most) -> stored.put(stored(kind), kind.names().isEmpty() ? (Object) most : true));
    return stored;
  }

  /**
   * @throws ConfigurationException for anything but what {@link #stored()} gave
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static FineScale stored(JsonNode json) {
    Map<String, Integer> sizes = new LinkedHashMap<>();
    Map<DimensionKind, Integer> options = new EnumMap<>(DimensionKind.class);
    for (Map.Entry<String, JsonNode> field : json.properties()) {
      JsonNode value = field.getValue();
      optionKinds()
          .filter(kind -> stored(kind).equals(field.getKey()))
          .findFirst()
          .ifPresentOrElse(
              kind -> addOption(options, kind, value),
              () -> sizes.put(field.getKey(), value.isInt() ? value.intValue() : -1));
    }
    Set<String> names = PUBLISHED.stored().keySet();
    if (!sizes.keySet().equals(names) || Collections.min(sizes.values()) < 1) {
      throw new ConfigurationException(
          "fineScale: got " + json + ", must have whole numbers from 1 of " + names);
    }
    return new FineScale(
        sizes.get("encoderLayers"),
        sizes.get("decoderLayers"),
        sizes.get("embed"),
        sizes.get("ffn"),
        sizes.get("heads"),
        options);
  }

  private static void addOption(
      Map<DimensionKind, Integer> options, DimensionKind kind, JsonNode value) {
    boolean named = !kind.names().isEmpty();
    if (named ? !value.isBoolean() : !value.isInt() || value.intValue() < 0) {
      String need = named ? "true or false" : "a whole number from 0";
      throw new ConfigurationException(
          "fineScale: " + stored(kind) + ": got " + value + ", must be " + need);
    }
    int divisor = named ? (value.booleanValue() ? 1 : 0) : value.intValue();
    if (divisor > 0) {
      options.put(kind, divisor);
    }
  }
}
