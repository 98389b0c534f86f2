package mos.space;

import java.util.List;
import java.util.Map;

/** Short ways to HAT's spaces and architectures, without any of the optional dimensions. */
public final class Plain {
  /** Of two or three encoder and one or two decoder layers. */
  static final SearchSpace SMALL =
      space(
          List.of(16, 8),
          List.of(16, 8),
          List.of(24, 12),
          List.of(24, 12),
          List.of(3, 2),
          List.of(2, 1),
          List.of(4, 2),
          List.of(4, 2),
          List.of(4, 2),
          List.of(-1, 1));

  private Plain() {}

  public static SearchSpace space(
      List<Integer> encoderEmbed,
      List<Integer> decoderEmbed,
      List<Integer> encoderFfn,
      List<Integer> decoderFfn,
      List<Integer> encoderLayers,
      List<Integer> decoderLayers,
      List<Integer> encoderHeads,
      List<Integer> decoderHeads,
      List<Integer> encoderDecoderHeads,
      List<Integer> arbitraryAttention) {
    return new SearchSpace(
        Map.of(
            Dimension.ENCODER_EMBED, encoderEmbed,
            Dimension.DECODER_EMBED, decoderEmbed,
            Dimension.ENCODER_FFN, encoderFfn,
            Dimension.DECODER_FFN, decoderFfn,
            Dimension.ENCODER_LAYERS, encoderLayers,
            Dimension.DECODER_LAYERS, decoderLayers,
            Dimension.ENCODER_HEADS, encoderHeads,
            Dimension.DECODER_HEADS, decoderHeads,
            Dimension.ENCODER_DECODER_HEADS, encoderDecoderHeads,
            Dimension.ARBITRARY_ATTENTION, arbitraryAttention));
  }

  public static SubTransformer architecture(
      int encoderEmbed,
      int decoderEmbed,
      List<Integer> encoderFfn,
      List<Integer> encoderHeads,
      List<Integer> decoderFfn,
      List<Integer> decoderHeads,
      List<Integer> encoderDecoderHeads,
      List<Integer> arbitraryAttention) {
    return new SubTransformer(
        Map.of(
            Dimension.ENCODER_EMBED, List.of(encoderEmbed),
            Dimension.DECODER_EMBED, List.of(decoderEmbed),
            Dimension.ENCODER_FFN, encoderFfn,
            Dimension.ENCODER_HEADS, encoderHeads,
            Dimension.DECODER_FFN, decoderFfn,
            Dimension.DECODER_HEADS, decoderHeads,
            Dimension.ENCODER_DECODER_HEADS, encoderDecoderHeads,
            Dimension.ARBITRARY_ATTENTION, arbitraryAttention));
  }
}
