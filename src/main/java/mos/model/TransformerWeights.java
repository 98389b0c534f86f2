package mos.model;

import java.util.List;
import mos.nn.LayerNorm;
import mos.nn.MultiHeadAttention;
import mos.nn.PositionWise;
import mos.space.SubTransformer;
import org.bytedeco.pytorch.Tensor;

/**
 * The weights of one plain Transformer, cut and mixed for one architecture, in the compute type.
 * They belong to the scope in which they were derived, or to a {@link SuperTransformer} they are
 * views of.
 *
 * @param architecture what they are for
 * @param config the model they come from
 * @param sourceEmbedding (V, D)
 * @param targetEmbedding (V, D)
 * @param outputEmbedding (V, D), the output layer (no bias)
 * @param sourcePositions (P, D) for positions from the first on
 * @param targetPositions (P, D)
 * @param encoderLayers from the first layer up
 * @param decoderLayers from the first layer up
 */
public record TransformerWeights(
    SubTransformer architecture,
    ModelConfig config,
    Tensor sourceEmbedding,
    Tensor targetEmbedding,
    Tensor outputEmbedding,
    Tensor sourcePositions,
    Tensor targetPositions,
    List<EncoderLayer> encoderLayers,
    List<DecoderLayer> decoderLayers) {

  /** One encoder layer. */
  public record EncoderLayer(
      MultiHeadAttention selfAttention,
      LayerNorm selfAttentionNorm,
      PositionWise feedForward,
      LayerNorm finalNorm) {}

  /** One decoder layer. */
  public record DecoderLayer(
      MultiHeadAttention selfAttention,
      LayerNorm selfAttentionNorm,
      MultiHeadAttention encoderAttention,
      LayerNorm encoderAttentionNorm,
      PositionWise feedForward,
      LayerNorm finalNorm) {}

  public TransformerWeights {
    encoderLayers = List.copyOf(encoderLayers);
    decoderLayers = List.copyOf(decoderLayers);
  }
}
