package mos.space;

import static mos.space.SubTransformer.ACTIVATIONS;

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
  ENCODER_EMBED(
      Kind.EMBED, "encoder_embed_dim", "encoder-embed-choice", "encoder-embed-dim-subtransformer"),
  ENCODER_LAYERS(Kind.LAYERS, "encoder_layer_num"),
  ENCODER_FFN(Kind.FFN, "encoder_ffn_embed_dim"),
  ENCODER_HEADS(Kind.HEADS, "encoder_self_attention_heads"),
  DECODER_EMBED(
      Kind.EMBED, "decoder_embed_dim", "decoder-embed-choice", "decoder-embed-dim-subtransformer"),
  DECODER_LAYERS(Kind.LAYERS, "decoder_layer_num"),
  DECODER_FFN(Kind.FFN, "decoder_ffn_embed_dim"),
  DECODER_HEADS(Kind.HEADS, "decoder_self_attention_heads"),
  ENCODER_DECODER_HEADS(Kind.HEADS, "decoder_ende_attention_heads"),
  /** Per decoder layer: −1, 1, 2 attend to the last encoder layer, the last two, three. */
  ARBITRARY_ATTENTION(Kind.ATTENTION, "decoder_arbitrary_ende_attn"),
  /** Token experts of every layer. */
  ENCODER_EXPERTS(
      Kind.EXPERTS, "encoder_n_experts", "encoder-n-experts-choice", "encoder-n-experts"),
  /** FFN sizes of the token experts after each layer's first, layer by layer; 0: the identity. */
  ENCODER_EXPERT_FFN(
      Kind.EXPERT_FFN,
      "encoder_each_expert_ffn_dim",
      "encoder-expert-ffn-dim-choice",
      "encoder-each-expert-ffn-dim-listoflist"),
  DECODER_EXPERTS(
      Kind.EXPERTS, "decoder_n_experts", "decoder-n-experts-choice", "decoder-n-experts"),
  DECODER_EXPERT_FFN(
      Kind.EXPERT_FFN,
      "decoder_each_expert_ffn_dim",
      "decoder-expert-ffn-dim-choice",
      "decoder-each-expert-ffn-dim-listoflist"),
  /** Size of every layer's attention heads; 0: the qkv width divided by their number. */
  ENCODER_HEAD_DIM(Kind.HEAD_DIM, "encoder_head_dim"),
  /** That of both attentions of a decoder layer. */
  DECODER_HEAD_DIM(Kind.HEAD_DIM, "decoder_head_dim"),
  /** Places in {@link SubTransformer#ACTIVATIONS} from 1; 0: the model's. */
  ENCODER_ACTIVATION(Kind.ACTIVATION, "encoder_activation"),
  DECODER_ACTIVATION(Kind.ACTIVATION, "decoder_activation");

  /** Most token experts of a layer. */
  public static final int MAX_TOKEN_EXPERTS = 64;

  /** Largest width, FFN size or head count that files may ask for. */
  private static final int MAX_SIZE = 1 << 20;

  private static final int MAX_LAYERS = 1000;

  /**
   * What both sides have alike: the values that files may have, what they are, and a note on the
   * choices.
   */
  private enum Kind {
    EMBED(1, MAX_SIZE, "embedding width", ""),
    LAYERS(1, MAX_LAYERS, "number of layers", ""),
    FFN(1, MAX_SIZE, "FFN size", ""),
    HEADS(1, MAX_SIZE, "attention heads", ""),
    ATTENTION(
        -1,
        2,
        "encoder layers that a layer attends to (-1: the last, 1: the last two, 2: three)",
        ""),
    EXPERTS(1, MAX_TOKEN_EXPERTS, "number of token-routed experts", "; not given: 1, none"),
    EXPERT_FFN(
        0,
        MAX_SIZE,
        "FFN size of token experts after the first; 0: an identity expert",
        "; not given: the FFN's"),
    HEAD_DIM(1, MAX_SIZE, "size of an attention head", "; not given: qkv-dim / heads"),
    ACTIVATION(1, ACTIVATIONS.size(), "activation of FFNs", "; not given: activation-fn");

    private final int least;
    private final int most;
    private final String what;
    private final String note;

    Kind(int least, int most, String what, String note) {
      this.least = least;
      this.most = most;
      this.what = what;
      this.note = note;
    }

    private Setting<List<Integer>> setting(String key) {
      return this == ACTIVATION
          ? Setting.ofNumbered(key, ACTIVATIONS)
          : Setting.ofInts(key).range(least, most);
    }
  }

  private final Kind kind;
  private final String jsonKey;
  private final Setting<List<Integer>> choiceSetting;
  private final Setting<List<Integer>> valueSetting;

  Dimension(Kind kind, String jsonKey) {
    this(
        kind,
        jsonKey,
        jsonKey.replace('_', '-') + "-choice",
        jsonKey.replace('_', '-') + (kind == Kind.LAYERS ? "" : "-all") + "-subtransformer");
  }

  Dimension(Kind kind, String jsonKey, String choiceKey, String valueKey) {
    this.kind = kind;
    this.jsonKey = jsonKey;
    String what = kind.what;
    if (kind == Kind.HEADS) {
      what = (jsonKey.contains("ende") ? "encoder-decoder " : "self-") + what;
    }
    String side = jsonKey.startsWith("encoder") ? "Encoder" : "Decoder";
    this.choiceSetting =
        kind.setting(choiceKey)
            .in(SettingGroup.SPACE)
            .doc(side + ", choices of the " + what + kind.note);
    Setting<List<Integer>> value =
        kind == Kind.EXPERT_FFN
            ? Setting.ofJoinedInts(valueKey)
                .range(kind.least, kind.most)
                .doc(side + ", FFN sizes of each layer's token experts, joined by _")
            : kind.setting(valueKey)
                .doc(side + ", " + what + (perLayer() ? ", one per layer" : ""));
    this.valueSetting = value.in(SettingGroup.ARCHITECTURE);
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
    return kind != Kind.EMBED && kind != Kind.LAYERS;
  }

  /** Whether this dimension is the depth of a side. */
  boolean countsLayers() {
    return kind == Kind.LAYERS;
  }

  /** Whether this dimension is a number of attention heads. */
  public boolean countsHeads() {
    return kind == Kind.HEADS;
  }

  /**
   * Whether this is the FFN size of further token experts, of which a layer has several or none.
   */
  public boolean expertSizes() {
    return kind == Kind.EXPERT_FFN;
  }

  /** Whether this dimension is of token-routed experts. */
  public boolean ofTokenExperts() {
    return kind == Kind.EXPERTS || kind == Kind.EXPERT_FFN;
  }

  /** Whether every layer has one value of this or, in spaces without, 0. */
  public boolean ofLayerOptions() {
    return kind == Kind.HEAD_DIM || kind == Kind.ACTIVATION;
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
    return ofTokenExperts() || ofLayerOptions();
  }

  /** The value of each layer where an optional dimension is not given: one expert, else 0. */
  public int absent() {
    return ofLayerOptions() ? 0 : 1;
  }

  /** Whether files have names of activations and not numbers. */
  public boolean named() {
    return kind == Kind.ACTIVATION;
  }

  /** A value as files have it. */
  String text(int value) {
    return named() && value > 0 ? ACTIVATIONS.get(value - 1) : String.valueOf(value);
  }

  /** Whether a value means something; files have upper limits as well. */
  boolean legal(int value) {
    return value >= kind.least
        && (kind != Kind.ATTENTION || value != 0 && value <= kind.most)
        && (!named() || value <= kind.most);
  }

  /** What {@link #legal} values are, for messages. */
  String need() {
    return kind == Kind.ATTENTION
        ? "-1, 1 or 2"
        : named() ? "in 1.." + kind.most : "at least " + kind.least;
  }

  /** Whether this dimension belongs to the encoder. */
  public boolean ofEncoder() {
    return jsonKey.startsWith("encoder");
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
