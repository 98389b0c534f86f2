package mos.model;

import java.util.ArrayList;
import java.util.List;
import mos.model.TransformerWeights.DecoderLayer;
import mos.model.TransformerWeights.EncoderLayer;
import mos.nn.FeedForward;
import mos.nn.LayerNorm;
import mos.nn.Linear;
import mos.nn.MultiHeadAttention;
import mos.space.SubTransformer;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/** Cuts and mixes the weights of one architecture. */
final class WeightDerivation {
  private final ModelConfig config;
  private final Leaves leaves;
  private final boolean routerDropout;
  private final Tensor sourcePositions;
  private final Tensor targetPositions;
  private Tensor features;

  WeightDerivation(
      ModelConfig config,
      Leaves leaves,
      boolean routerDropout,
      Tensor sourcePositions,
      Tensor targetPositions) {
    this.config = config;
    this.leaves = leaves;
    this.routerDropout = routerDropout;
    this.sourcePositions = sourcePositions;
    this.targetPositions = targetPositions;
  }

  TransformerWeights derive(SubTransformer a) {
    config.check(a);
    int encoderWidth = a.encoderEmbedDim();
    int decoderWidth = a.decoderEmbedDim();
    if (config.experts().count() > 1) {
      float[] values = config.experts().features(a);
      features = Tensors.of(values, sourcePositions.device(), values.length);
    }
    Tensor source = embedding(ParameterLayout.SOURCE_EMBEDDING, encoderWidth);
    Tensor target;
    Tensor output;
    if (config.shareAllEmbeddings()) {
      target =
          encoderWidth == decoderWidth
              ? source
              : embedding(ParameterLayout.SOURCE_EMBEDDING, decoderWidth);
      output = target;
    } else {
      target = embedding(ParameterLayout.TARGET_EMBEDDING, decoderWidth);
      output = embedding(ParameterLayout.OUTPUT_EMBEDDING, decoderWidth);
    }
    return new TransformerWeights(
        a,
        config,
        source,
        target,
        output,
        positions(sourcePositions, encoderWidth),
        positions(targetPositions, decoderWidth),
        encoder(a),
        decoder(a));
  }

  private Tensor embedding(String name, int width) {
    boolean source = name.equals(ParameterLayout.SOURCE_EMBEDDING);
    return leaves.cut(name, source ? config.sourceVocabulary() : config.targetVocabulary(), width);
  }

  private Tensor positions(Tensor table, int width) {
    return table.narrow(1, 0, width).to(leaves.computeType()).contiguous();
  }

  private List<EncoderLayer> encoder(SubTransformer a) {
    List<EncoderLayer> layers = new ArrayList<>();
    int width = a.encoderEmbedDim();
    for (int i = 0; i < a.encoderLayers(); i++) {
      String layer = ParameterLayout.encoderLayerName(i);
      layers.add(
          new EncoderLayer(
              selfAttention(layer + "self_attn", width, a.encoderSelfAttentionHeads().get(i)),
              norm(layer + "self_attn_layer_norm", width),
              feedForward(layer, i, width, a.encoderFfnEmbedDims().get(i)),
              norm(layer + "final_layer_norm", width)));
    }
    return layers;
  }

  private List<DecoderLayer> decoder(SubTransformer a) {
    List<DecoderLayer> layers = new ArrayList<>();
    int width = a.decoderEmbedDim();
    for (int i = 0; i < a.decoderLayers(); i++) {
      String layer = ParameterLayout.decoderLayerName(i);
      layers.add(
          new DecoderLayer(
              selfAttention(layer + "self_attn", width, a.decoderSelfAttentionHeads().get(i)),
              norm(layer + "self_attn_layer_norm", width),
              crossAttention(
                  layer + "encoder_attn",
                  width,
                  a.encoderEmbedDim(),
                  a.encoderDecoderAttentionHeads().get(i)),
              norm(layer + "encoder_attn_layer_norm", width),
              feedForward(layer, i, width, a.decoderFfnEmbedDims().get(i)),
              norm(layer + "final_layer_norm", width)));
    }
    return layers;
  }

  private MultiHeadAttention selfAttention(String name, int width, int heads) {
    int qkv = config.qkvDim();
    Linear all =
        Linear.of(
            leaves.cut(name + ".in_proj_weight", 3L * qkv, width),
            leaves.cut(name + ".in_proj_bias", 3L * qkv));
    return new MultiHeadAttention(null, all, outProjection(name, width), heads);
  }

  private MultiHeadAttention crossAttention(String name, int width, int memoryWidth, int heads) {
    int qkv = config.qkvDim();
    Linear query =
        Linear.of(
            leaves.cutFrom(name + ".in_proj_weight", 0, qkv, width),
            leaves.cutFrom(name + ".in_proj_bias", 0, qkv));
    Linear keyValue =
        Linear.of(
            leaves.cutFrom(name + ".in_proj_weight", qkv, 2L * qkv, memoryWidth),
            leaves.cutFrom(name + ".in_proj_bias", qkv, 2L * qkv));
    return new MultiHeadAttention(query, keyValue, outProjection(name, width), heads);
  }

  private Linear outProjection(String name, int width) {
    return Linear.of(
        leaves.cut(name + ".out_proj.weight", width, config.qkvDim()),
        leaves.cut(name + ".out_proj.bias", width));
  }

  private LayerNorm norm(String name, int width) {
    return LayerNorm.of(leaves.cut(name + ".weight", width), leaves.cut(name + ".bias", width));
  }

  private FeedForward feedForward(String layer, int index, int width, int ffn) {
    if (!config.experts().inLayer(index)) {
      return new FeedForward(
          Linear.of(
              leaves.cut(layer + "fc1.weight", ffn, width), leaves.cut(layer + "fc1.bias", ffn)),
          Linear.of(
              leaves.cut(layer + "fc2.weight", width, ffn), leaves.cut(layer + "fc2.bias", width)));
    }
    ExpertRouting routing = config.experts().variant();
    Tensor first = mixture(routing, layer, "fc1", ffn);
    Tensor second =
        routing.granularity() == ExpertRouting.Granularity.LAYER
            ? first
            : mixture(routing, layer, "fc2", width);
    return new FeedForward(
        mixed(layer, "fc1", first, ffn, width), mixed(layer, "fc2", second, width, ffn));
  }

  private Tensor mixture(ExpertRouting routing, String layer, String fc, int outputs) {
    int experts = config.experts().count();
    int hidden = config.experts().hypernetHiddenSize();
    String name = ParameterLayout.routerName(routing, layer, fc);
    int logits =
        routing.granularity() == ExpertRouting.Granularity.LAYER ? experts : experts * outputs;
    List<Linear> linears = new ArrayList<>();
    for (int l = 0; l < routing.linears(); l++) {
      String linear = name + routing.sequenceIndex(l);
      int in = l == 0 ? config.experts().featureCount() : hidden;
      int out = l == routing.linears() - 1 ? logits : hidden;
      linears.add(
          Linear.of(
              leaves.cutMaster(linear + ".weight", out, in),
              leaves.cutMaster(linear + ".bias", out)));
    }
    return new Router(routing, linears, experts).weights(features, routerDropout);
  }

  private Linear mixed(String layer, String fc, Tensor mixture, int out, int in) {
    int experts = config.experts().count();
    Tensor weights =
        leaves.cutStack(ParameterLayout.expertNames(layer, fc, "weight", experts), out, in);
    Tensor biases = leaves.cutStack(ParameterLayout.expertNames(layer, fc, "bias", experts), out);
    return Linear.of(
        leaves.computed(layer + fc + ".weight", Router.mix(mixture, weights)),
        leaves.computed(layer + fc + ".bias", Router.mix(mixture, biases)));
  }
}
