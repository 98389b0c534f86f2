package mos.space;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import mos.base.ConfigurationException;

/**
 * The architecture of one SubTransformer: an encoder-decoder Transformer cut out of the
 * SuperTransformer. Only active layers are listed, so two architectures are equal exactly when they
 * are the same network (genes beyond the sampled depth do not exist here).
 *
 * <p>Source: Wang et al., HAT (ACL 2020), section 3.1.
 *
 * @param encoderEmbedDim encoder embedding width, at least 1
 * @param decoderEmbedDim decoder embedding width, at least 1
 * @param encoderFfnEmbedDims FFN hidden size of every encoder layer; its length is the encoder
 *     depth
 * @param encoderSelfAttentionHeads heads of every encoder layer
 * @param decoderFfnEmbedDims FFN hidden size of every decoder layer; its length is the decoder
 *     depth
 * @param decoderSelfAttentionHeads self-attention heads of every decoder layer
 * @param encoderDecoderAttentionHeads encoder-decoder attention heads of every decoder layer
 * @param arbitraryAttention per decoder layer: −1 attends to the last encoder layer's output, 1 to
 *     those of the last two, 2 to those of the last three
 * @param encoderOtherExperts per encoder layer the FFN sizes of its token experts after the first,
 *     whose size is in {@code encoderFfnEmbedDims}; 0 is an identity expert. Empty where every
 *     layer is dense, that is, has one expert
 * @param decoderOtherExperts the decoder's
 * @param encoderHeadDims size of every encoder layer's attention heads; empty, as in HAT: the qkv
 *     width divided by their number
 * @param decoderHeadDims that of both attentions of every decoder layer
 * @param encoderActivations of every encoder layer's FFN, places in {@link #ACTIVATIONS} from 1;
 *     empty: the model's
 * @param decoderActivations the decoder's
 */
public record SubTransformer(
    int encoderEmbedDim,
    int decoderEmbedDim,
    List<Integer> encoderFfnEmbedDims,
    List<Integer> encoderSelfAttentionHeads,
    List<Integer> decoderFfnEmbedDims,
    List<Integer> decoderSelfAttentionHeads,
    List<Integer> encoderDecoderAttentionHeads,
    List<Integer> arbitraryAttention,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<List<Integer>> encoderOtherExperts,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<List<Integer>> decoderOtherExperts,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Integer> encoderHeadDims,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Integer> decoderHeadDims,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Integer> encoderActivations,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Integer> decoderActivations) {
  /** Names of activations, whose values are their places here, from 1. */
  public static final List<String> ACTIVATIONS = List.of("relu", "gelu", "swish");

  /** One without token experts. */
  public SubTransformer(
      int encoderEmbedDim,
      int decoderEmbedDim,
      List<Integer> encoderFfnEmbedDims,
      List<Integer> encoderSelfAttentionHeads,
      List<Integer> decoderFfnEmbedDims,
      List<Integer> decoderSelfAttentionHeads,
      List<Integer> encoderDecoderAttentionHeads,
      List<Integer> arbitraryAttention) {
    this(
        encoderEmbedDim,
        decoderEmbedDim,
        encoderFfnEmbedDims,
        encoderSelfAttentionHeads,
        decoderFfnEmbedDims,
        decoderSelfAttentionHeads,
        encoderDecoderAttentionHeads,
        arbitraryAttention,
        List.of(),
        List.of());
  }

  /** One whose heads have the sizes that the qkv width leaves them. */
  public SubTransformer(
      int encoderEmbedDim,
      int decoderEmbedDim,
      List<Integer> encoderFfnEmbedDims,
      List<Integer> encoderSelfAttentionHeads,
      List<Integer> decoderFfnEmbedDims,
      List<Integer> decoderSelfAttentionHeads,
      List<Integer> encoderDecoderAttentionHeads,
      List<Integer> arbitraryAttention,
      List<List<Integer>> encoderOtherExperts,
      List<List<Integer>> decoderOtherExperts) {
    this(
        encoderEmbedDim,
        decoderEmbedDim,
        encoderFfnEmbedDims,
        encoderSelfAttentionHeads,
        decoderFfnEmbedDims,
        decoderSelfAttentionHeads,
        encoderDecoderAttentionHeads,
        arbitraryAttention,
        encoderOtherExperts,
        decoderOtherExperts,
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }

  /**
   * The same with heads of other sizes.
   *
   * @param encoder of every encoder layer; empty: as the qkv width leaves them
   * @param decoder of every decoder layer
   */
  public SubTransformer withHeadDims(List<Integer> encoder, List<Integer> decoder) {
    return new SubTransformer(
        encoderEmbedDim,
        decoderEmbedDim,
        encoderFfnEmbedDims,
        encoderSelfAttentionHeads,
        decoderFfnEmbedDims,
        decoderSelfAttentionHeads,
        encoderDecoderAttentionHeads,
        arbitraryAttention,
        encoderOtherExperts,
        decoderOtherExperts,
        encoder,
        decoder,
        encoderActivations,
        decoderActivations);
  }

  /**
   * The same with other activations.
   *
   * @param encoder of every encoder layer; empty: the model's
   * @param decoder of every decoder layer
   */
  public SubTransformer withActivations(List<Integer> encoder, List<Integer> decoder) {
    return new SubTransformer(
        encoderEmbedDim,
        decoderEmbedDim,
        encoderFfnEmbedDims,
        encoderSelfAttentionHeads,
        decoderFfnEmbedDims,
        decoderSelfAttentionHeads,
        encoderDecoderAttentionHeads,
        arbitraryAttention,
        encoderOtherExperts,
        decoderOtherExperts,
        encoderHeadDims,
        decoderHeadDims,
        encoder,
        decoder);
  }

  public SubTransformer {
    encoderFfnEmbedDims = List.copyOf(encoderFfnEmbedDims);
    encoderSelfAttentionHeads = List.copyOf(encoderSelfAttentionHeads);
    decoderFfnEmbedDims = List.copyOf(decoderFfnEmbedDims);
    decoderSelfAttentionHeads = List.copyOf(decoderSelfAttentionHeads);
    encoderDecoderAttentionHeads = List.copyOf(encoderDecoderAttentionHeads);
    arbitraryAttention = List.copyOf(arbitraryAttention);
    positive("encoder embedding width", List.of(encoderEmbedDim));
    positive("decoder embedding width", List.of(decoderEmbedDim));
    positive("encoder FFN size", encoderFfnEmbedDims);
    positive("decoder FFN size", decoderFfnEmbedDims);
    positive("encoder self-attention heads", encoderSelfAttentionHeads);
    positive("decoder self-attention heads", decoderSelfAttentionHeads);
    positive("encoder-decoder attention heads", encoderDecoderAttentionHeads);
    int encoderLayers = encoderFfnEmbedDims.size();
    int decoderLayers = decoderFfnEmbedDims.size();
    sameLength("encoder self-attention heads", encoderSelfAttentionHeads, encoderLayers);
    sameLength("decoder self-attention heads", decoderSelfAttentionHeads, decoderLayers);
    sameLength("encoder-decoder attention heads", encoderDecoderAttentionHeads, decoderLayers);
    sameLength("arbitrary attention", arbitraryAttention, decoderLayers);
    if (encoderLayers == 0 || decoderLayers == 0) {
      throw new ConfigurationException(
          "a SubTransformer needs at least one encoder and one decoder layer, got "
              + encoderLayers
              + " and "
              + decoderLayers);
    }
    encoderOtherExperts = experts("encoder", encoderOtherExperts, encoderLayers);
    decoderOtherExperts = experts("decoder", decoderOtherExperts, decoderLayers);
    encoderHeadDims = ofLayers("encoder head sizes", encoderHeadDims, encoderLayers);
    decoderHeadDims = ofLayers("decoder head sizes", decoderHeadDims, decoderLayers);
    encoderActivations = ofLayers("encoder activations", encoderActivations, encoderLayers);
    decoderActivations = ofLayers("decoder activations", decoderActivations, decoderLayers);
    known(encoderActivations);
    known(decoderActivations);
    for (int setting : arbitraryAttention) {
      if (setting != -1 && setting != 1 && setting != 2) {
        throw new ConfigurationException(
            "arbitrary encoder-decoder attention: got " + setting + ", must be -1, 1 or 2");
      }
    }
  }

  /** Encoder depth. */
  public int encoderLayers() {
    return encoderFfnEmbedDims.size();
  }

  /** Decoder depth. */
  public int decoderLayers() {
    return decoderFfnEmbedDims.size();
  }

  /**
   * How many of the last encoder layers' outputs decoder layer {@code layer} attends to: 1, 2 or 3
   * for the settings −1, 1 and 2, and never more than the encoder has layers.
   */
  public int attendedEncoderLayers(int layer) {
    int setting = arbitraryAttention.get(layer);
    return Math.min(setting == -1 ? 1 : setting + 1, encoderLayers());
  }

  /** The FFN sizes of the token experts of an encoder layer; one of a dense layer. */
  public List<Integer> encoderExperts(int layer) {
    return experts(encoderFfnEmbedDims, encoderOtherExperts, layer);
  }

  /** The FFN sizes of the token experts of a decoder layer; one of a dense layer. */
  public List<Integer> decoderExperts(int layer) {
    return experts(decoderFfnEmbedDims, decoderOtherExperts, layer);
  }

  /** Whether a layer has more than one token expert. */
  public boolean tokenRouted() {
    return !encoderOtherExperts.isEmpty() || !decoderOtherExperts.isEmpty();
  }

  /** The same network with one expert, the first, in every layer. */
  public SubTransformer dense() {
    return new SubTransformer(
            encoderEmbedDim,
            decoderEmbedDim,
            encoderFfnEmbedDims,
            encoderSelfAttentionHeads,
            decoderFfnEmbedDims,
            decoderSelfAttentionHeads,
            encoderDecoderAttentionHeads,
            arbitraryAttention)
        .withHeadDims(encoderHeadDims, decoderHeadDims)
        .withActivations(encoderActivations, decoderActivations);
  }

  /** Width of the queries, keys and values of an encoder layer, in a model of width {@code qkv}. */
  public int encoderQkvDim(int layer, int qkv) {
    return qkvDim(encoderHeadDims, encoderSelfAttentionHeads, layer, qkv);
  }

  /** The same of a decoder layer's self-attention. */
  public int decoderQkvDim(int layer, int qkv) {
    return qkvDim(decoderHeadDims, decoderSelfAttentionHeads, layer, qkv);
  }

  /** The same of a decoder layer's attention to the encoder. */
  public int encoderDecoderQkvDim(int layer, int qkv) {
    return qkvDim(decoderHeadDims, encoderDecoderAttentionHeads, layer, qkv);
  }

  private static int qkvDim(List<Integer> headDims, List<Integer> heads, int layer, int qkv) {
    return headDims.isEmpty()
        ? qkv
        : (int) Math.min(Integer.MAX_VALUE, (long) headDims.get(layer) * heads.get(layer));
  }

  /** Whether heads have sizes of their own. */
  public boolean sizedHeads() {
    return !encoderHeadDims.isEmpty() || !decoderHeadDims.isEmpty();
  }

  /** Whether FFNs have activations of their own. */
  public boolean ownActivations() {
    return !encoderActivations.isEmpty() || !decoderActivations.isEmpty();
  }

  private static void known(List<Integer> activations) {
    int most = ACTIVATIONS.size();
    if (activations.stream().anyMatch(activation -> activation > most)) {
      throw new ConfigurationException(
          "activations: got " + activations + ", must be in 1.." + most);
    }
  }

  /** Checked, and empty if no layer has a value of its own. */
  private static List<Integer> ofLayers(String what, List<Integer> values, int layers) {
    if (values == null || values.stream().allMatch(value -> value == 0)) {
      return List.of();
    }
    positive(what, values);
    sameLength(what, values, layers);
    return List.copyOf(values);
  }

  private static List<Integer> experts(List<Integer> first, List<List<Integer>> others, int layer) {
    List<Integer> all = new ArrayList<>(List.of(first.get(layer)));
    if (!others.isEmpty()) {
      all.addAll(others.get(layer));
    }
    return Collections.unmodifiableList(all);
  }

  /** Checked, and empty if all layers are dense, so that equal networks are equal. */
  private static List<List<Integer>> experts(String side, List<List<Integer>> others, int layers) {
    if (others == null || others.stream().allMatch(List::isEmpty)) {
      return List.of();
    }
    if (others.size() != layers) {
      throw new ConfigurationException(
          side + " token experts: got " + others.size() + " lists for " + layers + " layers");
    }
    for (List<Integer> layer : others) {
      for (int size : layer) {
        if (size < 0) {
          throw new ConfigurationException(
              side + " expert FFN size: got " + size + ", must be at least 0");
        }
      }
    }
    return others.stream().map(List::copyOf).toList();
  }

  private static void positive(String what, List<Integer> values) {
    for (int value : values) {
      if (value < 1) {
        throw new ConfigurationException(what + ": got " + value + ", must be at least 1");
      }
    }
  }

  private static void sameLength(String what, List<Integer> values, int layers) {
    if (values.size() != layers) {
      throw new ConfigurationException(
          what + ": got " + values.size() + " values for " + layers + " layers");
    }
  }
}
