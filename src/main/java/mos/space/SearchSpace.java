package mos.space;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import mos.base.ConfigurationException;

/**
 * The choices from which SubTransformers are made: one list per dimension, shared by all layers.
 *
 * <p>Source: Wang et al., HAT (ACL 2020), table 1; token experts: Jawahar et al., AutoMoE (Findings
 * of ACL 2023).
 *
 * @param choices of every dimension. Optional ones may be left out or be empty, here they are all
 *     present: without token experts their number is 1 and their sizes are an empty list, without
 *     sizes given these are the FFN's; without head sizes or activations the choice is 0
 */
public record SearchSpace(Map<Dimension, List<Integer>> choices) {
  /**
   * @throws ConfigurationException for a missing or illegal dimension
   */
  public SearchSpace {
    Map<Dimension, List<Integer>> all = new EnumMap<>(Dimension.class);
    for (Dimension dimension : Dimension.values()) {
      List<Integer> given = choices.getOrDefault(dimension, List.of());
      all.put(dimension, completed(dimension, given, all));
    }
    choices = Collections.unmodifiableMap(all);
  }

  /** The smallest space that holds one architecture. */
  public static SearchSpace of(SubTransformer architecture) {
    Map<Dimension, List<Integer>> choices = new EnumMap<>(Dimension.class);
    architecture
        .values()
        .forEach(
            (dimension, values) -> choices.put(dimension, values.stream().distinct().toList()));
    return new SearchSpace(choices);
  }

  /** The choices of one dimension. */
  public List<Integer> choices(Dimension dimension) {
    return choices.get(dimension);
  }

  /**
   * The same with other choices of one dimension.
   *
   * @param other empty: without this optional dimension
   */
  public SearchSpace with(Dimension dimension, List<Integer> other) {
    Map<Dimension, List<Integer>> changed = new EnumMap<>(choices);
    changed.put(dimension, other);
    return new SearchSpace(changed);
  }

  /**
   * The same with token experts.
   *
   * @param numbers of token experts of an encoder layer
   * @param sizes FFN sizes of those after the first, 0 for identity experts; empty: the FFN choices
   * @param decoderNumbers of token experts of a decoder layer
   */
  public SearchSpace withTokenExperts(
      List<Integer> numbers, List<Integer> sizes, List<Integer> decoderNumbers) {
    return with(Dimension.ENCODER_EXPERTS, numbers)
        .with(Dimension.ENCODER_EXPERT_FFN, sizes)
        .with(Dimension.DECODER_EXPERTS, decoderNumbers)
        .with(Dimension.DECODER_EXPERT_FFN, sizes);
  }

  /** The same with sizes of attention heads. */
  public SearchSpace withHeadDims(List<Integer> encoder, List<Integer> decoder) {
    return with(Dimension.ENCODER_HEAD_DIM, encoder).with(Dimension.DECODER_HEAD_DIM, decoder);
  }

  /** The same with activations, places in {@link SubTransformer#ACTIVATIONS} from 1. */
  public SearchSpace withActivations(List<Integer> encoder, List<Integer> decoder) {
    return with(Dimension.ENCODER_ACTIVATION, encoder).with(Dimension.DECODER_ACTIVATION, decoder);
  }

  private static List<Integer> completed(
      Dimension dimension, List<Integer> given, Map<Dimension, List<Integer>> known) {
    if (dimension.expertSizes()) {
      boolean none = Collections.max(known.get(dimension.experts())) == 1;
      return none
          ? List.of()
          : checked(dimension, given.isEmpty() ? known.get(dimension.ffn()) : given);
    }
    List<Integer> absent = List.of(dimension.absent());
    boolean none = dimension.optional() && (given.isEmpty() || given.equals(absent));
    return none ? absent : checked(dimension, given);
  }

  static List<Integer> checked(Dimension dimension, List<Integer> choices) {
    String key = dimension.choiceKey();
    if (choices.isEmpty()) {
      throw new ConfigurationException(key + ": got no choice, need at least one");
    }
    if (new HashSet<>(choices).size() < choices.size()) {
      throw new ConfigurationException(key + ": got " + choices + ", a choice given twice");
    }
    for (int choice : choices) {
      if (!dimension.kind().legal(choice)) {
        throw new ConfigurationException(
            key + ": got " + choice + ", must be " + dimension.kind().need());
      }
    }
    return List.copyOf(choices);
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static SearchSpace stored(JsonNode json) {
    return StoredForm.space(json);
  }

  @JsonValue
  Map<String, Object> stored() {
    return StoredForm.of(this);
  }

  /** Whether the space has a dimension: HAT's always, optional ones where it lists choices. */
  public boolean uses(Dimension dimension) {
    List<Integer> of = choices(dimension);
    return !dimension.optional() || !of.isEmpty() && !of.equals(List.of(dimension.absent()));
  }

  /** The places a dimension takes in a gene: its side's largest depth, or 1; 0 without it. */
  int places(Dimension dimension) {
    if (!uses(dimension)) {
      return 0;
    }
    int layers = dimension.perLayer() ? most(dimension.layers()) : 1;
    return dimension.expertSizes() ? layers * (most(dimension.experts()) - 1) : layers;
  }

  /** The largest number of token experts of a layer; 1: none. */
  public int mostExperts(boolean encoder) {
    return most(encoder ? Dimension.ENCODER_EXPERTS : Dimension.DECODER_EXPERTS);
  }

  /** The largest size of a side's attention heads; 0: what the qkv width leaves them. */
  public int mostHeadDim(boolean encoder) {
    return most(encoder ? Dimension.ENCODER_HEAD_DIM : Dimension.DECODER_HEAD_DIM);
  }

  /** Largest encoder depth. */
  public int maxEncoderLayers() {
    return most(Dimension.ENCODER_LAYERS);
  }

  /** Largest decoder depth. */
  public int maxDecoderLayers() {
    return most(Dimension.DECODER_LAYERS);
  }

  private int most(Dimension dimension) {
    return Collections.max(choices(dimension));
  }

  /** A random SubTransformer: every dimension, and every layer, drawn by itself and uniformly. */
  public SubTransformer sample(RandomGenerator random) {
    return SubTransformer.of(
        (dimension, count, known) -> {
          List<Integer> of = choices(dimension);
          return uses(dimension)
              ? Stream.generate(() -> of.get(random.nextInt(of.size()))).limit(count).toList()
              : Collections.nCopies(count, dimension.absent());
        });
  }

  /** Whether every value of {@code architecture} is among the choices. */
  public boolean contains(SubTransformer architecture) {
    return outside(architecture).isEmpty();
  }

  /**
   * Refuses an architecture outside the space.
   *
   * @throws ConfigurationException naming the dimension, the value and the choices
   */
  public void check(SubTransformer architecture) {
    outside(architecture)
        .ifPresent(
            message -> {
              throw new ConfigurationException(message);
            });
  }

  /** As {@link #check(SubTransformer)}; {@code where} names the architecture's source. */
  public void check(SubTransformer architecture, String where) {
    outside(architecture)
        .ifPresent(
            message -> {
              throw new ConfigurationException(message + " (" + where + ")");
            });
  }

  private Optional<String> outside(SubTransformer architecture) {
    for (Dimension dimension : Dimension.values()) {
      List<Integer> choices = choices(dimension);
      for (int value : architecture.values(dimension)) {
        if (!choices.contains(value)) {
          return Optional.of(
              dimension.valueKey()
                  + ": got "
                  + dimension.text(value)
                  + ", must be one of the search space's "
                  + choices.stream().map(dimension::text).toList());
        }
      }
    }
    return Optional.empty();
  }

  /**
   * The largest SubTransformer: the maximum of every dimension, arbitrary attention 1 if it can be.
   */
  public SubTransformer largest() {
    return uniform(true);
  }

  /**
   * The smallest SubTransformer: the minimum of every dimension, arbitrary attention 1 if it can
   * be.
   */
  public SubTransformer smallest() {
    return uniform(false);
  }

  /** The largest SubTransformer of each decoder depth, the shallowest first. */
  public List<SubTransformer> largestOfEachDepth() {
    return choices(Dimension.DECODER_LAYERS).stream()
        .sorted()
        .map(depth -> uniform(true, depth))
        .toList();
  }

  /** The smallest SubTransformer and the largest of each decoder depth, as far as in the space. */
  public List<SubTransformer> ends() {
    return Stream.concat(Stream.of(smallest()), largestOfEachDepth().stream())
        .distinct()
        .filter(this::contains)
        .toList();
  }

  private SubTransformer uniform(boolean largest) {
    List<Integer> depths = choices(Dimension.DECODER_LAYERS);
    return uniform(largest, largest ? Collections.max(depths) : Collections.min(depths));
  }

  private SubTransformer uniform(boolean largest, int decoderLayers) {
    return SubTransformer.of(
        (dimension, count, known) -> {
          List<Integer> of = choices(dimension);
          if (count == 0) {
            return List.of();
          }
          int value =
              dimension == Dimension.DECODER_LAYERS
                  ? decoderLayers
                  : dimension.kind().end(of, largest);
          return Collections.nCopies(count, value);
        });
  }
}
