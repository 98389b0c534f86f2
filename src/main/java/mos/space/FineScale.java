package mos.space;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * Room and divisors of the layer-by-layer features of a search space: the largest of its choices,
 * and no less than what the published spaces share, so that these get the published features.
 *
 * @param encoderLayers layers that there is room for
 * @param decoderLayers the decoder's
 * @param embed divisor of widths
 * @param ffn divisor of FFN sizes
 * @param heads divisor of head counts
 * @param headDim divisor of head sizes; 0, as in older checkpoints: the space has none
 * @param activations whether layers choose their activation
 */
public record FineScale(
    int encoderLayers,
    int decoderLayers,
    int embed,
    int ffn,
    int heads,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) int headDim,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean activations) {
  /** Source: Jawahar et al., Mixture-of-Supernets (2024): 6 layers, widths 640, 3072, 8 heads. */
  public static final FineScale PUBLISHED = new FineScale(6, 6, 640, 3072, 8, 0, false);

  /** Encoder outputs that arbitrary attention can ask for, beyond the first. */
  static final int ATTENTION = 2;

  /** What {@code space} needs. */
  public static FineScale of(SearchSpace space) {
    SubTransformer largest = space.largest();
    return new FineScale(
        Math.max(PUBLISHED.encoderLayers, largest.encoderLayers()),
        Math.max(PUBLISHED.decoderLayers, largest.decoderLayers()),
        most(PUBLISHED.embed, largest.encoderEmbedDim(), largest.decoderEmbedDim()),
        most(
            PUBLISHED.ffn,
            largest.value(Dimension.ENCODER_FFN, 0),
            largest.value(Dimension.DECODER_FFN, 0)),
        most(
            PUBLISHED.heads,
            largest.value(Dimension.ENCODER_HEADS, 0),
            largest.value(Dimension.DECODER_HEADS, 0),
            largest.value(Dimension.ENCODER_DECODER_HEADS, 0)),
        Math.max(space.mostHeadDim(true), space.mostHeadDim(false)),
        space.choosesActivations());
  }

  private static int most(int... values) {
    int most = 0;
    for (int value : values) {
      most = Math.max(most, value);
    }
    return most;
  }

  /**
   * How many features there are: per side width, depth, and two or four a layer; then a layer's
   * head size, and two for its activation.
   */
  public int size() {
    int further = (headDim > 0 ? 1 : 0) + (activations ? 2 : 0);
    return 4 + 2 * encoderLayers + 4 * decoderLayers + further * (encoderLayers + decoderLayers);
  }
}
