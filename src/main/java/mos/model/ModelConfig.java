package mos.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import mos.base.ConfigurationException;
import mos.onnx.ModelSizes;
import mos.space.Activation;
import mos.space.Dimension;
import mos.space.FeatureBlock;
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
 * @param encoder its sizes
 * @param decoder its sizes
 * @param qkvDim Q, the total width of queries, keys and values; in a SuperTransformer the largest
 * @param experts expert choices
 * @param activation of the FFNs; null, as in older checkpoints, means ReLU
 * @param tokenTopK experts that a token goes to, at least 1; 0 without token experts
 */
public record ModelConfig(
    int sourceVocabulary,
    int targetVocabulary,
    boolean shareAllEmbeddings,
    StackSizes encoder,
    StackSizes decoder,
    int qkvDim,
    ExpertConfig experts,
    Activation activation,
    int tokenTopK) {

  public ModelConfig {
    activation = activation == null ? Activation.RELU : activation;
    if (shareAllEmbeddings && sourceVocabulary != targetVocabulary) {
      throw new ConfigurationException(
          "share-all-embeddings needs one dictionary for both languages, got "
              + sourceVocabulary
              + " source and "
              + targetVocabulary
              + " target symbols (preprocess with --joined-dictionary)");
    }
    Objects.requireNonNull(experts, "experts");
    encoder.check("encoder");
    decoder.check("decoder");
    boolean none = encoder.selfAttentionDims().isEmpty();
    if (none != decoder.selfAttentionDims().isEmpty()
        || none != decoder.encoderAttentionDims().isEmpty()) {
      throw new ConfigurationException(
          "attention widths: got those of some attentions only, need all three or none");
    }
    boolean routed = encoder.mostExperts() > 1 || decoder.mostExperts() > 1;
    tokenTopK = routed ? Math.max(1, tokenTopK) : 0;
  }

  /** With ReLU, and a token goes to one token expert if there are any. */
  public ModelConfig(
      int sourceVocabulary,
      int targetVocabulary,
      boolean shareAllEmbeddings,
      StackSizes encoder,
      StackSizes decoder,
      int qkvDim,
      ExpertConfig experts) {
    this(
        sourceVocabulary,
        targetVocabulary,
        shareAllEmbeddings,
        encoder,
        decoder,
        qkvDim,
        experts,
        Activation.RELU,
        1);
  }

  /** The SuperTransformer of a search space: the maximum of every dimension. */
  public static ModelConfig of(
      SearchSpace space,
      int qkvDim,
      int sourceVocabulary,
      int targetVocabulary,
      boolean shareAllEmbeddings,
      ExpertConfig experts) {
    for (Dimension heads : Dimension.values()) {
      if (heads.countsHeads()) {
        int headDim = space.mostHeadDim(heads.ofEncoder());
        space.choices(heads).forEach(h -> ArchitectureCheck.heads(h, headDim, qkvDim));
      }
    }
    SubTransformer largest = space.largest();
    return new ModelConfig(
        sourceVocabulary,
        targetVocabulary,
        shareAllEmbeddings,
        StackSizes.of(
            largest.encoderEmbedDim(),
            largest.values(Dimension.ENCODER_FFN),
            largest.otherExperts(true)),
        StackSizes.of(
            largest.decoderEmbedDim(),
            largest.values(Dimension.DECODER_FFN),
            largest.otherExperts(false)),
        qkvDim,
        experts.in(space));
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static ModelConfig stored(StoredModelConfig json) {
    return json.config();
  }

  @JsonValue
  StoredModelConfig stored() {
    return StoredModelConfig.of(this);
  }

  /** The same sizes with other experts. */
  public ModelConfig withExperts(ExpertConfig other) {
    return with(encoder, decoder, other, activation, tokenTopK);
  }

  /** The same sizes for other dictionaries. */
  public ModelConfig withVocabularies(int source, int target) {
    return new ModelConfig(
        source,
        target,
        shareAllEmbeddings,
        encoder,
        decoder,
        qkvDim,
        experts,
        activation,
        tokenTopK);
  }

  /** The same sizes with another activation. */
  public ModelConfig withActivation(Activation other) {
    return with(encoder, decoder, experts, other, tokenTopK);
  }

  /** The same sizes where a token goes to {@code topK} experts; no more than a layer has. */
  public ModelConfig withTokenTopK(int topK) {
    return with(encoder, decoder, experts, activation, topK);
  }

  /** The plain Transformer of one architecture, without experts. */
  public ModelConfig standalone(SubTransformer a) {
    check(a);
    return with(
        StackSizes.of(a, true, encoder.positionDim(), qkvDim),
        StackSizes.of(a, false, decoder.positionDim(), qkvDim),
        ExpertConfig.NONE,
        activation,
        tokenTopK);
  }

  private ModelConfig with(
      StackSizes otherEncoder,
      StackSizes otherDecoder,
      ExpertConfig otherExperts,
      Activation otherActivation,
      int topK) {
    return new ModelConfig(
        sourceVocabulary,
        targetVocabulary,
        shareAllEmbeddings,
        otherEncoder,
        otherDecoder,
        qkvDim,
        otherExperts,
        otherActivation,
        topK);
  }

  /**
   * Checks that an architecture can be cut out of this model.
   *
   * @throws ConfigurationException naming the dimension that is too large
   */
  public void check(SubTransformer architecture) {
    new ArchitectureCheck(this).check(architecture);
  }

  /** Whether tokens choose between experts. */
  public boolean tokenRouted() {
    return tokenTopK > 0;
  }

  /** Numbers that describe an architecture to the routers over weight sets. */
  int featureCount() {
    return experts.featureCount() + (tokenRouted() ? 2 : 0);
  }

  /**
   * The normalised description of an architecture, {@link #featureCount} numbers; with token
   * experts the two of {@link FeatureBlock#TOKEN_EXPERTS} come last, divided by the most there are.
   */
  float[] features(SubTransformer architecture) {
    float[] values = Arrays.copyOf(experts.features(architecture), featureCount());
    if (tokenRouted()) {
      double[] numbers = FeatureBlock.TOKEN_EXPERTS.averages(architecture);
      values[values.length - 2] = (float) (numbers[0] / encoder.mostExperts());
      values[values.length - 1] = (float) (numbers[1] / decoder.mostExperts());
    }
    return values;
  }

  /**
   * What ONNX graphs of an architecture are made from.
   *
   * @throws ConfigurationException for one that does not fit, or has token experts
   */
  public ModelSizes graphSizes(SubTransformer architecture) {
    check(architecture);
    return new ModelSizes(
        architecture,
        qkvDim,
        sourceVocabulary,
        targetVocabulary,
        shareAllEmbeddings,
        activation.name().toLowerCase(Locale.ROOT),
        SubTransformer.MAX_POSITIONS);
  }

  /** What parameters and FLOPs of its SubTransformers are counted from. */
  public ModelCost cost() {
    return new ModelCost(
        qkvDim, sourceVocabulary, targetVocabulary, shareAllEmbeddings, Math.max(1, tokenTopK));
  }

  /** What the experts of both kinds mean for parameter counts. */
  public ModelCost.Experts costModel() {
    return experts.costModel().withTokenExperts(encoder.mostExperts(), decoder.mostExperts());
  }

  /** The wider of both embedding widths. */
  int widerEmbedDim() {
    return Math.max(encoder.embedDim(), decoder.embedDim());
  }

  /** The largest SubTransformer that fits, with the given number of heads everywhere. */
  public SubTransformer largest(int heads) {
    List<Integer> encoderHeads = Collections.nCopies(encoder.layers(), heads);
    List<Integer> decoderHeads = Collections.nCopies(decoder.layers(), heads);
    return new SubTransformer(
            Map.of(
                Dimension.ENCODER_EMBED, List.of(encoder.embedDim()),
                Dimension.DECODER_EMBED, List.of(decoder.embedDim()),
                Dimension.ENCODER_FFN, encoder.ffnEmbedDims(),
                Dimension.ENCODER_HEADS, encoderHeads,
                Dimension.DECODER_FFN, decoder.ffnEmbedDims(),
                Dimension.DECODER_HEADS, decoderHeads,
                Dimension.ENCODER_DECODER_HEADS, decoderHeads,
                Dimension.ARBITRARY_ATTENTION, Collections.nCopies(decoder.layers(), 1)))
        .withOtherExperts(true, encoder.otherExperts())
        .withOtherExperts(false, decoder.otherExperts());
  }
}
