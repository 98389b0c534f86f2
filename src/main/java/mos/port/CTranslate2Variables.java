package mos.port;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import mos.base.ConfigurationException;
import mos.model.TransformerWeights;
import mos.nn.FeedForward;
import mos.nn.LayerNorm;
import mos.nn.Linear;
import mos.nn.MultiHeadAttention;
import mos.nn.PositionWise;
import mos.space.Activation;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The weights of a plain Transformer under CTranslate2's names (its "TransformerSpec", revision
 * {@value #REVISION}), post-norm.
 *
 * <p>There, a side has one number of attention heads. A layer with fewer gets heads of zeros, whose
 * values are zero and meet columns of zeros in the output projection: the sums are the same. Sizes
 * of heads are a layer's own. The decoder reads the last encoder layer only.
 */
final class CTranslate2Variables {
  static final String SPECIFICATION = "TransformerSpec";
  static final int REVISION = 7;

  private final CTranslate2Quantization quantization;
  private final SortedMap<String, CTranslate2Variable> variables = new TreeMap<>();
  private final SortedMap<String, String> aliases = new TreeMap<>();

  /**
   * @param weights float32; with {@code quantization} all tensors made here belong to the innermost
   *     scope
   * @throws ConfigurationException naming what CTranslate2 cannot compute
   */
  CTranslate2Variables(TransformerWeights weights, CTranslate2Quantization quantization) {
    this.quantization = quantization;
    check(weights);
    encoder(weights);
    decoder(weights);
  }

  /** By name; aliases are not among them. */
  SortedMap<String, CTranslate2Variable> variables() {
    return Collections.unmodifiableSortedMap(variables);
  }

  /** Names of the same value, and the name that has it. */
  SortedMap<String, String> aliases() {
    return Collections.unmodifiableSortedMap(aliases);
  }

  private static void check(TransformerWeights weights) {
    for (int i = 0; i < weights.decoderLayers().size(); i++) {
      int attended = weights.architecture().attendedEncoderLayers(i);
      if (attended > 1) {
        throw unsupported(
            "decoder layer " + i + " attends to the last " + attended + " encoder layers",
            "CTranslate2's decoder reads the last one only; search with --ende-attn last");
      }
    }
  }

  private static ConfigurationException unsupported(String what, String why) {
    return new ConfigurationException("export --format ctranslate2: " + what + ": " + why);
  }

  private void encoder(TransformerWeights weights) {
    List<TransformerWeights.EncoderLayer> layers = weights.encoderLayers();
    int heads = layers.stream().mapToInt(l -> l.selfAttention().heads()).max().orElseThrow();
    side("encoder", heads, layers.stream().map(TransformerWeights.EncoderLayer::feedForward));
    matrix("encoder/embeddings_0/weight", weights.sourceEmbedding());
    scalar("encoder/embeddings_merge", 0, ScalarType.Char);
    tensor("encoder/position_encodings/encodings", weights.sourcePositions());
    for (int i = 0; i < layers.size(); i++) {
      String name = "encoder/layer_" + i;
      TransformerWeights.EncoderLayer layer = layers.get(i);
      attention(name + "/self_attention", layer.selfAttention(), layer.selfAttentionNorm(), heads);
      feedForward(name + "/ffn", layer.feedForward(), layer.finalNorm());
    }
  }

  private void decoder(TransformerWeights weights) {
    List<TransformerWeights.DecoderLayer> layers = weights.decoderLayers();
    int heads =
        layers.stream()
            .flatMap(l -> Stream.of(l.selfAttention(), l.encoderAttention()))
            .mapToInt(MultiHeadAttention::heads)
            .max()
            .orElseThrow();
    side("decoder", heads, layers.stream().map(TransformerWeights.DecoderLayer::feedForward));
    embeddings(weights);
    scalar("decoder/alignment_layer", -1, ScalarType.Short);
    scalar("decoder/alignment_heads", 1, ScalarType.Short);
    tensor("decoder/position_encodings/encodings", weights.targetPositions());
    for (int i = 0; i < layers.size(); i++) {
      String name = "decoder/layer_" + i;
      TransformerWeights.DecoderLayer layer = layers.get(i);
      attention(name + "/self_attention", layer.selfAttention(), layer.selfAttentionNorm(), heads);
      attention(name + "/attention", layer.encoderAttention(), layer.encoderAttentionNorm(), heads);
      feedForward(name + "/ffn", layer.feedForward(), layer.finalNorm());
    }
  }

  /** Embeddings that are the same are stored once. */
  private void embeddings(TransformerWeights weights) {
    String source = "encoder/embeddings_0/weight";
    String target = "decoder/embeddings/weight";
    String output = "decoder/projection/weight";
    Tensor targets = weights.targetEmbedding();
    if (same(targets, weights.sourceEmbedding())) {
      aliases.put(target, source);
    } else {
      matrix(target, targets);
    }
    if (same(weights.outputEmbedding(), targets)) {
      aliases.put(output, aliases.getOrDefault(target, target));
    } else {
      matrix(output, weights.outputEmbedding());
    }
  }

  private static boolean same(Tensor a, Tensor b) {
    return Arrays.equals(a.sizes().vec().get(), b.sizes().vec().get()) && torch.equal(a, b);
  }

  private void side(String name, int heads, Stream<PositionWise> layers) {
    scalar(name + "/num_heads", heads, ScalarType.Short);
    scalar(name + "/pre_norm", 0, ScalarType.Char);
    scalar(name + "/scale_embeddings", 1, ScalarType.Char);
    List<Activation> activations =
        layers.map(layer -> dense(layer, name).activation()).distinct().toList();
    if (activations.size() > 1) {
      throw unsupported(name + " layers have " + activations, "a side has one activation there");
    }
    int number =
        switch (activations.get(0)) {
          case RELU -> 0;
          case SWISH -> 2;
          case GELU -> 3;
        };
    scalar(name + "/activation", number, ScalarType.Char);
  }

  private static FeedForward dense(PositionWise layer, String where) {
    if (layer instanceof FeedForward dense) {
      return dense;
    }
    throw unsupported(where + " has token-routed experts", "CTranslate2 has dense layers only");
  }

  private void feedForward(String name, PositionWise layer, LayerNorm norm) {
    FeedForward dense = dense(layer, name);
    linear(name + "/linear_0", dense.fc1().weight(), bias(dense.fc1()));
    linear(name + "/linear_1", dense.fc2().weight(), bias(dense.fc2()));
    norm(name + "/layer_norm", norm);
  }

  private void attention(String name, MultiHeadAttention attention, LayerNorm norm, int heads) {
    boolean self = attention.query() == null;
    int headSize = Math.toIntExact(attention.width() / attention.heads());
    int width = heads * headSize;
    List<Tensor> weights = new ArrayList<>();
    List<Tensor> biases = new ArrayList<>();
    int parts = self ? 3 : 2;
    for (int part = 0; part < parts; part++) {
      weights.add(rows(attention, attention.keyValue().weight(), parts, part, width));
      biases.add(rows(attention, bias(attention.keyValue()), parts, part, width));
    }
    int index = 0;
    if (!self) {
      linear(
          name + "/linear_" + index++,
          rows(attention, attention.query().weight(), 1, 0, width),
          rows(attention, bias(attention.query()), 1, 0, width));
    }
    linear(
        name + "/linear_" + index++,
        Tensors.cat(0, weights.toArray(Tensor[]::new)),
        Tensors.cat(0, biases.toArray(Tensor[]::new)));
    Tensor output = attention.output().weight();
    linear(
        name + "/linear_" + index,
        padded(output, 0, width - attention.width()),
        bias(attention.output()));
    scalar(name + "/head_dim", headSize, ScalarType.Int);
    // Stored, as the engine would take it from the width, which zeros may have made larger.
    variables.put(
        name + "/queries_scale",
        new CTranslate2Variable(
            name + "/queries_scale",
            Tensors.of(new float[] {(float) (1 / Math.sqrt(headSize))}, Tensors.cpu())));
    norm(name + "/layer_norm", norm);
  }

  /** Queries, keys or values of a packed projection, then zeros for the heads it does not have. */
  private static Tensor rows(
      MultiHeadAttention attention, Tensor packed, int parts, int part, int width) {
    long each = packed.size(0) / parts;
    Tensor used = packed.narrow(0, part * each, attention.width());
    long missing = width - attention.width();
    return packed.dim() == 1 ? padded(used, 0, missing) : padded(used, 0, 0, 0, missing);
  }

  /** With zeros: before and after the last dimension, then those of the one before it. */
  private static Tensor padded(Tensor value, long... zeros) {
    return torch.constant_pad_nd(value, zeros);
  }

  private static Tensor bias(Linear linear) {
    return linear.bias().get();
  }

  private void linear(String name, Tensor weight, Tensor bias) {
    matrix(name + "/weight", weight);
    tensor(name + "/bias", bias);
  }

  private void norm(String name, LayerNorm norm) {
    tensor(name + "/gamma", norm.weight().get());
    tensor(name + "/beta", norm.bias().get());
  }

  private void matrix(String name, Tensor matrix) {
    quantization.matrix(name, matrix).forEach(v -> variables.put(v.name(), v));
  }

  private void tensor(String name, Tensor value) {
    variables.put(name, new CTranslate2Variable(name, quantization.floating(value)));
  }

  private void scalar(String name, long value, ScalarType type) {
    Tensor scalar = Tensors.of(new long[] {value}, Tensors.cpu()).to(type);
    variables.put(name, new CTranslate2Variable(name, scalar));
  }
}
