package mos.model;

import java.util.List;
import mos.config.Setting;
import mos.config.Settings;
import mos.space.ArchitectureFeatures;
import mos.space.SearchSpace;

/** The settings that, with a search space and dictionaries, make a {@link ModelConfig}. */
public final class ModelSettings {
  public static final Setting<Integer> QKV_DIM =
      Setting.ofInt("qkv-dim")
          .defaultsTo(512)
          .atLeast(1)
          .doc("Width of queries, keys and values, whatever the number of heads");
  public static final Setting<Boolean> SHARE_ALL_EMBEDDINGS =
      Setting.ofBoolean("share-all-embeddings")
          .defaultsTo(false)
          .doc("One matrix for encoder, decoder and output embeddings; needs one dictionary");
  public static final Setting<Integer> MAX_EXPERTS =
      Setting.ofInt("max-experts")
          .defaultsTo(6)
          .range(-1, 1024)
          .doc("Experts m per MoS layer; 1 (or -1): plain weight sharing, HAT");
  public static final Setting<String> MOS_TYPE =
      Setting.ofChoice("mos-type", ExpertRouting.NAMES.toArray(String[]::new))
          .defaultsTo("neuronrouting_jack_drop_2L")
          .doc("Router variant: archrouting_… mixes per layer, neuronrouting_… per neuron");
  public static final Setting<String> EXPERT_ROUTING_TYPE =
      Setting.ofChoice("expert-routing-type", ExpertRouting.NAMES.toArray(String[]::new))
          .doc("Another name of mos-type, used in configuration files");
  public static final Setting<Integer> HYPERNET_HIDDEN_SIZE =
      Setting.ofInt("hypernet-hidden-size")
          .defaultsTo(128)
          .atLeast(1)
          .doc("Hidden size of the routers");
  public static final Setting<Double> EXPERT_LAYER_FREQ =
      Setting.ofDouble("expert-layer-freq")
          .defaultsTo(-1.0)
          .range(-1, 1)
          .doc("Layers with experts: -1 every one, 0.5 every second, from the second on");
  public static final Setting<String> FEATURE_FORMAT =
      Setting.ofChoice("feature-format", "aggr", "fine")
          .defaultsTo("aggr")
          .doc("How the routers see an architecture: 10 aggregate or 40 per-layer features");

  private ModelSettings() {}

  /** Every setting above. */
  public static List<Setting<?>> settings() {
    return List.of(
        QKV_DIM,
        SHARE_ALL_EMBEDDINGS,
        MAX_EXPERTS,
        MOS_TYPE,
        EXPERT_ROUTING_TYPE,
        HYPERNET_HIDDEN_SIZE,
        EXPERT_LAYER_FREQ,
        FEATURE_FORMAT);
  }

  /** The experts that the settings ask for. */
  public static ExpertConfig experts(Settings settings) {
    return new ExpertConfig(
        Math.max(1, settings.get(MAX_EXPERTS)),
        settings.has(MOS_TYPE)
            ? settings.get(MOS_TYPE)
            : settings.find(EXPERT_ROUTING_TYPE).orElseGet(() -> settings.get(MOS_TYPE)),
        settings.get(HYPERNET_HIDDEN_SIZE),
        settings.get(EXPERT_LAYER_FREQ),
        settings.get(FEATURE_FORMAT),
        settings.get(ArchitectureFeatures.FEATURE_NORM));
  }

  /** The SuperTransformer of a space. */
  public static ModelConfig superTransformer(
      Settings settings, SearchSpace space, int sourceVocabulary, int targetVocabulary) {
    return ModelConfig.of(
        space,
        settings.get(QKV_DIM),
        sourceVocabulary,
        targetVocabulary,
        settings.get(SHARE_ALL_EMBEDDINGS),
        experts(settings));
  }
}
