package mos.space;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import mos.config.Setting;

/**
 * The dimensions in which SubTransformers differ, in the order of the gene: HAT's ten, then those
 * of token-routed experts, of the sizes of attention heads and of activations, which only spaces
 * that list them use.
 *
 * <p>Source: Wang et al., HAT (ACL 2020), table 1; Jawahar et al., AutoMoE (Findings of ACL 2023),
 * section 3. Keys as in their configuration files; a search space's have {@code -choice} added.
 */
@SuppressWarnings("ImmutableEnumChecker") // settings and functions do not change either
public enum Dimension {
  ENCODER_EMBED(
      "encoder-embed-choice",
      "encoder-embed-dim-subtransformer",
      "encoder_embed_dim",
      false,
      SearchSpace::encoderEmbedChoices,
      a -> List.of(a.encoderEmbedDim())),
  ENCODER_LAYERS(
      "encoder-layer-num-choice",
      "encoder-layer-num-subtransformer",
      "encoder_layer_num",
      false,
      SearchSpace::encoderLayerChoices,
      a -> List.of(a.encoderLayers())),
  ENCODER_FFN(
      "encoder-ffn-embed-dim-choice",
      "encoder-ffn-embed-dim-all-subtransformer",
      "encoder_ffn_embed_dim",
      true,
      SearchSpace::encoderFfnChoices,
      SubTransformer::encoderFfnEmbedDims),
  ENCODER_HEADS(
      "encoder-self-attention-heads-choice",
      "encoder-self-attention-heads-all-subtransformer",
      "encoder_self_attention_heads",
      true,
      SearchSpace::encoderHeadChoices,
      SubTransformer::encoderSelfAttentionHeads),
  DECODER_EMBED(
      "decoder-embed-choice",
      "decoder-embed-dim-subtransformer",
      "decoder_embed_dim",
      false,
      SearchSpace::decoderEmbedChoices,
      a -> List.of(a.decoderEmbedDim())),
  DECODER_LAYERS(
      "decoder-layer-num-choice",
      "decoder-layer-num-subtransformer",
      "decoder_layer_num",
      false,
      SearchSpace::decoderLayerChoices,
      a -> List.of(a.decoderLayers())),
  DECODER_FFN(
      "decoder-ffn-embed-dim-choice",
      "decoder-ffn-embed-dim-all-subtransformer",
      "decoder_ffn_embed_dim",
      true,
      SearchSpace::decoderFfnChoices,
      SubTransformer::decoderFfnEmbedDims),
  DECODER_HEADS(
      "decoder-self-attention-heads-choice",
      "decoder-self-attention-heads-all-subtransformer",
      "decoder_self_attention_heads",
      true,
      SearchSpace::decoderHeadChoices,
      SubTransformer::decoderSelfAttentionHeads),
  ENCODER_DECODER_HEADS(
      "decoder-ende-attention-heads-choice",
      "decoder-ende-attention-heads-all-subtransformer",
      "decoder_ende_attention_heads",
      true,
      SearchSpace::encoderDecoderHeadChoices,
      SubTransformer::encoderDecoderAttentionHeads),
  ARBITRARY_ATTENTION(
      "decoder-arbitrary-ende-attn-choice",
      "decoder-arbitrary-ende-attn-all-subtransformer",
      "decoder_arbitrary_ende_attn",
      true,
      SearchSpace::arbitraryAttentionChoices,
      SubTransformer::arbitraryAttention),
  ENCODER_EXPERTS(
      "encoder-n-experts-choice",
      "encoder-n-experts",
      "encoder_n_experts",
      true,
      SearchSpace::encoderExpertChoices,
      a -> counts(a.encoderOtherExperts(), a.encoderLayers())),
  ENCODER_EXPERT_FFN(
      "encoder-expert-ffn-dim-choice",
      "encoder-each-expert-ffn-dim-listoflist",
      "encoder_each_expert_ffn_dim",
      true,
      SearchSpace::encoderExpertFfnChoices,
      a -> a.encoderOtherExperts().stream().flatMap(List::stream).toList()),
  DECODER_EXPERTS(
      "decoder-n-experts-choice",
      "decoder-n-experts",
      "decoder_n_experts",
      true,
      SearchSpace::decoderExpertChoices,
      a -> counts(a.decoderOtherExperts(), a.decoderLayers())),
  DECODER_EXPERT_FFN(
      "decoder-expert-ffn-dim-choice",
      "decoder-each-expert-ffn-dim-listoflist",
      "decoder_each_expert_ffn_dim",
      true,
      SearchSpace::decoderExpertFfnChoices,
      a -> a.decoderOtherExperts().stream().flatMap(List::stream).toList()),
  ENCODER_HEAD_DIM(
      "encoder-head-dim-choice",
      "encoder-head-dim-all-subtransformer",
      "encoder_head_dim",
      true,
      SearchSpace::encoderHeadDimChoices,
      a -> own(a.encoderHeadDims(), a.encoderLayers())),
  DECODER_HEAD_DIM(
      "decoder-head-dim-choice",
      "decoder-head-dim-all-subtransformer",
      "decoder_head_dim",
      true,
      SearchSpace::decoderHeadDimChoices,
      a -> own(a.decoderHeadDims(), a.decoderLayers())),
  ENCODER_ACTIVATION(
      "encoder-activation-choice",
      "encoder-activation-all-subtransformer",
      "encoder_activation",
      true,
      SearchSpace::encoderActivationChoices,
      a -> own(a.encoderActivations(), a.encoderLayers())),
  DECODER_ACTIVATION(
      "decoder-activation-choice",
      "decoder-activation-all-subtransformer",
      "decoder_activation",
      true,
      SearchSpace::decoderActivationChoices,
      a -> own(a.decoderActivations(), a.decoderLayers()));

  /** Most token experts of a layer. */
  public static final int MAX_TOKEN_EXPERTS = 64;

  /** Largest width, FFN size or head count that files may ask for. */
  private static final int MAX_SIZE = 1 << 20;

  private static final int MAX_LAYERS = 1000;

  private final Setting<List<Integer>> choiceSetting;
  private final Setting<List<Integer>> valueSetting;
  private final String jsonKey;
  private final boolean perLayer;
  private final Function<SearchSpace, List<Integer>> choices;
  private final Function<SubTransformer, List<Integer>> values;

  Dimension(
      String choiceKey,
      String valueKey,
      String jsonKey,
      boolean perLayer,
      Function<SearchSpace, List<Integer>> choices,
      Function<SubTransformer, List<Integer>> values) {
    this.jsonKey = jsonKey;
    this.perLayer = perLayer;
    this.choices = choices;
    this.values = values;
    String what = jsonKey.replace('_', ' ').replace("ende", "encoder-decoder");
    this.choiceSetting =
        bounded(ints(choiceKey))
            .doc(
                "search space: choices of the "
                    + (choiceKey.contains("n-experts")
                        ? what + ", token-routed; not given: 1, none"
                        : jsonKey.endsWith("each_expert_ffn_dim")
                            ? what + " after the first; 0: an identity expert; not given: the FFN's"
                            : jsonKey.endsWith("head_dim")
                                ? what + ", of attention heads; not given: qkv-dim / heads"
                                : jsonKey.endsWith("activation")
                                    ? what + ", of FFNs; not given: activation-fn"
                                    : what));
    this.valueSetting =
        valueKey.endsWith("listoflist")
            ? bounded(Setting.ofJoinedInts(valueKey))
                .doc("SubTransformer: FFN sizes of each layer's token experts, joined by _")
            : bounded(ints(valueKey))
                .doc("SubTransformer: " + what + (perLayer ? ", one per layer" : ""));
  }

  private static List<Integer> counts(List<List<Integer>> others, int layers) {
    return others.isEmpty()
        ? Collections.nCopies(layers, 1)
        : others.stream().map(list -> list.size() + 1).toList();
  }

  private static Setting<List<Integer>> ints(String key) {
    return key.contains("-activation-")
        ? Setting.ofNumbered(key, SubTransformer.ACTIVATIONS)
        : Setting.ofInts(key);
  }

  private static List<Integer> own(List<Integer> values, int layers) {
    return values.isEmpty() ? Collections.nCopies(layers, 0) : values;
  }

  private Setting<List<Integer>> bounded(Setting<List<Integer>> setting) {
    if (jsonKey.endsWith("n_experts")) {
      return setting.range(1, MAX_TOKEN_EXPERTS);
    }
    if (jsonKey.endsWith("each_expert_ffn_dim")) {
      return setting.range(0, MAX_SIZE);
    }
    if (jsonKey.endsWith("activation")) {
      return setting;
    }
    if (jsonKey.endsWith("attn")) {
      return setting.range(-1, 2);
    }
    return setting.range(1, jsonKey.endsWith("layer_num") ? MAX_LAYERS : MAX_SIZE);
  }

  /** The setting that lists the choices of this dimension. */
  public Setting<List<Integer>> choiceSetting() {
    return choiceSetting;
  }

  /** The setting that gives this dimension of one SubTransformer. */
  public Setting<List<Integer>> valueSetting() {
    return valueSetting;
  }

  /** Key in HAT's configuration dictionary, inside "encoder" or "decoder". */
  public String jsonKey() {
    return jsonKey;
  }

  /** Whether every layer has a value of its own. */
  public boolean perLayer() {
    return perLayer;
  }

  /** Whether this dimension is a number of attention heads. */
  public boolean countsHeads() {
    return this == ENCODER_HEADS || this == DECODER_HEADS || this == ENCODER_DECODER_HEADS;
  }

  /** Whether this dimension belongs to the encoder. */
  public boolean ofEncoder() {
    return compareTo(DECODER_EMBED) < 0
        || this == ENCODER_EXPERTS
        || this == ENCODER_EXPERT_FFN
        || this == ENCODER_HEAD_DIM
        || this == ENCODER_ACTIVATION;
  }

  /** The dimension that says how many layers this one's side has. */
  public Dimension layers() {
    return ofEncoder() ? ENCODER_LAYERS : DECODER_LAYERS;
  }

  /** The choices of {@code space} in this dimension. */
  public List<Integer> choices(SearchSpace space) {
    return choices.apply(space);
  }

  /** The values of {@code architecture}: one per active layer, or a single one. */
  public List<Integer> values(SubTransformer architecture) {
    return values.apply(architecture);
  }

  /** The places this dimension takes in a gene of {@code space}: its maximum depth, or 1. */
  int places(SearchSpace space) {
    int layers = perLayer ? Collections.max(layers().choices(space)) : 1;
    return switch (this) {
      case ENCODER_EXPERTS, DECODER_EXPERTS -> space.mostExperts(ofEncoder()) > 1 ? layers : 0;
      case ENCODER_EXPERT_FFN, DECODER_EXPERT_FFN -> layers * (space.mostExperts(ofEncoder()) - 1);
      case ENCODER_HEAD_DIM, DECODER_HEAD_DIM, ENCODER_ACTIVATION, DECODER_ACTIVATION ->
          choices(space).equals(List.of(absent())) ? 0 : layers;
      default -> layers;
    };
  }

  /** What {@link #assemble} asks for the values of one dimension. */
  @FunctionalInterface
  interface Source {
    /** Exactly {@code count} values. */
    List<Integer> values(Dimension dimension, int count);

    /**
     * The FFN sizes of further token experts.
     *
     * @param counts how many of each layer
     * @param ffn size of each layer's first expert
     */
    default List<List<Integer>> experts(
        Dimension dimension, List<Integer> counts, List<Integer> ffn) {
      List<List<Integer>> others = new ArrayList<>();
      for (int count : counts) {
        others.add(count == 0 ? List.of() : values(dimension, count));
      }
      return others;
    }
  }

  /**
   * Whether this is the FFN size of further token experts, of which a layer has several or none.
   */
  public boolean expertSizes() {
    return this == ENCODER_EXPERT_FFN || this == DECODER_EXPERT_FFN;
  }

  /** Whether this dimension is of token-routed experts. */
  public boolean ofTokenExperts() {
    return optional() && !ofLayerOptions();
  }

  /** Whether every layer has one value of this or, in spaces without, 0. */
  public boolean ofLayerOptions() {
    return compareTo(DECODER_EXPERT_FFN) > 0;
  }

  /** Whether files have names of activations and not numbers. */
  boolean named() {
    return this == ENCODER_ACTIVATION || this == DECODER_ACTIVATION;
  }

  /** A value as files have it. */
  String text(int value) {
    return named() && value > 0 ? SubTransformer.ACTIVATIONS.get(value - 1) : String.valueOf(value);
  }

  /** Whether its settings need not be given. */
  public boolean optional() {
    return compareTo(ARBITRARY_ATTENTION) > 0;
  }

  /** The value of each layer where an optional dimension is not given: one expert, else 0. */
  public int absent() {
    return ofLayerOptions() ? 0 : 1;
  }

  private static List<List<Integer>> experts(
      Source source, Dimension number, Dimension sizes, List<Integer> ffn) {
    List<Integer> counts =
        source.values(number, ffn.size()).stream().map(count -> count - 1).toList();
    return source.experts(sizes, counts, ffn);
  }

  /** Builds an architecture, asking for the dimensions in order, depths before layers. */
  static SubTransformer assemble(Source source) {
    int encoderEmbed = source.values(ENCODER_EMBED, 1).get(0);
    int encoderLayers = source.values(ENCODER_LAYERS, 1).get(0);
    List<Integer> encoderFfn = source.values(ENCODER_FFN, encoderLayers);
    List<Integer> encoderHeads = source.values(ENCODER_HEADS, encoderLayers);
    int decoderEmbed = source.values(DECODER_EMBED, 1).get(0);
    int decoderLayers = source.values(DECODER_LAYERS, 1).get(0);
    List<Integer> decoderFfn = source.values(DECODER_FFN, decoderLayers);
    List<Integer> decoderHeads = source.values(DECODER_HEADS, decoderLayers);
    List<Integer> crossHeads = source.values(ENCODER_DECODER_HEADS, decoderLayers);
    List<Integer> attention = source.values(ARBITRARY_ATTENTION, decoderLayers);
    return new SubTransformer(
        encoderEmbed,
        decoderEmbed,
        encoderFfn,
        encoderHeads,
        decoderFfn,
        decoderHeads,
        crossHeads,
        attention,
        experts(source, ENCODER_EXPERTS, ENCODER_EXPERT_FFN, encoderFfn),
        experts(source, DECODER_EXPERTS, DECODER_EXPERT_FFN, decoderFfn),
        source.values(ENCODER_HEAD_DIM, encoderLayers),
        source.values(DECODER_HEAD_DIM, decoderLayers),
        source.values(ENCODER_ACTIVATION, encoderLayers),
        source.values(DECODER_ACTIVATION, decoderLayers));
  }
}
