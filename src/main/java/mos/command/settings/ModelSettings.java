package mos.command.settings;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;
import mos.model.ExpertConfig;
import mos.model.ExpertRouting;
import mos.model.ModelConfig;
import mos.model.StackSizes;
import mos.space.Activation;
import mos.space.ArchitectureFeatures;
import mos.space.Dimension;
import mos.space.FineScale;
import mos.space.SearchSpace;
import mos.space.SearchSpaceSettings;
import mos.space.SubTransformer;

/** The settings that, with a search space and dictionaries, make a {@link ModelConfig}. */
public final class ModelSettings {
  public static final Setting<Integer> QKV_DIM =
      Setting.ofInt("qkv-dim")
          .in(SettingGroup.MODEL)
          .defaultsTo(512)
          .atLeast(1)
          .doc("Width of queries, keys and values, whatever the number of heads");
  public static final Setting<Boolean> SHARE_ALL_EMBEDDINGS =
      Setting.ofBoolean("share-all-embeddings")
          .in(SettingGroup.MODEL)
          .defaultsTo(false)
          .doc("One matrix for encoder, decoder and output embeddings; needs one dictionary");
  public static final Setting<String> ACTIVATION_FN =
      Setting.ofChoice("activation-fn", "relu", "gelu", "swish")
          .in(SettingGroup.MODEL)
          .defaultsTo("relu")
          .doc(
              "Activation of FFNs where layers do not choose their own (encoder-activation-choice)");
  public static final Setting<Integer> MAX_EXPERTS =
      Setting.ofInt("max-experts")
          .in(SettingGroup.EXPERTS)
          .basic()
          .defaultsTo(6)
          .range(-1, ExpertConfig.MAX_COUNT)
          .doc("Experts m per MoS layer; 1 (or -1): plain weight sharing, HAT");
  public static final Setting<String> MOS_TYPE =
      Setting.ofChoice("mos-type", ExpertRouting.NAMES.toArray(String[]::new))
          .in(SettingGroup.EXPERTS)
          .defaultsTo("neuronrouting_jack_drop_2L")
          .doc("Router variant: archrouting_… mixes per layer, neuronrouting_… per neuron");
  public static final Setting<Integer> HYPERNET_HIDDEN_SIZE =
      Setting.ofInt("hypernet-hidden-size")
          .in(SettingGroup.EXPERTS)
          .defaultsTo(128)
          .atLeast(1)
          .doc("Hidden size of the routers");
  public static final Setting<Double> EXPERT_LAYER_FREQ =
      Setting.ofDouble("expert-layer-freq")
          .in(SettingGroup.EXPERTS)
          .defaultsTo(-1.0)
          .range(-1, 1)
          .doc("Layers with experts: -1 every one, 0.5 every second, from the second on");
  public static final Setting<String> MOS_MODULES =
      Setting.ofChoice("mos-modules", "ffn", "attention", "all")
          .in(SettingGroup.EXPERTS)
          .defaultsTo("ffn")
          .doc("Matrices with experts: those of the FFNs, the attention projections, or all");
  public static final Setting<Integer> EXPERT_RANK =
      Setting.ofInt("expert-rank")
          .in(SettingGroup.EXPERTS)
          .defaultsTo(0)
          .range(0, 1 << 16)
          .doc("Rank of experts that are added to one shared matrix; 0: whole matrices, MoS");
  public static final Setting<String> FEATURE_FORMAT =
      Setting.ofChoice("feature-format", "aggr", "fine")
          .in(SettingGroup.EXPERTS)
          .defaultsTo("aggr")
          .doc(
              "How the routers see an architecture: 10 aggregate or 40 per-layer features (more in deeper spaces)");

  public static final Setting<Integer> ENCODER_EMBED_DIM =
      size("encoder-embed-dim", "Encoder embedding width of the SuperTransformer");
  public static final Setting<Integer> ENCODER_FFN_EMBED_DIM =
      size("encoder-ffn-embed-dim", "Encoder FFN hidden size of the SuperTransformer");
  public static final Setting<Integer> ENCODER_LAYERS =
      size("encoder-layers", "Encoder layers of the SuperTransformer");
  public static final Setting<Integer> ENCODER_ATTENTION_HEADS =
      size("encoder-attention-heads", "Encoder heads of the SuperTransformer");
  public static final Setting<Integer> DECODER_EMBED_DIM =
      size("decoder-embed-dim", "Decoder embedding width of the SuperTransformer");
  public static final Setting<Integer> DECODER_FFN_EMBED_DIM =
      size("decoder-ffn-embed-dim", "Decoder FFN hidden size of the SuperTransformer");
  public static final Setting<Integer> DECODER_LAYERS =
      size("decoder-layers", "Decoder layers of the SuperTransformer");
  public static final Setting<Integer> DECODER_ATTENTION_HEADS =
      size("decoder-attention-heads", "Decoder heads of the SuperTransformer");

  public static final Setting<Integer> TOKEN_TOP_K =
      Setting.ofInt("token-top-k")
          .in(SettingGroup.EXPERTS)
          .defaultsTo(1)
          .range(1, Dimension.MAX_TOKEN_EXPERTS)
          .doc("Token-routed experts that each token goes to; 1: Switch routing");

  /** What each averaged feature is divided by before a network sees it. */
  public static final Setting<List<Double>> FEATURE_NORM =
      Setting.ofDoubles("feature-norm")
          .in(SettingGroup.EXPERTS)
          .range(1e-6, 1e9)
          .doc("divisors of the 10 architecture features")
          .defaultsTo(ArchitectureFeatures.PUBLISHED_NORM);

  /** A legal number of symbols. */
  private static final int ANY_SIZE = 1000;

  private ModelSettings() {}

  private static Setting<Integer> size(String key, String doc) {
    return Setting.ofInt(key)
        .in(SettingGroup.MODEL)
        .atLeast(1)
        .doc(doc + "; not given: the largest choice");
  }

  /** Every setting above. */
  public static List<Setting<?>> settings() {
    return List.of(
        QKV_DIM,
        SHARE_ALL_EMBEDDINGS,
        ACTIVATION_FN,
        MAX_EXPERTS,
        MOS_TYPE,
        HYPERNET_HIDDEN_SIZE,
        EXPERT_LAYER_FREQ,
        MOS_MODULES,
        EXPERT_RANK,
        FEATURE_FORMAT,
        ENCODER_EMBED_DIM,
        ENCODER_FFN_EMBED_DIM,
        ENCODER_LAYERS,
        ENCODER_ATTENTION_HEADS,
        DECODER_EMBED_DIM,
        DECODER_FFN_EMBED_DIM,
        DECODER_LAYERS,
        DECODER_ATTENTION_HEADS,
        TOKEN_TOP_K,
        FEATURE_NORM);
  }

  /** The experts that the settings ask for. */
  public static ExpertConfig experts(Settings settings) {
    return new ExpertConfig(
        Math.max(1, settings.get(MAX_EXPERTS)),
        settings.get(MOS_TYPE),
        settings.get(HYPERNET_HIDDEN_SIZE),
        settings.get(EXPERT_LAYER_FREQ),
        settings.get(FEATURE_FORMAT),
        settings.get(FEATURE_NORM),
        ExpertConfig.Modules.valueOf(settings.get(MOS_MODULES).toUpperCase(Locale.ROOT)),
        settings.get(EXPERT_RANK),
        FineScale.PUBLISHED);
  }

  /**
   * The SuperTransformer of a space: of the sizes given, else of the largest choices.
   *
   * @throws mos.base.ConfigurationException for a choice that it cannot hold
   */
  public static ModelConfig superTransformer(
      Settings settings, SearchSpace space, int sourceVocabulary, int targetVocabulary) {
    SubTransformer largest = space.largest();
    int encoderWidth = settings.find(ENCODER_EMBED_DIM).orElse(largest.encoderEmbedDim());
    int decoderWidth = settings.find(DECODER_EMBED_DIM).orElse(largest.decoderEmbedDim());
    int encoderFfn =
        settings.find(ENCODER_FFN_EMBED_DIM).orElse(largest.value(Dimension.ENCODER_FFN, 0));
    int decoderFfn =
        settings.find(DECODER_FFN_EMBED_DIM).orElse(largest.value(Dimension.DECODER_FFN, 0));
    int encoderLayers = settings.find(ENCODER_LAYERS).orElse(largest.encoderLayers());
    int decoderLayers = settings.find(DECODER_LAYERS).orElse(largest.decoderLayers());
    int qkv = settings.get(QKV_DIM);
    SearchSpaceSettings.checkFits(
        space,
        settings,
        Map.of(
            Dimension.ENCODER_EMBED, encoderWidth,
            Dimension.DECODER_EMBED, decoderWidth,
            Dimension.ENCODER_FFN, encoderFfn,
            Dimension.DECODER_FFN, decoderFfn,
            Dimension.ENCODER_LAYERS, encoderLayers,
            Dimension.DECODER_LAYERS, decoderLayers,
            Dimension.ENCODER_HEADS, qkv,
            Dimension.DECODER_HEADS, qkv,
            Dimension.ENCODER_DECODER_HEADS, qkv));
    checkHeads(settings, space, ENCODER_ATTENTION_HEADS, Dimension.ENCODER_HEADS);
    checkHeads(settings, space, DECODER_ATTENTION_HEADS, Dimension.DECODER_HEADS);
    checkHeads(settings, space, DECODER_ATTENTION_HEADS, Dimension.ENCODER_DECODER_HEADS);
    return new ModelConfig(
        sourceVocabulary,
        targetVocabulary,
        settings.get(SHARE_ALL_EMBEDDINGS),
        StackSizes.of(
            encoderWidth,
            Collections.nCopies(encoderLayers, encoderFfn),
            layered(largest.otherExperts(true), encoderLayers)),
        StackSizes.of(
            decoderWidth,
            Collections.nCopies(decoderLayers, decoderFfn),
            layered(largest.otherExperts(false), decoderLayers)),
        qkv,
        experts(settings).in(space),
        Activation.of(settings.get(ACTIVATION_FN)),
        settings.get(TOKEN_TOP_K));
  }

  /** Weights do not depend on the number of heads; what is given is the largest choice. */
  private static void checkHeads(
      Settings settings, SearchSpace space, Setting<Integer> most, Dimension dimension) {
    Optional<Integer> given = settings.find(most);
    for (int choice : space.choices(dimension)) {
      if (given.isPresent() && choice > given.get()) {
        String need = "at most " + most.key() + ", " + given.get();
        throw settings.error(dimension.choiceSetting(), choice, need);
      }
    }
  }

  /** The sizes of further token experts, the same in every layer. */
  private static List<List<Integer>> layered(List<List<Integer>> others, int layers) {
    return others.isEmpty() ? List.of() : Collections.nCopies(layers, others.get(0));
  }

  /** The SuperTransformer of a space, for dictionaries whose sizes are given later. */
  public static ModelConfig anyVocabulary(Settings settings, SearchSpace space) {
    return superTransformer(settings, space, ANY_SIZE, ANY_SIZE);
  }
}
