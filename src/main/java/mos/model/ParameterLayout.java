package mos.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Names and shapes of a model's parameters, in storage order. Names are those of published
 * checkpoints. What all architectures share comes first, so that one operation casts it; then the
 * experts, those of one matrix following each other, and at last the routers, the same layer of all
 * equal routers following each other, so that each can be viewed as one stacked tensor.
 */
final class ParameterLayout {
  static final String SOURCE_EMBEDDING = "encoder.embed_tokens.weight";
  static final String TARGET_EMBEDDING = "decoder.embed_tokens.weight";
  static final String OUTPUT_EMBEDDING = "decoder.embed_out";

  /** Prefix of the matrix that scores a layer's token experts, after the layer's. */
  static final String SWITCH = "switch_layer.switch.";

  private final ModelConfig config;
  private final Map<String, long[]> shared = new LinkedHashMap<>();
  private final Map<String, long[]> experts = new LinkedHashMap<>();
  private final Map<Integer, List<String>> routers = new LinkedHashMap<>();

  private ParameterLayout(ModelConfig config) {
    this.config = config;
    embeddings();
    for (int i = 0; i < config.encoder().layers(); i++) {
      encoderLayer(i);
    }
    for (int i = 0; i < config.decoder().layers(); i++) {
      decoderLayer(i);
    }
  }

  static Map<String, long[]> of(ModelConfig config) {
    ParameterLayout layout = new ParameterLayout(config);
    Map<String, long[]> shapes = new LinkedHashMap<>(layout.shared);
    shapes.putAll(layout.experts);
    layout.routerLayout().addTo(shapes);
    return shapes;
  }

  /** How many parameters, the first ones, all architectures share. */
  static int sharedCount(ModelConfig config) {
    return new ParameterLayout(config).shared.size();
  }

  /** How many parameters, those after the shared ones, are experts. */
  static int expertCount(ModelConfig config) {
    return new ParameterLayout(config).experts.size();
  }

  static RouterLayout routers(ModelConfig config) {
    return new ParameterLayout(config).routerLayout();
  }

  private RouterLayout routerLayout() {
    return new RouterLayout(
        config,
        routers.entrySet().stream()
            .map(entry -> new RouterLayout.Group(entry.getValue(), entry.getKey()))
            .toList());
  }

  static String encoderLayerName(int layer) {
    return "encoder.layers." + layer + ".";
  }

  static String decoderLayerName(int layer) {
    return "decoder.layers." + layer + ".";
  }

  /**
   * The m names of one matrix's experts.
   *
   * @param matrix fc1, fc2, self_attn.in_proj, self_attn.out_proj or the same of encoder_attn
   * @param kind weight or bias
   */
  static List<String> expertNames(String layer, String matrix, String kind, int experts) {
    String others =
        switch (matrix) {
          case "fc1" -> "other_intermediate_experts.";
          case "fc2" -> "other_output_experts.";
          default -> matrix.replace(".", ".other_") + "_experts.";
        };
    List<String> names = new ArrayList<>();
    names.add(layer + matrix + (matrix.endsWith("in_proj") ? "_" : ".") + kind);
    for (int e = 0; e < experts - 1; e++) {
      names.add(layer + others + e + "." + kind);
    }
    return names;
  }

  /** A, (out, m·r), of low-rank experts. */
  static String lowRankLeft(String layer, String matrix) {
    return layer + matrix + "_low_rank_a";
  }

  /** B, (m·r, in), of low-rank experts. */
  static String lowRankRight(String layer, String matrix) {
    return layer + matrix + "_low_rank_b";
  }

  private void embeddings() {
    if (config.shareAllEmbeddings()) {
      put(SOURCE_EMBEDDING, config.sourceVocabulary(), config.widerEmbedDim());
    } else {
      put(SOURCE_EMBEDDING, config.sourceVocabulary(), config.encoder().embedDim());
      put(TARGET_EMBEDDING, config.targetVocabulary(), config.decoder().embedDim());
      put(OUTPUT_EMBEDDING, config.targetVocabulary(), config.decoder().embedDim());
    }
  }

  private void encoderLayer(int i) {
    String layer = encoderLayerName(i);
    StackSizes sizes = config.encoder();
    int width = sizes.embedDim();
    attention(layer, "self_attn", i, width, width, sizes.selfAttentionDim(i, config.qkvDim()));
    norm(layer + "self_attn_layer_norm", width);
    feedForward(layer, i, width, sizes.experts(i));
  }

  private void decoderLayer(int i) {
    String layer = decoderLayerName(i);
    StackSizes sizes = config.decoder();
    int width = sizes.embedDim();
    attention(layer, "self_attn", i, width, width, sizes.selfAttentionDim(i, config.qkvDim()));
    norm(layer + "self_attn_layer_norm", width);
    int crossQkv = sizes.encoderAttentionDim(i, config.qkvDim());
    attention(layer, "encoder_attn", i, width, config.widerEmbedDim(), crossQkv);
    norm(layer + "encoder_attn_layer_norm", width);
    feedForward(layer, i, width, sizes.experts(i));
  }

  private void attention(String layer, String name, int index, int width, int inputWidth, int qkv) {
    boolean mixed = config.experts().inAttention(index);
    matrix(layer, name + ".in_proj", mixed, 1, 3 * qkv, inputWidth);
    matrix(layer, name + ".out_proj", mixed, 1, width, qkv);
  }

  private void norm(String name, int width) {
    put(name + ".weight", width);
    put(name + ".bias", width);
  }

  /**
   * @param sizes FFN sizes of the token experts, one for a dense layer
   */
  private void feedForward(String layer, int index, int width, List<Integer> sizes) {
    boolean mixed = config.experts().inFeedForward(index);
    int ffn = Collections.max(sizes);
    if (sizes.size() > 1) {
      put(layer + SWITCH + "weight", sizes.size(), width);
      put(layer + SWITCH + "bias", sizes.size());
    }
    if (sizes.size() > 1 && !mixed) {
      for (int k = 0; k < sizes.size(); k++) {
        tokenExpert(layer, k, width, sizes.get(k));
      }
    } else {
      matrix(layer, "fc1", mixed, sizes.size(), ffn, width);
      matrix(layer, "fc2", mixed, sizes.size(), width, ffn);
    }
    norm(layer + "final_layer_norm", width);
  }

  /** One token expert with weights of its own; an identity expert has none. */
  private void tokenExpert(String layer, int k, int width, int ffn) {
    if (ffn > 0) {
      put(tokenExpertName(layer, k, "fc1") + ".weight", ffn, width);
      put(tokenExpertName(layer, k, "fc1") + ".bias", ffn);
      put(tokenExpertName(layer, k, "fc2") + ".weight", width, ffn);
      put(tokenExpertName(layer, k, "fc2") + ".bias", width);
    }
  }

  /** The name of a token expert's matrix, as in published checkpoints. */
  static String tokenExpertName(String layer, int k, String fc) {
    return layer + "switch_layer.experts." + k + (fc.equals("fc1") ? ".0" : ".1");
  }

  /**
   * Where a parameter of a layer with token experts stands in a layer without: the first expert's
   * matrices are the layer's, the others' and the switch are not there.
   *
   * @return null for what is not there
   */
  static String denseName(String name) {
    if (!name.contains("switch_layer.")) {
      return name;
    }
    return name.contains("switch_layer.experts.0.")
        ? name.replace("switch_layer.experts.0.0.", "fc1.")
            .replace("switch_layer.experts.0.1.", "fc2.")
        : null;
  }

  /**
   * @param slots mixtures of it, one for each token expert
   */
  private void matrix(String layer, String name, boolean mixed, int slots, int out, int in) {
    int rank = mixed ? config.experts().rank() : 0;
    int count = mixed && rank == 0 ? config.experts().count() : 1;
    Map<String, long[]> zone = count > 1 ? experts : shared;
    expertNames(layer, name, "weight", count).forEach(n -> zone.put(n, shape(out, in)));
    expertNames(layer, name, "bias", count).forEach(n -> zone.put(n, shape(out)));
    if (rank > 0) {
      put(lowRankLeft(layer, name), out, config.experts().count() * rank);
      put(lowRankRight(layer, name), config.experts().count() * rank, in);
    }
    if (mixed) {
      ExpertRouting routing = config.experts().variant();
      long rows = slots * routing.granularity().rows(out);
      router(
          RouterLayout.name(routing, layer, name),
          Math.toIntExact(config.experts().count() * rows));
    }
  }

  /** Matrices may have one router together. */
  private void router(String name, int outputs) {
    List<String> equal = routers.computeIfAbsent(outputs, key -> new ArrayList<>());
    if (!equal.contains(name)) {
      equal.add(name);
    }
  }

  private static long[] shape(long... extents) {
    return extents;
  }

  private void put(String name, long... shape) {
    shared.put(name, shape);
  }
}
