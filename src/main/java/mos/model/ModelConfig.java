package mos.model;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import mos.base.ConfigurationException;
import mos.nn.Activation;
import mos.space.ArchitectureFeatures;
import mos.space.Dimension;
import mos.space.ModelCost;
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
 * @param qkvDim Q, the total width of queries, keys and values; in a SuperTransformer the largest
 * @param encoderPositionDim width over which sinusoidal positions are spread and to which dropout
 *     is relative: that of the SuperTransformer, also for a standalone SubTransformer cut out of it
 * @param decoderPositionDim the decoder's
 * @param experts expert choices
 * @param activation of the FFNs; null, as in older checkpoints, means ReLU
 * @param encoderOtherExperts largest F of every encoder layer's token experts after the first;
 *     empty without
 * @param decoderOtherExperts the decoder's
 * @param tokenTopK experts that a token goes to, at least 1; 0 without token experts
 * @param attentionWidths of a standalone SubTransformer with head sizes of its own; null: Q
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
    Activation activation,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<List<Integer>> encoderOtherExperts,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<List<Integer>> decoderOtherExperts,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) int tokenTopK,
    @JsonInclude(JsonInclude.Include.NON_NULL) AttentionWidths attentionWidths) {
  private static final int MAX_EMBED_DIM = 1 << 16;

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
    // Checkpoints from before token experts lack these.
    encoderOtherExperts = layers("encoder", encoderOtherExperts, encoderFfnEmbedDims.size());
    decoderOtherExperts = layers("decoder", decoderOtherExperts, decoderFfnEmbedDims.size());
    boolean routed = !encoderOtherExperts.isEmpty() || !decoderOtherExperts.isEmpty();
    tokenTopK = routed ? Math.max(1, tokenTopK) : 0;
    if (attentionWidths != null) {
      widths("encoder", attentionWidths.encoder(), encoderFfnEmbedDims.size());
      widths("decoder", attentionWidths.decoder(), decoderFfnEmbedDims.size());
      widths("decoder", attentionWidths.encoderDecoder(), decoderFfnEmbedDims.size());
    }
  }

  private static void widths(String side, List<Integer> widths, int layers) {
    if (widths.size() != layers || Collections.min(widths) < 1) {
      throw new ConfigurationException(
          side + " attention widths: got " + widths + ", need " + layers + " of at least 1");
    }
  }

  /** With ReLU and without token experts. */
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
        Activation.RELU,
        List.of(),
        List.of(),
        0,
        null);
  }

  /**
   * The same with token experts.
   *
   * @param encoder largest sizes of every encoder layer's experts after the first
   * @param decoder the decoder's
   * @param topK experts that a token goes to; no more than a layer has
   */
  public ModelConfig withTokenExperts(
      List<List<Integer>> encoder, List<List<Integer>> decoder, int topK) {
    return with(experts, activation, encoder, decoder, topK);
  }

  /** The same sizes of everything but token experts. */
  private ModelConfig with(
      ExpertConfig otherExperts,
      Activation otherActivation,
      List<List<Integer>> encoder,
      List<List<Integer>> decoder,
      int topK) {
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
        otherExperts,
        otherActivation,
        encoder,
        decoder,
        topK,
        attentionWidths);
  }

  /** Q of an encoder layer. */
  int encoderQkvDim(int layer) {
    return attentionWidths == null ? qkvDim : attentionWidths.encoder().get(layer);
  }

  /** Q of a decoder layer's self-attention. */
  int decoderQkvDim(int layer) {
    return attentionWidths == null ? qkvDim : attentionWidths.decoder().get(layer);
  }

  /** Q of a decoder layer's attention to the encoder. */
  int encoderDecoderQkvDim(int layer) {
    return attentionWidths == null ? qkvDim : attentionWidths.encoderDecoder().get(layer);
  }

  private static List<List<Integer>> layers(String side, List<List<Integer>> others, int layers) {
    if (others == null || others.stream().allMatch(List::isEmpty)) {
      return List.of();
    }
    if (others.size() != layers) {
      throw new ConfigurationException(
          side + " token experts: got " + others.size() + " lists for " + layers + " layers");
    }
    return others.stream().map(List::copyOf).toList();
  }

  /** Whether tokens choose between experts. */
  @JsonIgnore
  public boolean tokenRouted() {
    return tokenTopK > 0;
  }

  /** Largest FFN sizes of an encoder layer's token experts; one of a dense layer. */
  List<Integer> encoderExperts(int layer) {
    return experts(encoderFfnEmbedDims, encoderOtherExperts, layer);
  }

  /** Largest FFN sizes of a decoder layer's token experts; one of a dense layer. */
  List<Integer> decoderExperts(int layer) {
    return experts(decoderFfnEmbedDims, decoderOtherExperts, layer);
  }

  private static List<Integer> experts(List<Integer> first, List<List<Integer>> others, int layer) {
    List<Integer> all = new ArrayList<>(List.of(first.get(layer)));
    if (!others.isEmpty()) {
      all.addAll(others.get(layer));
    }
    return all;
  }

  /** The most token experts of a layer of one side; 1: none. */
  int mostExperts(boolean encoder) {
    List<List<Integer>> others = encoder ? encoderOtherExperts : decoderOtherExperts;
    return 1 + others.stream().mapToInt(List::size).max().orElse(0);
  }

  /** Numbers that describe an architecture to the routers over weight sets. */
  int featureCount() {
    return experts.featureCount() + (tokenRouted() ? 2 : 0);
  }

  /**
   * The normalised description of an architecture, {@link #featureCount} numbers; with token
   * experts the two of {@link ArchitectureFeatures#tokenExperts} come last, divided by the most
   * there are.
   */
  float[] features(SubTransformer architecture) {
    float[] values = Arrays.copyOf(experts.features(architecture), featureCount());
    if (tokenRouted()) {
      double[] numbers = ArchitectureFeatures.tokenExperts(architecture);
      values[values.length - 2] = (float) (numbers[0] / mostExperts(true));
      values[values.length - 1] = (float) (numbers[1] / mostExperts(false));
    }
    return values;
  }

  /** What the experts of both kinds mean for parameter counts. */
  public ModelCost.Experts costModel() {
    return experts.costModel().withTokenExperts(mostExperts(true), mostExperts(false));
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
    heads(space.choices(Dimension.ENCODER_HEADS), space.mostHeadDim(true), qkvDim);
    heads(space.choices(Dimension.DECODER_HEADS), space.mostHeadDim(false), qkvDim);
    heads(space.choices(Dimension.ENCODER_DECODER_HEADS), space.mostHeadDim(false), qkvDim);
    return new ModelConfig(
            sourceVocabulary,
            targetVocabulary,
            shareAllEmbeddings,
            largest.encoderEmbedDim(),
            largest.decoderEmbedDim(),
            largest.values(Dimension.ENCODER_FFN),
            largest.values(Dimension.DECODER_FFN),
            qkvDim,
            largest.encoderEmbedDim(),
            largest.decoderEmbedDim(),
            experts.in(space))
        .withTokenExperts(largest.otherExperts(true), largest.otherExperts(false), 1);
  }

  private static void heads(List<Integer> choices, int headDim, int qkvDim) {
    for (int h : choices) {
      if (headDim == 0 && qkvDim % h != 0) {
        throw new ConfigurationException(
            "qkv-dim: got " + qkvDim + ", must be divisible by every number of heads, here " + h);
      }
      if ((long) h * headDim > qkvDim) {
        throw new ConfigurationException(
            "qkv-dim: got " + qkvDim + ", must have room for " + h + " heads of size " + headDim);
      }
    }
  }

  /** The same sizes with other experts. */
  public ModelConfig withExperts(ExpertConfig other) {
    return with(other, activation, encoderOtherExperts, decoderOtherExperts, tokenTopK);
  }

  /** The same sizes with another activation. */
  public ModelConfig withActivation(Activation other) {
    return with(experts, other, encoderOtherExperts, decoderOtherExperts, tokenTopK);
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
        architecture.values(Dimension.ENCODER_FFN),
        architecture.values(Dimension.DECODER_FFN),
        qkvDim,
        encoderPositionDim,
        decoderPositionDim,
        ExpertConfig.NONE,
        activation,
        architecture.otherExperts(true),
        architecture.otherExperts(false),
        tokenTopK,
        AttentionWidths.of(architecture, qkvDim));
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
      fits("encoder", i, a.encoderExperts(i), encoderExperts(i));
      int headDim = a.value(Dimension.ENCODER_HEAD_DIM, i);
      heads(a.value(Dimension.ENCODER_HEADS, i), headDim, encoderQkvDim(i));
    }
    for (int i = 0; i < a.decoderLayers(); i++) {
      fits("decoder", i, a.decoderExperts(i), decoderExperts(i));
      int headDim = a.value(Dimension.DECODER_HEAD_DIM, i);
      heads(a.value(Dimension.DECODER_HEADS, i), headDim, decoderQkvDim(i));
      heads(a.value(Dimension.ENCODER_DECODER_HEADS, i), headDim, encoderDecoderQkvDim(i));
    }
  }

  private void fits(String side, int layer, List<Integer> got, List<Integer> most) {
    fits(side + " token experts", got.size(), most.size());
    for (int k = 0; k < got.size(); k++) {
      // The experts of a mixture are all cut from the same weight sets.
      int size = experts.inLayer(layer) ? Collections.max(most) : most.get(k);
      fits(side + " FFN size", got.get(k), size);
    }
  }

  private static void heads(int heads, int headDim, int width) {
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
            Map.of(
                Dimension.ENCODER_EMBED, List.of(encoderEmbedDim),
                Dimension.DECODER_EMBED, List.of(decoderEmbedDim),
                Dimension.ENCODER_FFN, encoderFfnEmbedDims,
                Dimension.ENCODER_HEADS, Collections.nCopies(encoderLayers, heads),
                Dimension.DECODER_FFN, decoderFfnEmbedDims,
                Dimension.DECODER_HEADS, Collections.nCopies(decoderLayers, heads),
                Dimension.ENCODER_DECODER_HEADS, Collections.nCopies(decoderLayers, heads),
                Dimension.ARBITRARY_ATTENTION, Collections.nCopies(decoderLayers, 1)))
        .withOtherExperts(true, encoderOtherExperts)
        .withOtherExperts(false, decoderOtherExperts);
  }
}
