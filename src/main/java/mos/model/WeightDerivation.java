package mos.model;

import java.util.ArrayList;
import java.util.List;
import mos.model.TransformerWeights.DecoderLayer;
import mos.model.TransformerWeights.EncoderLayer;
import mos.model.WeightMatrix.Rows;
import mos.nn.FeedForward;
import mos.nn.LayerNorm;
import mos.nn.Linear;
import mos.nn.MultiHeadAttention;
import mos.nn.PositionWise;
import mos.nn.SwitchFeedForward;
import mos.space.Activation;
import mos.space.Dimension;
import mos.space.SubTransformer;
import org.bytedeco.pytorch.Tensor;

/** Puts the weights of one architecture together from where they come from. */
final class WeightDerivation {
  private final ModelConfig config;
  private final WeightSource source;
  private final Tensor sourcePositions;
  private final Tensor targetPositions;

  WeightDerivation(
      ModelConfig config, WeightSource source, Tensor sourcePositions, Tensor targetPositions) {
    this.config = config;
    this.source = source;
    this.sourcePositions = sourcePositions;
    this.targetPositions = targetPositions;
  }

  TransformerWeights derive(SubTransformer a) {
    int encoderWidth = a.encoderEmbedDim();
    int decoderWidth = a.decoderEmbedDim();
    Tensor sourceEmbedding = embedding(ParameterLayout.SOURCE_EMBEDDING, encoderWidth);
    Tensor target;
    Tensor output;
    if (config.shareAllEmbeddings()) {
      target =
          encoderWidth == decoderWidth
              ? sourceEmbedding
              : embedding(ParameterLayout.SOURCE_EMBEDDING, decoderWidth);
      output = target;
    } else {
      target = embedding(ParameterLayout.TARGET_EMBEDDING, decoderWidth);
      output = embedding(ParameterLayout.OUTPUT_EMBEDDING, decoderWidth);
    }
    return new TransformerWeights(
        a,
        config,
        sourceEmbedding,
        target,
        output,
        source.positions(sourcePositions, encoderWidth),
        source.positions(targetPositions, decoderWidth),
        encoder(a),
        decoder(a));
  }

  private Tensor embedding(String name, int width) {
    boolean ofSource = name.equals(ParameterLayout.SOURCE_EMBEDDING);
    return cut(name, ofSource ? config.sourceVocabulary() : config.targetVocabulary(), width);
  }

  private Tensor cut(String name, long... extents) {
    return source.cut(name, 0, extents);
  }

  private List<EncoderLayer> encoder(SubTransformer a) {
    List<EncoderLayer> layers = new ArrayList<>();
    StackSizes sizes = config.encoder();
    int width = a.encoderEmbedDim();
    for (int i = 0; i < a.encoderLayers(); i++) {
      int qkv = sizes.selfAttentionDim(i, config.qkvDim());
      String layer = ParameterLayout.encoderLayerName(i);
      layers.add(
          new EncoderLayer(
              selfAttention(
                  layer,
                  i,
                  width,
                  a.value(Dimension.ENCODER_HEADS, i),
                  qkv,
                  a.qkvDim(Dimension.ENCODER_HEADS, i, qkv)),
              norm(layer + "self_attn_layer_norm", width),
              feedForward(
                  new Place(layer, i, width),
                  activation(a.value(Dimension.ENCODER_ACTIVATION, i)),
                  a.encoderExperts(i),
                  sizes.experts(i).size()),
              norm(layer + "final_layer_norm", width)));
    }
    return layers;
  }

  private List<DecoderLayer> decoder(SubTransformer a) {
    List<DecoderLayer> layers = new ArrayList<>();
    StackSizes sizes = config.decoder();
    int width = a.decoderEmbedDim();
    for (int i = 0; i < a.decoderLayers(); i++) {
      int qkv = sizes.selfAttentionDim(i, config.qkvDim());
      String layer = ParameterLayout.decoderLayerName(i);
      layers.add(
          new DecoderLayer(
              selfAttention(
                  layer,
                  i,
                  width,
                  a.value(Dimension.DECODER_HEADS, i),
                  qkv,
                  a.qkvDim(Dimension.DECODER_HEADS, i, qkv)),
              norm(layer + "self_attn_layer_norm", width),
              crossAttention(layer, i, a),
              norm(layer + "encoder_attn_layer_norm", width),
              feedForward(
                  new Place(layer, i, width),
                  activation(a.value(Dimension.DECODER_ACTIVATION, i)),
                  a.decoderExperts(i),
                  sizes.experts(i).size()),
              norm(layer + "final_layer_norm", width)));
    }
    return layers;
  }

  /**
   * @param qkv of the model
   * @param used by the architecture, at most as wide
   */
  private MultiHeadAttention selfAttention(
      String layer, int index, int width, int heads, int qkv, int used) {
    Place place = new Place(layer, index, width);
    Linear all = projection(place, "self_attn.in_proj", new Rows(0, 3 * qkv, 3, used), width);
    Linear out = projection(place, "self_attn.out_proj", Rows.all(width), used);
    return new MultiHeadAttention(null, all, out, heads);
  }

  private MultiHeadAttention crossAttention(String layer, int index, SubTransformer a) {
    int qkv = config.decoder().encoderAttentionDim(index, config.qkvDim());
    int used = a.qkvDim(Dimension.ENCODER_DECODER_HEADS, index, qkv);
    int width = a.decoderEmbedDim();
    Place place = new Place(layer, index, width);
    String in = "encoder_attn.in_proj";
    Linear query = projection(place, in, new Rows(0, qkv, 1, used), width);
    Linear keyValue = projection(place, in, new Rows(qkv, 2 * qkv, 2, used), a.encoderEmbedDim());
    Linear out = projection(place, "encoder_attn.out_proj", Rows.all(width), used);
    int heads = a.value(Dimension.ENCODER_DECODER_HEADS, index);
    return new MultiHeadAttention(query, keyValue, out, heads);
  }

  private Linear projection(Place place, String name, Rows rows, int in) {
    boolean mixed = config.experts().inAttention(place.index);
    return source.matrix(new WeightMatrix(place.layer, name, mixed, 0, 1, rows, in));
  }

  private LayerNorm norm(String name, int width) {
    return LayerNorm.of(source.norm(name + ".weight", width), source.norm(name + ".bias", width));
  }

  /** The architecture's activation of a layer, or, for 0, the model's. */
  private Activation activation(int own) {
    return own == 0 ? config.activation() : Activation.of(SubTransformer.ACTIVATIONS.get(own - 1));
  }

  /**
   * Where a sublayer stands.
   *
   * @param layer prefix of the layer's parameters
   * @param index its number
   * @param width D
   */
  private record Place(String layer, int index, int width) {}

  /**
   * @param activation the architecture's of the layer, see {@link #activation}
   * @param sizes FFN sizes of the token experts in use, one: a dense layer
   * @param most token experts that the layer has
   */
  private PositionWise feedForward(
      Place place, Activation activation, List<Integer> sizes, int most) {
    List<FeedForward> experts = new ArrayList<>();
    for (int k = 0; k < sizes.size(); k++) {
      experts.add(sizes.get(k) == 0 ? null : expert(place, activation, k, most, sizes.get(k)));
    }
    if (experts.size() == 1) {
      return experts.get(0);
    }
    Linear router =
        Linear.of(
            cut(place.layer + ParameterLayout.SWITCH + "weight", experts.size(), place.width),
            cut(place.layer + ParameterLayout.SWITCH + "bias", experts.size()));
    return new SwitchFeedForward(router, experts, Math.min(config.tokenTopK(), experts.size()));
  }

  private FeedForward expert(Place place, Activation activation, int k, int most, int ffn) {
    int width = place.width;
    boolean mixed = config.experts().inFeedForward(place.index);
    if (mixed || most == 1) {
      Rows fc1 = Rows.all(ffn);
      Rows fc2 = Rows.all(width);
      return new FeedForward(
          source.matrix(new WeightMatrix(place.layer, "fc1", mixed, k, most, fc1, width)),
          source.matrix(new WeightMatrix(place.layer, "fc2", mixed, k, most, fc2, ffn)),
          activation);
    }
    String fc1 = ParameterLayout.tokenExpertName(place.layer, k, "fc1");
    String fc2 = ParameterLayout.tokenExpertName(place.layer, k, "fc2");
    return new FeedForward(
        Linear.of(cut(fc1 + ".weight", ffn, width), cut(fc1 + ".bias", ffn)),
        Linear.of(cut(fc2 + ".weight", width, ffn), cut(fc2 + ".bias", width)),
        activation);
  }
}
