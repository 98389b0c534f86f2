package mos.space;

import java.util.List;
import mos.config.Setting;
import mos.config.SettingGroup;

/**
 * The dimensions in which SubTransformers differ, in the order of the gene: HAT's ten, then those
 * of token-routed experts, of the sizes of attention heads and of activations, which only spaces
 * that list them use.
 *
 * <p>The keys are HAT's and AutoMoE's. Where they are regular, {@code decoder_ffn_embed_dim} of a
 * configuration dictionary is {@code decoder-ffn-embed-dim-choice} in a search space and {@code
 * decoder-ffn-embed-dim-all-subtransformer} in an architecture's YAML file, without {@code -all}
 * where it is not per layer.
 *
 * <p>Source: Wang et al., HAT (ACL 2020), table 1; Jawahar et al., AutoMoE (Findings of ACL 2023),
 * section 3.
 */
@SuppressWarnings("ImmutableEnumChecker") // settings do not change either
public enum Dimension {
  /** Encoder embedding width. */
  ENCODER_EMBED(
      DimensionKind.EMBED,
      DimensionNames.of("encoder_embed_dim")
          .settings("encoder-embed-choice", "encoder-embed-dim-subtransformer")
          .stored("encoderEmbedChoices", "encoderEmbedDim")),
  /** Encoder depth. */
  ENCODER_LAYERS(
      DimensionKind.LAYERS,
      DimensionNames.of("encoder_layer_num")
          .settings("encoder-layer-num-choice", "encoder-layer-num-subtransformer")
          .stored("encoderLayerChoices", "")),
  /** FFN size of every encoder layer. */
  ENCODER_FFN(
      DimensionKind.FFN,
      DimensionNames.of("encoder_ffn_embed_dim")
          .stored("encoderFfnChoices", "encoderFfnEmbedDims")),
  /** Heads of every encoder layer's self-attention. */
  ENCODER_HEADS(
      DimensionKind.HEADS,
      DimensionNames.of("encoder_self_attention_heads")
          .stored("encoderHeadChoices", "encoderSelfAttentionHeads")),
  /** Decoder embedding width. */
  DECODER_EMBED(
      DimensionKind.EMBED,
      DimensionNames.of("decoder_embed_dim")
          .settings("decoder-embed-choice", "decoder-embed-dim-subtransformer")
          .stored("decoderEmbedChoices", "decoderEmbedDim")),
  /** Decoder depth. */
  DECODER_LAYERS(
      DimensionKind.LAYERS,
      DimensionNames.of("decoder_layer_num")
          .settings("decoder-layer-num-choice", "decoder-layer-num-subtransformer")
          .stored("decoderLayerChoices", "")),
  /** FFN size of every decoder layer. */
  DECODER_FFN(
      DimensionKind.FFN,
      DimensionNames.of("decoder_ffn_embed_dim")
          .stored("decoderFfnChoices", "decoderFfnEmbedDims")),
  /** Heads of every decoder layer's self-attention. */
  DECODER_HEADS(
      DimensionKind.HEADS,
      DimensionNames.of("decoder_self_attention_heads")
          .stored("decoderHeadChoices", "decoderSelfAttentionHeads")),
  /** Heads of every decoder layer's attention to the encoder. */
  ENCODER_DECODER_HEADS(
      DimensionKind.HEADS,
      DimensionNames.of("decoder_ende_attention_heads")
          .stored("encoderDecoderHeadChoices", "encoderDecoderAttentionHeads")),
  /** Per decoder layer: −1, 1, 2 attend to the last encoder layer, the last two, three. */
  ARBITRARY_ATTENTION(
      DimensionKind.ATTENTION,
      DimensionNames.of("decoder_arbitrary_ende_attn")
          .stored("arbitraryAttentionChoices", "arbitraryAttention")),
  /** Number of token experts of every encoder layer. */
  ENCODER_EXPERTS(
      DimensionKind.EXPERTS,
      DimensionNames.of("encoder_n_experts")
          .settings("encoder-n-experts-choice", "encoder-n-experts")
          .stored("encoderExpertChoices", "")),
  /** FFN sizes of the token experts after each layer's first, layer by layer; 0: the identity. */
  ENCODER_EXPERT_FFN(
      DimensionKind.EXPERT_FFN,
      DimensionNames.of("encoder_each_expert_ffn_dim")
          .settings("encoder-expert-ffn-dim-choice", "encoder-each-expert-ffn-dim-listoflist")
          .stored("encoderExpertFfnChoices", "encoderOtherExperts")),
  /** Number of token experts of every decoder layer. */
  DECODER_EXPERTS(
      DimensionKind.EXPERTS,
      DimensionNames.of("decoder_n_experts")
          .settings("decoder-n-experts-choice", "decoder-n-experts")
          .stored("decoderExpertChoices", "")),
  /** As the encoder's. */
  DECODER_EXPERT_FFN(
      DimensionKind.EXPERT_FFN,
      DimensionNames.of("decoder_each_expert_ffn_dim")
          .settings("decoder-expert-ffn-dim-choice", "decoder-each-expert-ffn-dim-listoflist")
          .stored("decoderExpertFfnChoices", "decoderOtherExperts")),
  /** Size of every layer's attention heads; 0: the qkv width divided by their number. */
  ENCODER_HEAD_DIM(DimensionKind.HEAD_DIM, DimensionNames.of("encoder_head_dim")),
  /** That of both attentions of a decoder layer. */
  DECODER_HEAD_DIM(DimensionKind.HEAD_DIM, DimensionNames.of("decoder_head_dim")),
  /** Places in {@link SubTransformer#ACTIVATIONS} from 1; 0: the model's. */
  ENCODER_ACTIVATION(DimensionKind.ACTIVATION, DimensionNames.of("encoder_activation")),
  /** As the encoder's. */
  DECODER_ACTIVATION(DimensionKind.ACTIVATION, DimensionNames.of("decoder_activation"));

  /** Most token experts of a layer. */
  public static final int MAX_TOKEN_EXPERTS = 64;

  private final DimensionKind kind;
  private final DimensionNames names;
  private final Setting<List<Integer>> choiceSetting;
  private final Setting<List<Integer>> valueSetting;

  Dimension(DimensionKind kind, DimensionNames names) {
    this.kind = kind;
    this.names = names;
    String what = kind.what();
    if (kind == DimensionKind.HEADS) {
      what = (names.json().contains("ende") ? "encoder-decoder " : "self-") + what;
    }
    String side = ofEncoder() ? "Encoder" : "Decoder";
    this.choiceSetting =
        kind.setting(names.choice())
            .in(SettingGroup.SPACE)
            .doc(side + ", choices of the " + what + kind.note());
    Setting<List<Integer>> value =
        kind == DimensionKind.EXPERT_FFN
            ? kind.joinedSetting(names.value())
                .doc(side + ", FFN sizes of each layer's token experts, joined by _")
            : kind.setting(names.value())
                .doc(side + ", " + what + (perLayer() ? ", one per layer" : ""));
    this.valueSetting = value.in(SettingGroup.ARCHITECTURE);
  }

  /** What it is, alike for both sides. */
  public DimensionKind kind() {
    return kind;
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
    return names.json();
  }

  /** All its names. */
  DimensionNames names() {
    return names;
  }

  /** Whether every layer has a value of its own. */
  public boolean perLayer() {
    return kind.perLayer();
  }

  /** Whether this dimension is the depth of a side. */
  boolean countsLayers() {
    return kind == DimensionKind.LAYERS;
  }

  /** Whether this dimension is a number of attention heads. */
  public boolean countsHeads() {
    return kind == DimensionKind.HEADS;
  }

  /**
   * Whether this is the FFN size of further token experts, of which a layer has several or none.
   */
  public boolean expertSizes() {
    return kind == DimensionKind.EXPERT_FFN;
  }

  /** Whether this dimension is of token-routed experts. */
  public boolean ofTokenExperts() {
    return kind.ofTokenExperts();
  }

  /** The key of the choices of this dimension in a file. */
  public String choiceKey() {
    return choiceSetting.key();
  }

  /** The key of this dimension in an architecture's file. */
  public String valueKey() {
    return valueSetting.key();
  }

  /** Whether its settings need not be given. */
  public boolean optional() {
    return kind.optional();
  }

  /** The value of each layer where an optional dimension is not given: one expert, else 0. */
  public int absent() {
    return kind.option() ? 0 : 1;
  }

  /** Whether files have names and not numbers. */
  public boolean named() {
    return !kind.names().isEmpty();
  }

  /** A value as files have it. */
  String text(int value) {
    return named() && value > 0 ? kind.names().get(value - 1) : String.valueOf(value);
  }

  /** Whether this dimension belongs to the encoder. */
  public boolean ofEncoder() {
    return names.json().startsWith("encoder");
  }

  /** The dimension that says how many layers this one's side has. */
  public Dimension layers() {
    return ofEncoder() ? ENCODER_LAYERS : DECODER_LAYERS;
  }

  /** The FFN sizes, which are those of the first token experts, of this one's side. */
  Dimension ffn() {
    return ofEncoder() ? ENCODER_FFN : DECODER_FFN;
  }

  /** The numbers of token experts of this one's side. */
  Dimension experts() {
    return ofEncoder() ? ENCODER_EXPERTS : DECODER_EXPERTS;
  }
}
