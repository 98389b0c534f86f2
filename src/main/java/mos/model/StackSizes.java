package mos.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import mos.base.ConfigurationException;
import mos.space.Dimension;
import mos.space.SubTransformer;

/**
 * The sizes of one side of a model, the encoder or the decoder.
 *
 * @param embedDim D; in a SuperTransformer the largest
 * @param positionDim width over which sinusoidal positions are spread and to which dropout is
 *     relative: that of the SuperTransformer, also for a standalone SubTransformer cut out of it
 * @param ffnEmbedDims largest F of every layer
 * @param otherExperts largest F of every layer's token experts after the first; empty, or null as
 *     in older checkpoints: without
 * @param selfAttentionDims of a standalone SubTransformer with head sizes of its own, Q of every
 *     layer's self-attention; empty: the model's
 * @param encoderAttentionDims the same of the attention to the encoder; empty in the encoder
 */
public record StackSizes(
    int embedDim,
    int positionDim,
    List<Integer> ffnEmbedDims,
    List<List<Integer>> otherExperts,
    List<Integer> selfAttentionDims,
    List<Integer> encoderAttentionDims) {
  private static final int MAX_EMBED_DIM = 1 << 16;

  public StackSizes {
    ffnEmbedDims = List.copyOf(ffnEmbedDims);
    boolean dense = otherExperts == null || otherExperts.stream().allMatch(List::isEmpty);
    otherExperts = dense ? List.of() : otherExperts.stream().map(List::copyOf).toList();
    selfAttentionDims = List.copyOf(selfAttentionDims);
    encoderAttentionDims = List.copyOf(encoderAttentionDims);
  }

  /** Dense layers of the model's Q. */
  public static StackSizes of(int embedDim, List<Integer> ffnEmbedDims) {
    return of(embedDim, ffnEmbedDims, List.of());
  }

  /** Layers of the model's Q, with token experts unless {@code otherExperts} is empty. */
  public static StackSizes of(
      int embedDim, List<Integer> ffnEmbedDims, List<List<Integer>> otherExperts) {
    return new StackSizes(embedDim, embedDim, ffnEmbedDims, otherExperts, List.of(), List.of());
  }

  /**
   * The sizes of one side of an architecture.
   *
   * @param encoder which side
   * @param positionDim see above
   * @param qkvDim Q of layers whose heads have no size of their own
   */
  public static StackSizes of(SubTransformer a, boolean encoder, int positionDim, int qkvDim) {
    Dimension heads = encoder ? Dimension.ENCODER_HEADS : Dimension.DECODER_HEADS;
    return new StackSizes(
        encoder ? a.encoderEmbedDim() : a.decoderEmbedDim(),
        positionDim,
        a.values(encoder ? Dimension.ENCODER_FFN : Dimension.DECODER_FFN),
        a.otherExperts(encoder),
        a.sizedHeads() ? dims(a, heads, qkvDim) : List.of(),
        a.sizedHeads() && !encoder ? dims(a, Dimension.ENCODER_DECODER_HEADS, qkvDim) : List.of());
  }

  private static List<Integer> dims(SubTransformer a, Dimension heads, int qkvDim) {
    return IntStream.range(0, a.values(heads).size())
        .mapToObj(i -> a.qkvDim(heads, i, qkvDim))
        .toList();
  }

  /**
   * Refuses sizes that no model can have.
   *
   * @param side for messages
   */
  void check(String side) {
    if (positionDim < 4 || positionDim % 2 != 0 || positionDim > MAX_EMBED_DIM) {
      throw new ConfigurationException(
          side
              + " embedding width: got "
              + positionDim
              + ", must be even and in 4.."
              + MAX_EMBED_DIM
              + " (sinusoidal positions)");
    }
    ArchitectureCheck.fits(side + " embedding width", embedDim, positionDim);
    if (!otherExperts.isEmpty() && otherExperts.size() != layers()) {
      throw new ConfigurationException(
          side
              + " token experts: got "
              + otherExperts.size()
              + " lists for "
              + layers()
              + " layers");
    }
    checkWidths(side, selfAttentionDims);
    checkWidths(side, encoderAttentionDims);
  }

  private void checkWidths(String side, List<Integer> widths) {
    if (!widths.isEmpty() && (widths.size() != layers() || Collections.min(widths) < 1)) {
      throw new ConfigurationException(
          side + " attention widths: got " + widths + ", need " + layers() + " of at least 1");
    }
  }

  /** How many layers there are. */
  public int layers() {
    return ffnEmbedDims.size();
  }

  /** Largest FFN sizes of a layer's token experts; one of a dense layer. */
  List<Integer> experts(int layer) {
    List<Integer> all = new ArrayList<>(List.of(ffnEmbedDims.get(layer)));
    if (!otherExperts.isEmpty()) {
      all.addAll(otherExperts.get(layer));
    }
    return all;
  }

  /** The most token experts of a layer; 1: none. */
  int mostExperts() {
    return 1 + otherExperts.stream().mapToInt(List::size).max().orElse(0);
  }

  /**
   * Q of a layer's self-attention.
   *
   * @param qkvDim the model's
   */
  int selfAttentionDim(int layer, int qkvDim) {
    return selfAttentionDims.isEmpty() ? qkvDim : selfAttentionDims.get(layer);
  }

  /**
   * Q of a decoder layer's attention to the encoder.
   *
   * @param qkvDim the model's
   */
  int encoderAttentionDim(int layer, int qkvDim) {
    return encoderAttentionDims.isEmpty() ? qkvDim : encoderAttentionDims.get(layer);
  }
}
