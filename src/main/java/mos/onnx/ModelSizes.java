package mos.onnx;

import java.util.stream.IntStream;
import mos.base.ConfigurationException;
import mos.space.Dimension;
import mos.space.SubTransformer;

/**
 * All that a graph is made from, beside the weights.
 *
 * @param architecture without token experts
 * @param qkvDim Q of attentions whose heads have no size of their own
 * @param sourceVocabulary V of the encoder's embedding
 * @param targetVocabulary V of the decoder's embedding and of the output layer
 * @param shareAllEmbeddings whether all three are the first columns of one matrix
 * @param activation relu, gelu or swish, of layers that have none of their own
 * @param maxPositions the longest sentence, in tokens with the end symbol
 */
public record ModelSizes(
    SubTransformer architecture,
    int qkvDim,
    int sourceVocabulary,
    int targetVocabulary,
    boolean shareAllEmbeddings,
    String activation,
    int maxPositions) {

  /**
   * @throws ConfigurationException for token experts
   */
  public ModelSizes {
    if (architecture.tokenRouted()) {
      throw new ConfigurationException(
          "token-routed experts: an ONNX graph would compute all of them for every token; such a"
              + " model has no ONNX form");
    }
    if (!SubTransformer.ACTIVATIONS.contains(activation)) {
      throw new ConfigurationException(
          "activation: got " + activation + ", must be one of " + SubTransformer.ACTIVATIONS);
    }
  }

  /** One attention: heads of some size; together they are as wide as the queries. */
  record Heads(int count, int size) {
    int width() {
      return count * size;
    }
  }

  Heads heads(Dimension dimension, int layer) {
    int count = architecture.value(dimension, layer);
    return new Heads(count, architecture.qkvDim(dimension, layer, qkvDim) / count);
  }

  /** That of a layer's FFN. */
  String activation(Dimension dimension, int layer) {
    int own = architecture.value(dimension, layer);
    return own == 0 ? activation : SubTransformer.ACTIVATIONS.get(own - 1);
  }

  /** Head counts of the decoder's self-attentions, each once. */
  int[] headCounts() {
    return architecture.values(Dimension.DECODER_HEADS).stream()
        .mapToInt(Integer::intValue)
        .distinct()
        .sorted()
        .toArray();
  }

  /** Decoder layers, from 0. */
  IntStream decoderLayers() {
    return IntStream.range(0, architecture.decoderLayers());
  }

  /** The encoder's embedding, (V, D). */
  Parameter sourceEmbedding() {
    int width = architecture.encoderEmbedDim();
    boolean same = shareAllEmbeddings && width == architecture.decoderEmbedDim();
    return new Parameter(same ? "embedding" : "encoder.embedding", sourceVocabulary, width);
  }

  /** The decoder's embedding, (V, D). */
  Parameter targetEmbedding() {
    return targetSide("decoder.embedding");
  }

  /** The output layer, (V, D). */
  Parameter outputEmbedding() {
    return targetSide("output.embedding");
  }

  private Parameter targetSide(String own) {
    int width = architecture.decoderEmbedDim();
    String shared = width == architecture.encoderEmbedDim() ? "embedding" : "decoder.embedding";
    return new Parameter(shareAllEmbeddings ? shared : own, targetVocabulary, width);
  }
}
