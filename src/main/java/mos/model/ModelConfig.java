package mos.model;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import mos.base.ConfigurationException;
import mos.nn.Activation;
import mos.space.SearchSpace;
import mos.space.SubTransformer;

/**
 * Everything that fixes a SuperTransformer's parameters: their shapes and how experts are mixed. A
 * standalone SubTransformer is a SuperTransformer of exactly its own sizes with one expert.
 *
 * @param sourceVocabulary V of the source dictionary
 * @param targetVocabulary V of the target dictionary
 * @param shareAllEmbeddings one matrix for encoder, decoder and output embeddings
 * @param encoderEmbedDim largest encoder width
 * @param decoderEmbedDim largest decoder width
 * @param encoderFfnEmbedDims largest F of every encoder layer
 * @param decoderFfnEmbedDims largest F of every decoder layer
 * @param qkvDim Q, the total width of queries, keys and values
 * @param encoderPositionDim width over which sinusoidal positions are spread and to which dropout
 *     is relative: that of the SuperTransformer, also for a standalone SubTransformer cut out of it
 * @param decoderPositionDim the decoder's
 * @param experts expert choices
 * @param activation of the FFNs; null, as in older checkpoints, means ReLU
 */
public record ModelConfig(
    int sourceVocabulary,
    int targetVocabulary,
    boolean shareAllEmbeddings,
    int encoderEmbedDim,
    int decoderEmbedDim,
    List<Integer> encoderFfnEmbedDims,
    List<Integer> decoderFfnEmbedDims,
    int qkvDim,
    int encoderPositionDim,
    int decoderPositionDim,
    ExpertConfig experts,
    Activation activation) {
  private static final int MAX_EMBED_DIM = 1 << 16;

  /** With ReLU. */
  public ModelConfig(
      int sourceVocabulary,
      int targetVocabulary,
      boolean shareAllEmbeddings,
      int encoderEmbedDim,
      int decoderEmbedDim,
      List<Integer> encoderFfnEmbedDims,
      List<Integer> decoderFfnEmbedDims,
      int qkvDim,
      int encoderPositionDim,
      int decoderPositionDim,
      ExpertConfig experts) {
    this(
        sourceVocabulary,
        targetVocabulary,
        shareAllEmbeddings,
        encoderEmbedDim,
        decoderEmbedDim,
        encoderFfnEmbedDims,
        decoderFfnEmbedDims,
        qkvDim,
        encoderPositionDim,
        decoderPositionDim,
        experts,
        Activation.RELU);
  }

  public ModelConfig {
    activation = activation == null ? Activation.RELU : activation;
    encoderFfnEmbedDims = List.copyOf(encoderFfnEmbedDims);
    decoderFfnEmbedDims = List.copyOf(decoderFfnEmbedDims);
    if (shareAllEmbeddings && sourceVocabulary != targetVocabulary) {
      throw new ConfigurationException(
          "share-all-embeddings needs one dictionary for both languages, got "
              + sourceVocabulary
              + " source and "
              + targetVocabulary
              + " target symbols (preprocess with --joined-dictionary)");
    }
    Objects.requireNonNull(experts, "experts");
    positions("encoder embedding width", encoderPositionDim, encoderEmbedDim);
    positions("decoder embedding width", decoderPositionDim, decoderEmbedDim);
  }

  private static void positions(String what, int width, int used) {
    if (width < 4 || width % 2 != 0 || width > MAX_EMBED_DIM) {
      throw new ConfigurationException(
          what
              + ": got "
              + width
              + ", must be even and in 4.."
              + MAX_EMBED_DIM
              + " (sinusoidal positions)");
    }
    fits(what, used, width);
  }

  /** The SuperTransformer of a search space: the maximum of every dimension. */
  public static ModelConfig of(
      SearchSpace space,
      int qkvDim,
      int sourceVocabulary,
      int targetVocabulary,
      boolean shareAllEmbeddings,
      ExpertConfig experts) {
    SubTransformer largest = space.largest();
    for (List<Integer> heads :
        List.of(
            space.encoderHeadChoices(),
            space.decoderHeadChoices(),
            space.encoderDecoderHeadChoices())) {
      for (int h : heads) {
        if (qkvDim % h != 0) {
          throw new ConfigurationException(
              "qkv-dim: got " + qkvDim + ", must be divisible by every number of heads, here " + h);
        }
      }
    }
    return new ModelConfig(
        sourceVocabulary,
        targetVocabulary,
        shareAllEmbeddings,
        largest.encoderEmbedDim(),
        largest.decoderEmbedDim(),
        largest.encoderFfnEmbedDims(),
        largest.decoderFfnEmbedDims(),
        qkvDim,
        largest.encoderEmbedDim(),
        largest.decoderEmbedDim(),
        experts.in(space));
  }

  /** The same sizes with other experts. */
  public ModelConfig withExperts(ExpertConfig other) {
    return new ModelConfig(
        sourceVocabulary,
        targetVocabulary,
        shareAllEmbeddings,
        encoderEmbedDim,
        decoderEmbedDim,
        encoderFfnEmbedDims,
        decoderFfnEmbedDims,
        qkvDim,
        encoderPositionDim,
        decoderPositionDim,
        other,
        activation);
  }

  /** The same sizes with another activation. */
  public ModelConfig withActivation(Activation other) {
    return new ModelConfig(
        sourceVocabulary,
        targetVocabulary,
        shareAllEmbeddings,
        encoderEmbedDim,
        decoderEmbedDim,
        encoderFfnEmbedDims,
        decoderFfnEmbedDims,
        qkvDim,
        encoderPositionDim,
        decoderPositionDim,
        experts,
        other);
  }

  /** The plain Transformer of one architecture, without experts. */
  public ModelConfig standalone(SubTransformer architecture) {
    check(architecture);
    return new ModelConfig(
        sourceVocabulary,
        targetVocabulary,
        shareAllEmbeddings,
        architecture.encoderEmbedDim(),
        architecture.decoderEmbedDim(),
        architecture.encoderFfnEmbedDims(),
        architecture.decoderFfnEmbedDims(),
        qkvDim,
        encoderPositionDim,
        decoderPositionDim,
        ExpertConfig.NONE,
        activation);
  }

  /**
   * Checks that an architecture can be cut out of this model.
   *
   * @throws ConfigurationException naming the dimension that is too large
   */
  public void check(SubTransformer a) {
    fits("encoder embedding width", a.encoderEmbedDim(), encoderEmbedDim);
    fits("decoder embedding width", a.decoderEmbedDim(), decoderEmbedDim);
    fits("encoder depth", a.encoderLayers(), encoderFfnEmbedDims.size());
    fits("decoder depth", a.decoderLayers(), decoderFfnEmbedDims.size());
    for (int i = 0; i < a.encoderLayers(); i++) {
      fits("encoder FFN size", a.encoderFfnEmbedDims().get(i), encoderFfnEmbedDims.get(i));
      divides(a.encoderSelfAttentionHeads().get(i));
    }
    for (int i = 0; i < a.decoderLayers(); i++) {
      fits("decoder FFN size", a.decoderFfnEmbedDims().get(i), decoderFfnEmbedDims.get(i));
      divides(a.decoderSelfAttentionHeads().get(i));
      divides(a.encoderDecoderAttentionHeads().get(i));
    }
  }

  private void divides(int heads) {
    if (qkvDim % heads != 0) {
      throw new ConfigurationException(
          "attention heads: got " + heads + ", must divide the qkv width " + qkvDim);
    }
  }

  private static void fits(String what, int got, int most) {
    if (got > most) {
      throw new ConfigurationException(
          what + ": the architecture has " + got + ", the model at most " + most);
    }
  }

  /** The wider of both embedding widths. */
  @JsonIgnore
  int widerEmbedDim() {
    return Math.max(encoderEmbedDim, decoderEmbedDim);
  }

  /** The largest SubTransformer that fits, with the given number of heads everywhere. */
  public SubTransformer largest(int heads) {
    int encoderLayers = encoderFfnEmbedDims.size();
    int decoderLayers = decoderFfnEmbedDims.size();
    return new SubTransformer(
        encoderEmbedDim,
        decoderEmbedDim,
        encoderFfnEmbedDims,
        Collections.nCopies(encoderLayers, heads),
        decoderFfnEmbedDims,
        Collections.nCopies(decoderLayers, heads),
        Collections.nCopies(decoderLayers, heads),
        Collections.nCopies(decoderLayers, 1));
  }
}
