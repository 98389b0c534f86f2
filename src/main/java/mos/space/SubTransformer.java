package mos.space;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import mos.base.ConfigurationException;

/**
 * The architecture of one SubTransformer: an encoder-decoder Transformer cut out of the
 * SuperTransformer. Only active layers are listed, so two architectures are equal exactly when they
 * are the same network (genes beyond the sampled depth do not exist here).
 *
 * <p>Source: Wang et al., HAT (ACL 2020), section 3.1.
 *
 * @param values of every dimension: one, or one per active layer, the first layer's first; of FFN
 *     sizes of token experts those after each layer's first. Depths may be left out, the FFN sizes
 *     tell them, and so may be, or be empty, optional dimensions that the architecture does not
 *     use; here they are all present
 */
public record SubTransformer(Map<Dimension, List<Integer>> values) {
  /** Names of activations, whose values are their places here, from 1. */
  public static final List<String> ACTIVATIONS = Activation.NAMES;

  /** The longest sentence that its models read or write, in tokens with the end symbol. */
  public static final int MAX_POSITIONS = 1024;

  /** What {@link #of} asks for the values of one dimension. */
  @FunctionalInterface
  interface Source {
    /**
     * Exactly {@code count} values.
     *
     * @param known the values of the dimensions before
     */
    List<Integer> values(Dimension dimension, int count, Map<Dimension, List<Integer>> known);
  }

  /**
   * @throws ConfigurationException naming a dimension of wrong length or with an illegal value
   */
  public SubTransformer {
    Map<Dimension, List<Integer>> all = new EnumMap<>(Dimension.class);
    for (Dimension dimension : Dimension.values()) {
      List<Integer> given = values.getOrDefault(dimension, List.of());
      if (given.isEmpty() && dimension.countsLayers()) {
        given = List.of(values.getOrDefault(dimension.ffn(), List.of()).size());
      }
      all.put(dimension, checked(dimension, List.copyOf(given), count(dimension, all)));
    }
    values = Collections.unmodifiableMap(all);
  }

  /** Asks for the values of all dimensions in order, depths before layers. */
  static SubTransformer of(Source source) {
    Map<Dimension, List<Integer>> all = new EnumMap<>(Dimension.class);
    for (Dimension dimension : Dimension.values()) {
      all.put(dimension, source.values(dimension, count(dimension, all), all));
    }
    return new SubTransformer(all);
  }

  /** How many values a dimension has, given those before. */
  private static int count(Dimension dimension, Map<Dimension, List<Integer>> known) {
    if (!dimension.perLayer()) {
      return 1;
    }
    int layers = known.get(dimension.layers()).get(0);
    return dimension.expertSizes()
        ? known.get(dimension.experts()).stream().mapToInt(Integer::intValue).sum() - layers
        : layers;
  }

  private static List<Integer> checked(Dimension dimension, List<Integer> given, int count) {
    if (dimension.optional() && !dimension.expertSizes()) {
      List<Integer> absent = Collections.nCopies(count, dimension.absent());
      if (given.isEmpty() || given.equals(absent)) {
        return absent;
      }
    }
    for (int value : given) {
      if (!dimension.kind().legal(value)) {
        throw new ConfigurationException(
            dimension.jsonKey() + ": got " + value + ", must be " + dimension.kind().need());
      }
    }
    if (given.size() != count) {
      throw new ConfigurationException(
          dimension.jsonKey() + ": got " + given.size() + " values, need " + count);
    }
    return given;
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static SubTransformer stored(JsonNode json) {
    return StoredForm.architecture(json);
  }

  @JsonValue
  Map<String, Object> stored() {
    return StoredForm.of(this);
  }

  /** The values of a dimension, one per active layer or a single one. */
  public List<Integer> values(Dimension dimension) {
    return values.get(dimension);
  }

  /** The value of layer {@code layer}, from 0. */
  public int value(Dimension dimension, int layer) {
    return values.get(dimension).get(layer);
  }

  /** Whether this has anything of a dimension: token experts, head sizes, activations. */
  public boolean uses(Dimension dimension) {
    List<Integer> of = values.get(dimension);
    return !dimension.optional()
        || (dimension.expertSizes()
            ? !of.isEmpty()
            : of.stream().anyMatch(v -> v != dimension.absent()));
  }

  /**
   * The same with other values of one dimension.
   *
   * @param other empty: without this optional dimension
   */
  public SubTransformer with(Dimension dimension, List<Integer> other) {
    Map<Dimension, List<Integer>> changed = new EnumMap<>(values);
    changed.put(dimension, other);
    return new SubTransformer(changed);
  }

  /** The same with heads of other sizes; empty: as the qkv width leaves them. */
  public SubTransformer withHeadDims(List<Integer> encoder, List<Integer> decoder) {
    return with(Dimension.ENCODER_HEAD_DIM, encoder).with(Dimension.DECODER_HEAD_DIM, decoder);
  }

  /** The same with other activations; empty: the model's. */
  public SubTransformer withActivations(List<Integer> encoder, List<Integer> decoder) {
    return with(Dimension.ENCODER_ACTIVATION, encoder).with(Dimension.DECODER_ACTIVATION, decoder);
  }

  /** The same with one expert, the first, in every layer. */
  public SubTransformer dense() {
    Map<Dimension, List<Integer>> changed = new EnumMap<>(values);
    changed.keySet().removeIf(Dimension::ofTokenExperts);
    return new SubTransformer(changed);
  }

  /** Encoder embedding width. */
  public int encoderEmbedDim() {
    return value(Dimension.ENCODER_EMBED, 0);
  }

  /** Decoder embedding width. */
  public int decoderEmbedDim() {
    return value(Dimension.DECODER_EMBED, 0);
  }

  /** Encoder depth. */
  public int encoderLayers() {
    return value(Dimension.ENCODER_LAYERS, 0);
  }

  /** Decoder depth. */
  public int decoderLayers() {
    return value(Dimension.DECODER_LAYERS, 0);
  }

  /**
   * How many of the last encoder layers' outputs decoder layer {@code layer} attends to: 1, 2 or 3
   * for the settings −1, 1 and 2, and never more than the encoder has layers.
   */
  public int attendedEncoderLayers(int layer) {
    int setting = value(Dimension.ARBITRARY_ATTENTION, layer);
    return Math.min(setting == -1 ? 1 : setting + 1, encoderLayers());
  }

  /** The FFN sizes of the token experts of an encoder layer; one of a dense layer. */
  public List<Integer> encoderExperts(int layer) {
    return experts(Dimension.ENCODER_EXPERT_FFN, layer);
  }

  /** The FFN sizes of the token experts of a decoder layer; one of a dense layer. */
  public List<Integer> decoderExperts(int layer) {
    return experts(Dimension.DECODER_EXPERT_FFN, layer);
  }

  /** Those of a layer of either side. */
  List<Integer> experts(boolean encoder, int layer) {
    return encoder ? encoderExperts(layer) : decoderExperts(layer);
  }

  private List<Integer> experts(Dimension sizes, int layer) {
    int first = value(sizes.ffn(), layer);
    if (!uses(sizes)) {
      return List.of(first);
    }
    List<Integer> numbers = values(sizes.experts());
    int start = numbers.subList(0, layer).stream().mapToInt(number -> number - 1).sum();
    List<Integer> all = new ArrayList<>(List.of(first));
    all.addAll(values(sizes).subList(start, start + numbers.get(layer) - 1));
    return Collections.unmodifiableList(all);
  }

  /**
   * The FFN sizes of each layer's token experts after the first; empty where every layer is dense,
   * that is, has one expert.
   */
  public List<List<Integer>> otherExperts(boolean encoder) {
    Dimension sizes = encoder ? Dimension.ENCODER_EXPERT_FFN : Dimension.DECODER_EXPERT_FFN;
    List<List<Integer>> others = new ArrayList<>();
    for (int i = 0; uses(sizes) && i < value(sizes.layers(), 0); i++) {
      List<Integer> all = experts(sizes, i);
      others.add(all.subList(1, all.size()));
    }
    return others;
  }

  /** The same with the token experts that {@link #otherExperts} describes. */
  public SubTransformer withOtherExperts(boolean encoder, List<List<Integer>> others) {
    Dimension sizes = encoder ? Dimension.ENCODER_EXPERT_FFN : Dimension.DECODER_EXPERT_FFN;
    Map<Dimension, List<Integer>> changed = new EnumMap<>(values);
    changed.put(sizes.experts(), others.stream().map(layer -> layer.size() + 1).toList());
    changed.put(sizes, others.stream().flatMap(List::stream).toList());
    return new SubTransformer(changed);
  }

  /** Whether a layer has more than one token expert. */
  public boolean tokenRouted() {
    return uses(Dimension.ENCODER_EXPERTS) || uses(Dimension.DECODER_EXPERTS);
  }

  /** Whether heads have sizes of their own. */
  public boolean sizedHeads() {
    return uses(Dimension.ENCODER_HEAD_DIM) || uses(Dimension.DECODER_HEAD_DIM);
  }

  /**
   * Width of the queries, keys and values of one attention.
   *
   * @param heads the dimension of its number of heads
   * @param qkv that of heads without sizes of their own, the model's
   */
  public int qkvDim(Dimension heads, int layer, int qkv) {
    Dimension size = heads.ofEncoder() ? Dimension.ENCODER_HEAD_DIM : Dimension.DECODER_HEAD_DIM;
    long width = (long) value(size, layer) * value(heads, layer);
    return width == 0 ? qkv : (int) Math.min(Integer.MAX_VALUE, width);
  }

  /** That of the values in order, and so the same in every process. */
  @Override
  public int hashCode() {
    return List.copyOf(values.values()).hashCode();
  }
}
