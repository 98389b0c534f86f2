package mos.space;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mos.base.ConfigurationException;

/**
 * Search spaces and SubTransformers as checkpoints and search states store them in JSON. Names and
 * their order are those of the first version that wrote them. HAT's own forms are in {@link
 * SubTransformerFile} and {@link ConfigurationDictionary}.
 */
final class StoredForm {
  private static final Map<String, Dimension> CHOICES = new LinkedHashMap<>();
  private static final Map<String, Dimension> VALUES = new LinkedHashMap<>();

  static {
    CHOICES.put("encoderEmbedChoices", Dimension.ENCODER_EMBED);
    CHOICES.put("decoderEmbedChoices", Dimension.DECODER_EMBED);
    CHOICES.put("encoderFfnChoices", Dimension.ENCODER_FFN);
    CHOICES.put("decoderFfnChoices", Dimension.DECODER_FFN);
    CHOICES.put("encoderLayerChoices", Dimension.ENCODER_LAYERS);
    CHOICES.put("decoderLayerChoices", Dimension.DECODER_LAYERS);
    CHOICES.put("encoderHeadChoices", Dimension.ENCODER_HEADS);
    CHOICES.put("decoderHeadChoices", Dimension.DECODER_HEADS);
    CHOICES.put("encoderDecoderHeadChoices", Dimension.ENCODER_DECODER_HEADS);
    CHOICES.put("arbitraryAttentionChoices", Dimension.ARBITRARY_ATTENTION);
    CHOICES.put("encoderExpertChoices", Dimension.ENCODER_EXPERTS);
    CHOICES.put("encoderExpertFfnChoices", Dimension.ENCODER_EXPERT_FFN);
    CHOICES.put("decoderExpertChoices", Dimension.DECODER_EXPERTS);
    CHOICES.put("decoderExpertFfnChoices", Dimension.DECODER_EXPERT_FFN);
    CHOICES.put("encoderHeadDimChoices", Dimension.ENCODER_HEAD_DIM);
    CHOICES.put("decoderHeadDimChoices", Dimension.DECODER_HEAD_DIM);
    CHOICES.put("encoderActivationChoices", Dimension.ENCODER_ACTIVATION);
    CHOICES.put("decoderActivationChoices", Dimension.DECODER_ACTIVATION);

    VALUES.put("encoderEmbedDim", Dimension.ENCODER_EMBED);
    VALUES.put("decoderEmbedDim", Dimension.DECODER_EMBED);
    VALUES.put("encoderFfnEmbedDims", Dimension.ENCODER_FFN);
    VALUES.put("encoderSelfAttentionHeads", Dimension.ENCODER_HEADS);
    VALUES.put("decoderFfnEmbedDims", Dimension.DECODER_FFN);
    VALUES.put("decoderSelfAttentionHeads", Dimension.DECODER_HEADS);
    VALUES.put("encoderDecoderAttentionHeads", Dimension.ENCODER_DECODER_HEADS);
    VALUES.put("arbitraryAttention", Dimension.ARBITRARY_ATTENTION);
    // The sizes of each layer's token experts after the first, which tell their number, too.
    VALUES.put("encoderOtherExperts", Dimension.ENCODER_EXPERT_FFN);
    VALUES.put("decoderOtherExperts", Dimension.DECODER_EXPERT_FFN);
    VALUES.put("encoderHeadDims", Dimension.ENCODER_HEAD_DIM);
    VALUES.put("decoderHeadDims", Dimension.DECODER_HEAD_DIM);
    VALUES.put("encoderActivations", Dimension.ENCODER_ACTIVATION);
    VALUES.put("decoderActivations", Dimension.DECODER_ACTIVATION);
  }

  private StoredForm() {}

  static Map<String, Object> of(SearchSpace space) {
    Map<String, Object> stored = new LinkedHashMap<>();
    CHOICES.forEach((name, dimension) -> stored.put(name, space.choices(dimension)));
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
