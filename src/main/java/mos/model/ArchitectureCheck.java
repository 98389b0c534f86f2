package mos.model;

import java.util.Collections;
import java.util.List;
import mos.base.ConfigurationException;
import mos.space.Dimension;
import mos.space.SubTransformer;

/** Whether an architecture can be cut out of a model. */
final class ArchitectureCheck {
  private final ModelConfig config;

  ArchitectureCheck(ModelConfig config) {
    this.config = config;
  }

  /**
   * @throws ConfigurationException naming the dimension that is too large
   */
  void check(SubTransformer a) {
    StackSizes encoder = config.encoder();
    StackSizes decoder = config.decoder();
    int qkv = config.qkvDim();
    fits("encoder embedding width", a.encoderEmbedDim(), encoder.embedDim());
    fits("decoder embedding width", a.decoderEmbedDim(), decoder.embedDim());
    fits("encoder depth", a.encoderLayers(), encoder.layers());
    fits("decoder depth", a.decoderLayers(), decoder.layers());
    for (int i = 0; i < a.encoderLayers(); i++) {
      experts("encoder", i, a.encoderExperts(i), encoder.experts(i));
      int headDim = a.value(Dimension.ENCODER_HEAD_DIM, i);
      heads(a.value(Dimension.ENCODER_HEADS, i), headDim, encoder.selfAttentionDim(i, qkv));
    }
    for (int i = 0; i < a.decoderLayers(); i++) {
      experts("decoder", i, a.decoderExperts(i), decoder.experts(i));
      int headDim = a.value(Dimension.DECODER_HEAD_DIM, i);
      heads(a.value(Dimension.DECODER_HEADS, i), headDim, decoder.selfAttentionDim(i, qkv));
      int crossHeads = a.value(Dimension.ENCODER_DECODER_HEADS, i);
      heads(crossHeads, headDim, decoder.encoderAttentionDim(i, qkv));
    }
  }

  private void experts(String side, int layer, List<Integer> got, List<Integer> most) {
    fits(side + " token experts", got.size(), most.size());
    for (int k = 0; k < got.size(); k++) {
      // The experts of a mixture are all cut from the same weight sets.
      int size = config.experts().inFeedForward(layer) ? Collections.max(most) : most.get(k);
      fits(side + " FFN size", got.get(k), size);
    }
  }

  /**
   * Refuses heads that do not fit.
   *
   * @param headDim their size; 0: the width divided by their number
   * @param width Q
   */
  static void heads(int heads, int headDim, int width) {
    if (headDim == 0 && width % heads != 0) {
      throw new ConfigurationException(
          "attention heads: got " + heads + ", must divide the qkv width " + width);
    }
    if ((long) heads * headDim > width) {
      throw new ConfigurationException(
          "attention heads: got "
              + heads
              + " of size "
              + headDim
              + ", must fit the qkv width "
              + width);
    }
  }

  static void fits(String what, int got, int most) {
    if (got > most) {
      throw new ConfigurationException(
          what + ": the architecture has " + got + ", the model at most " + most);
    }
  }
}
