package mos.space;

import java.util.List;
import mos.base.ConfigurationException;

/**
 * The architecture of one SubTransformer: an encoder-decoder Transformer cut out of the
 * SuperTransformer. Only active layers are listed, so two architectures are equal exactly when they
 * are the same network (genes beyond the sampled depth do not exist here).
 *
 * <p>Source: Wang et al., HAT (ACL 2020), section 3.1.
 *
 * @param encoderEmbedDim encoder embedding width, at least 1
 * @param decoderEmbedDim decoder embedding width, at least 1
 * @param encoderFfnEmbedDims FFN hidden size of every encoder layer; its length is the encoder
 *     depth
 * @param encoderSelfAttentionHeads heads of every encoder layer
 * @param decoderFfnEmbedDims FFN hidden size of every decoder layer; its length is the decoder
 *     depth
 * @param decoderSelfAttentionHeads self-attention heads of every decoder layer
 * @param encoderDecoderAttentionHeads encoder-decoder attention heads of every decoder layer
 * @param arbitraryAttention per decoder layer: −1 attends to the last encoder layer's output, 1 to
 *     those of the last two, 2 to those of the last three
 */
public record SubTransformer(
    int encoderEmbedDim,
    int decoderEmbedDim,
    List<Integer> encoderFfnEmbedDims,
    List<Integer> encoderSelfAttentionHeads,
    List<Integer> decoderFfnEmbedDims,
    List<Integer> decoderSelfAttentionHeads,
    List<Integer> encoderDecoderAttentionHeads,
    List<Integer> arbitraryAttention) {

  public SubTransformer {
    encoderFfnEmbedDims = List.copyOf(encoderFfnEmbedDims);
    encoderSelfAttentionHeads = List.copyOf(encoderSelfAttentionHeads);
    decoderFfnEmbedDims = List.copyOf(decoderFfnEmbedDims);
    decoderSelfAttentionHeads = List.copyOf(decoderSelfAttentionHeads);
    encoderDecoderAttentionHeads = List.copyOf(encoderDecoderAttentionHeads);
    arbitraryAttention = List.copyOf(arbitraryAttention);
    positive("encoder embedding width", List.of(encoderEmbedDim));
    positive("decoder embedding width", List.of(decoderEmbedDim));
    positive("encoder FFN size", encoderFfnEmbedDims);
    positive("decoder FFN size", decoderFfnEmbedDims);
    positive("encoder self-attention heads", encoderSelfAttentionHeads);
    positive("decoder self-attention heads", decoderSelfAttentionHeads);
    positive("encoder-decoder attention heads", encoderDecoderAttentionHeads);
    int encoderLayers = encoderFfnEmbedDims.size();
    int decoderLayers = decoderFfnEmbedDims.size();
    sameLength("encoder self-attention heads", encoderSelfAttentionHeads, encoderLayers);
    sameLength("decoder self-attention heads", decoderSelfAttentionHeads, decoderLayers);
    sameLength("encoder-decoder attention heads", encoderDecoderAttentionHeads, decoderLayers);
    sameLength("arbitrary attention", arbitraryAttention, decoderLayers);
    if (encoderLayers == 0 || decoderLayers == 0) {
      throw new ConfigurationException(
          "a SubTransformer needs at least one encoder and one decoder layer, got "
              + encoderLayers
              + " and "
              + decoderLayers);
    }
    for (int setting : arbitraryAttention) {
      if (setting != -1 && setting != 1 && setting != 2) {
        throw new ConfigurationException(
            "arbitrary encoder-decoder attention: got " + setting + ", must be -1, 1 or 2");
      }
    }
  }

  /** Encoder depth. */
  public int encoderLayers() {
    return encoderFfnEmbedDims.size();
  }

  /** Decoder depth. */
  public int decoderLayers() {
    return decoderFfnEmbedDims.size();
  }

  /**
   * How many of the last encoder layers' outputs decoder layer {@code layer} attends to: 1, 2 or 3
   * for the settings −1, 1 and 2, and never more than the encoder has layers.
   */
  public int attendedEncoderLayers(int layer) {
    int setting = arbitraryAttention.get(layer);
    return Math.min(setting == -1 ? 1 : setting + 1, encoderLayers());
  }

  private static void positive(String what, List<Integer> values) {
    for (int value : values) {
      if (value < 1) {
        throw new ConfigurationException(what + ": got " + value + ", must be at least 1");
      }
    }
  }

  private static void sameLength(String what, List<Integer> values, int layers) {
    if (values.size() != layers) {
      throw new ConfigurationException(
          what + ": got " + values.size() + " values for " + layers + " layers");
    }
  }
}
