package mos.space;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import mos.base.ConfigurationException;
import mos.config.Setting;
import mos.config.SettingGroup;

/**
 * An architecture as numbers, for the router and the latency predictor: 10 averages ("aggr") or 40
 * values layer by layer ("fine"; more in spaces of more than 6 layers, see {@link FineScale}).
 *
 * <p>Source: Wang et al., HAT (ACL 2020), section 3.2 (aggr); Jawahar et al., Mixture-of-Supernets
 * (Findings of ACL 2024) (fine).
 */
public final class ArchitectureFeatures {
  /** Number of averaged features. */
  public static final int AGGREGATE_SIZE = 10;

  /** Number of layer-by-layer features of the published spaces. */
  public static final int FINE_SIZE = FineScale.PUBLISHED.size();

  /** Column names of the averaged features in HAT's latency datasets, in order. */
  public static final List<String> AGGREGATE_NAMES =
      List.of(
          "encoder_embed_dim",
          "encoder_layer_num",
          "encoder_ffn_embed_dim_avg",
          "encoder_self_attention_heads_avg",
          "decoder_embed_dim",
          "decoder_layer_num",
          "decoder_ffn_embed_dim_avg",
          "decoder_self_attention_heads_avg",
          "decoder_ende_attention_heads_avg",
          "decoder_arbitrary_ende_attn_avg");

  /** What each averaged feature is divided by before a network sees it. */
  public static final Setting<List<Double>> FEATURE_NORM =
      Setting.ofDoubles("feature-norm")
          .in(SettingGroup.EXPERTS)
          .range(1e-6, 1e9)
          .doc("divisors of the 10 architecture features")
          .defaultsTo(List.of(640.0, 6.0, 2048.0, 6.0, 640.0, 6.0, 2048.0, 6.0, 6.0, 2.0));

  private ArchitectureFeatures() {}

  /**
   * The 10 averaged features, raw: per side width, depth and means over active layers, in the order
   * of {@link #AGGREGATE_NAMES}. A layer with token experts counts with the mean of their FFN
   * sizes.
   */
  public static double[] aggregate(SubTransformer a) {
    return new double[] {
      a.encoderEmbedDim(),
      a.encoderLayers(),
      meanOfMeans(a.encoderLayers(), a::encoderExperts),
      mean(a.values(Dimension.ENCODER_HEADS)),
      a.decoderEmbedDim(),
      a.decoderLayers(),
      meanOfMeans(a.decoderLayers(), a::decoderExperts),
      mean(a.values(Dimension.DECODER_HEADS)),
      mean(a.values(Dimension.ENCODER_DECODER_HEADS)),
      mean(attended(a))
    };
  }

  /**
   * The two further features of spaces with token experts: the mean number of experts of an encoder
   * and of a decoder layer.
   *
   * <p>Source: Jawahar et al., AutoMoE (Findings of ACL 2023), whose latency predictor has them
   * after HAT's ten.
   */
  public static double[] tokenExperts(SubTransformer a) {
    return new double[] {
      mean(a.values(Dimension.ENCODER_EXPERTS)), mean(a.values(Dimension.DECODER_EXPERTS))
    };
  }

  /**
   * The two further features of spaces with head sizes: the mean size of an encoder and of a
   * decoder layer's heads, 0 where the qkv width and their number decide.
   */
  public static double[] headDims(SubTransformer a) {
    return new double[] {
      mean(a.values(Dimension.ENCODER_HEAD_DIM)), mean(a.values(Dimension.DECODER_HEAD_DIM))
    };
  }

  /**
   * The four further features of spaces with activations: the shares of encoder layers with the
   * second and with the third of {@link SubTransformer#ACTIVATIONS}, then of decoder layers.
   */
  public static double[] activations(SubTransformer a) {
    List<Integer> encoder = a.values(Dimension.ENCODER_ACTIVATION);
    List<Integer> decoder = a.values(Dimension.DECODER_ACTIVATION);
    return new double[] {
      mean(having(encoder, 2)),
      mean(having(encoder, 3)),
      mean(having(decoder, 2)),
      mean(having(decoder, 3))
    };
  }

  /** Every averaged feature: HAT's ten, then those of optional dimensions that it uses. */
  public static double[] averages(SubTransformer a) {
    return java.util.stream.Stream.of(
            aggregate(a),
            a.tokenRouted() ? tokenExperts(a) : new double[0],
            a.sizedHeads() ? headDims(a) : new double[0],
            a.ownActivations() ? activations(a) : new double[0])
        .flatMapToDouble(java.util.Arrays::stream)
        .toArray();
  }

  /** 1 for layers with a value, 0 for others. */
  private static List<Integer> having(List<Integer> values, int value) {
    return values.stream().map(each -> each == value ? 1 : 0).toList();
  }

  /**
   * The averaged features divided by {@code norm}.
   *
   * @throws ConfigurationException when norm has not 10 values
   */
  public static double[] normalised(SubTransformer architecture, List<Double> norm) {
    if (norm.size() != AGGREGATE_SIZE) {
      throw new ConfigurationException(
          FEATURE_NORM.key() + ": got " + norm.size() + " values, need " + AGGREGATE_SIZE);
    }
    double[] features = aggregate(architecture);
    for (int i = 0; i < features.length; i++) {
      features[i] /= norm.get(i);
    }
    return features;
  }

  /** The 40 layer-by-layer features of a published space; see {@link #fine}. */
  public static double[] fine(SubTransformer a) {
    return fine(a, FineScale.PUBLISHED);
  }

  /**
   * The layer-by-layer features, normalised; 0 for inactive layers.
   *
   * @throws ConfigurationException for more layers than there is room for
   */
  public static double[] fine(SubTransformer a, FineScale scale) {
    if (a.encoderLayers() > scale.encoderLayers() || a.decoderLayers() > scale.decoderLayers()) {
      throw new ConfigurationException(
          "fine architecture features: got "
              + a.encoderLayers()
              + " encoder and "
              + a.decoderLayers()
              + " decoder layers, must be at most "
              + scale.encoderLayers()
              + " and "
              + scale.decoderLayers());
    }
    double[] features = new double[scale.size()];
    int encoder = scale.encoderLayers();
    int decoder = scale.decoderLayers();
    int next = 0;
    features[next++] = a.encoderEmbedDim() / (double) scale.embed();
    features[next++] = a.encoderLayers() / (double) encoder;
    next = put(features, next, encoder, a.values(Dimension.ENCODER_FFN), scale.ffn());
    next = put(features, next, encoder, a.values(Dimension.ENCODER_HEADS), scale.heads());
    features[next++] = a.decoderEmbedDim() / (double) scale.embed();
    features[next++] = a.decoderLayers() / (double) decoder;
    next = put(features, next, decoder, a.values(Dimension.DECODER_FFN), scale.ffn());
    next = put(features, next, decoder, a.values(Dimension.DECODER_HEADS), scale.heads());
    next = put(features, next, decoder, a.values(Dimension.ENCODER_DECODER_HEADS), scale.heads());
    next = put(features, next, decoder, attended(a), FineScale.ATTENTION);
    if (scale.headDim() > 0) {
      next = put(features, next, encoder, a.values(Dimension.ENCODER_HEAD_DIM), scale.headDim());
      next = put(features, next, decoder, a.values(Dimension.DECODER_HEAD_DIM), scale.headDim());
    }
    if (scale.activations()) {
      next = put(features, next, encoder, having(a.values(Dimension.ENCODER_ACTIVATION), 2), 1);
      next = put(features, next, encoder, having(a.values(Dimension.ENCODER_ACTIVATION), 3), 1);
      next = put(features, next, decoder, having(a.values(Dimension.DECODER_ACTIVATION), 2), 1);
      put(features, next, decoder, having(a.values(Dimension.DECODER_ACTIVATION), 3), 1);
    }
    return features;
  }

  private static int put(
      double[] features, int start, int room, List<Integer> values, double divisor) {
    for (int i = 0; i < values.size(); i++) {
      features[start + i] = values.get(i) / divisor;
    }
    return start + room;
  }

  /** The arbitrary-attention settings −1, 1, 2 as the encoder outputs they ask for: 1, 2, 3. */
  private static List<Integer> attended(SubTransformer a) {
    return a.values(Dimension.ARBITRARY_ATTENTION).stream()
        .map(setting -> setting == -1 ? 1 : setting + 1)
        .toList();
  }

  private static double meanOfMeans(int layers, IntFunction<List<Integer>> experts) {
    return IntStream.range(0, layers).mapToDouble(i -> mean(experts.apply(i))).average().orElse(0);
  }

  private static double mean(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).average().orElseThrow();
  }
}
