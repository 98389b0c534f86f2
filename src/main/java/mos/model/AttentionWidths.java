package mos.model;

import java.util.List;
import java.util.stream.IntStream;
import mos.space.SubTransformer;

/**
 * The total widths of queries, keys and values of a standalone SubTransformer whose heads have
 * sizes of their own.
 *
 * @param encoder of every encoder layer
 * @param decoder of every decoder layer's self-attention
 * @param encoderDecoder of every decoder layer's attention to the encoder
 */
public record AttentionWidths(
    List<Integer> encoder, List<Integer> decoder, List<Integer> encoderDecoder) {
  public AttentionWidths {
    encoder = List.copyOf(encoder);
    decoder = List.copyOf(decoder);
    encoderDecoder = List.copyOf(encoderDecoder);
  }

  /**
   * Null where all have the model's width.
   *
   * @param qkv the model's
   */
  public static AttentionWidths of(SubTransformer a, int qkv) {
    if (!a.sizedHeads()) {
      return null;
    }
    return new AttentionWidths(
        IntStream.range(0, a.encoderLayers()).mapToObj(i -> a.encoderQkvDim(i, qkv)).toList(),
        IntStream.range(0, a.decoderLayers()).mapToObj(i -> a.decoderQkvDim(i, qkv)).toList(),
        IntStream.range(0, a.decoderLayers())
            .mapToObj(i -> a.encoderDecoderQkvDim(i, qkv))
            .toList());
  }
}
