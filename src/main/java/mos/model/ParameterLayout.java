package mos.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Names and shapes of a model's parameters, in storage order. Names are those of published
 * checkpoints; the experts of one matrix follow each other so that they can be viewed as one
 * stacked tensor.
 */
final class ParameterLayout {
  static final String SOURCE_EMBEDDING = "encoder.embed_tokens.weight";
  static final String TARGET_EMBEDDING = "decoder.embed_tokens.weight";
  static final String OUTPUT_EMBEDDING = "decoder.embed_out";

  private final ModelConfig config;
  private final Map<String, long[]> shapes = new LinkedHashMap<>();

  private ParameterLayout(ModelConfig config) {
    this.config = config;
  }

  static Map<String, long[]> of(ModelConfig config) {
    ParameterLayout layout = new ParameterLayout(config);
    layout.embeddings();
    for (int i = 0; i < config.encoderFfnEmbedDims().size(); i++) {
      layout.encoderLayer(i);
    }
    for (int i = 0; i < config.decoderFfnEmbedDims().size(); i++) {
      layout.decoderLayer(i);
    }
    return layout.shapes;
  }

  static String encoderLayerName(int layer) {
    return "encoder.layers." + layer + ".";
  }

  static String decoderLayerName(int layer) {
    return "decoder.layers." + layer + ".";
  }

  /** The m names of one FFN matrix's experts; {@code kind} is weight or bias. */
  static List<String> expertNames(String layer, String fc, String kind, int experts) {
    String others = fc.equals("fc1") ? "other_intermediate_experts." : "other_output_experts.";
    List<String> names = new ArrayList<>();
    names.add(layer + fc + "." + kind);
    for (int e = 0; e < experts - 1; e++) {
      names.add(layer + others + e + "." + kind);
    }
    return names;
  }

  /** The name of a router: one for the layer, or one each for fc1 and fc2. */
  static String routerName(ExpertRouting routing, String layer, String fc) {
    return layer
        + (routing.granularity() == ExpertRouting.Granularity.LAYER ? "arch" : fc)
        + "_expert.";
  }

  private void embeddings() {
    if (config.shareAllEmbeddings()) {
      put(SOURCE_EMBEDDING, config.sourceVocabulary(), config.widerEmbedDim());
    } else {
      put(SOURCE_EMBEDDING, config.sourceVocabulary(), config.encoderEmbedDim());
      put(TARGET_EMBEDDING, config.targetVocabulary(), config.decoderEmbedDim());
      put(OUTPUT_EMBEDDING, config.targetVocabulary(), config.decoderEmbedDim());
    }
  }

  private void encoderLayer(int i) {
    String layer = encoderLayerName(i);
    int width = config.encoderEmbedDim();
    attention(layer + "self_attn", width, width);
    norm(layer + "self_attn_layer_norm", width);
    feedForward(layer, i, width, config.encoderFfnEmbedDims().get(i));
  }

  private void decoderLayer(int i) {
    String layer = decoderLayerName(i);
    int width = config.decoderEmbedDim();
    attention(layer + "self_attn", width, width);
    norm(layer + "self_attn_layer_norm", width);
    attention(layer + "encoder_attn", width, config.widerEmbedDim());
    norm(layer + "encoder_attn_layer_norm", width);
    feedForward(layer, i, width, config.decoderFfnEmbedDims().get(i));
  }

  private void attention(String name, int width, int inputWidth) {
    int qkv = config.qkvDim();
    put(name + ".in_proj_weight", 3 * qkv, inputWidth);
    put(name + ".in_proj_bias", 3 * qkv);
    put(name + ".out_proj.weight", width, qkv);
    put(name + ".out_proj.bias", width);
  }

  private void norm(String name, int width) {
    put(name + ".weight", width);
    put(name + ".bias", width);
  }

  private void feedForward(String layer, int index, int width, int ffn) {
    int experts = config.experts().inLayer(index) ? config.experts().count() : 1;
    expertNames(layer, "fc1", "weight", experts).forEach(name -> put(name, ffn, width));
    expertNames(layer, "fc1", "bias", experts).forEach(name -> put(name, ffn));
    expertNames(layer, "fc2", "weight", experts).forEach(name -> put(name, width, ffn));
    expertNames(layer, "fc2", "bias", experts).forEach(name -> put(name, width));
    if (experts > 1) {
      ExpertRouting routing = config.experts().variant();
      if (routing.granularity() == ExpertRouting.Granularity.LAYER) {
        router(routing, routerName(routing, layer, ""), experts);
      } else {
        router(routing, routerName(routing, layer, "fc1"), experts * ffn);
        router(routing, routerName(routing, layer, "fc2"), experts * width);
      }
    }
    norm(layer + "final_layer_norm", width);
  }

  private void router(ExpertRouting routing, String name, int outputs) {
    int hidden = config.experts().hypernetHiddenSize();
    for (int l = 0; l < routing.linears(); l++) {
      int in = l == 0 ? config.experts().featureCount() : hidden;
      int out = l == routing.linears() - 1 ? outputs : hidden;
      put(name + routing.sequenceIndex(l) + ".weight", out, in);
      put(name + routing.sequenceIndex(l) + ".bias", out);
    }
  }

  private void put(String name, long... shape) {
    shapes.put(name, shape);
  }
}
