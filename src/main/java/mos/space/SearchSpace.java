package mos.space;

import java.util.Collections;
import java.util.List;
import mos.base.ConfigurationException;

/**
 * The choices from which SubTransformers are made: one list per dimension, shared by all layers.
 *
 * <p>Source: Wang et al., HAT (ACL 2020), table 1.
 *
 * @param encoderEmbedChoices encoder embedding widths
 * @param decoderEmbedChoices decoder embedding widths
 * @param encoderFfnChoices encoder FFN hidden sizes
 * @param decoderFfnChoices decoder FFN hidden sizes
 * @param encoderLayerChoices encoder depths
 * @param decoderLayerChoices decoder depths
 * @param encoderHeadChoices encoder self-attention heads
 * @param decoderHeadChoices decoder self-attention heads
 * @param encoderDecoderHeadChoices encoder-decoder attention heads
 * @param arbitraryAttentionChoices arbitrary encoder-decoder attention settings, of −1, 1, 2
 */
public record SearchSpace(
    List<Integer> encoderEmbedChoices,
    List<Integer> decoderEmbedChoices,
    List<Integer> encoderFfnChoices,
    List<Integer> decoderFfnChoices,
    List<Integer> encoderLayerChoices,
    List<Integer> decoderLayerChoices,
    List<Integer> encoderHeadChoices,
    List<Integer> decoderHeadChoices,
    List<Integer> encoderDecoderHeadChoices,
    List<Integer> arbitraryAttentionChoices) {

  public SearchSpace {
    encoderEmbedChoices = checked("encoder-embed-choice", encoderEmbedChoices);
    decoderEmbedChoices = checked("decoder-embed-choice", decoderEmbedChoices);
    encoderFfnChoices = checked("encoder-ffn-embed-dim-choice", encoderFfnChoices);
    decoderFfnChoices = checked("decoder-ffn-embed-dim-choice", decoderFfnChoices);
    encoderLayerChoices = checked("encoder-layer-num-choice", encoderLayerChoices);
    decoderLayerChoices = checked("decoder-layer-num-choice", decoderLayerChoices);
    encoderHeadChoices = checked("encoder-self-attention-heads-choice", encoderHeadChoices);
    decoderHeadChoices = checked("decoder-self-attention-heads-choice", decoderHeadChoices);
    encoderDecoderHeadChoices =
        checked("decoder-ende-attention-heads-choice", encoderDecoderHeadChoices);
    arbitraryAttentionChoices =
        checked("decoder-arbitrary-ende-attn-choice", arbitraryAttentionChoices);
  }

  private static List<Integer> checked(String key, List<Integer> choices) {
    if (choices.isEmpty()) {
      throw new ConfigurationException(key + ": got no choice, need at least one");
    }
    return List.copyOf(choices);
  }

  /** The largest SubTransformer: the maximum of every dimension, arbitrary attention 1. */
  public SubTransformer largest() {
    return uniform(true);
  }

  /** The smallest SubTransformer: the minimum of every dimension, arbitrary attention 1. */
  public SubTransformer smallest() {
    return uniform(false);
  }

  private SubTransformer uniform(boolean largest) {
    int encoderLayers = extreme(encoderLayerChoices, largest);
    int decoderLayers = extreme(decoderLayerChoices, largest);
    return new SubTransformer(
        extreme(encoderEmbedChoices, largest),
        extreme(decoderEmbedChoices, largest),
        Collections.nCopies(encoderLayers, extreme(encoderFfnChoices, largest)),
        Collections.nCopies(encoderLayers, extreme(encoderHeadChoices, largest)),
        Collections.nCopies(decoderLayers, extreme(decoderFfnChoices, largest)),
        Collections.nCopies(decoderLayers, extreme(decoderHeadChoices, largest)),
        Collections.nCopies(decoderLayers, extreme(encoderDecoderHeadChoices, largest)),
        Collections.nCopies(decoderLayers, 1));
  }

  private static int extreme(List<Integer> choices, boolean largest) {
    return largest ? Collections.max(choices) : Collections.min(choices);
  }
}
