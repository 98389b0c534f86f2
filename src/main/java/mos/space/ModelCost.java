package mos.space;

import java.util.List;
import mos.base.ConfigurationException;

/**
 * Parameters and FLOPs of SubTransformers as deployed: materialised, without experts and routers.
 *
 * <p>One multiply-add counts as 2 FLOPs. Counted are the matrix products of one teacher-forced
 * forward pass of the encoder over S source tokens and of the decoder over T target tokens: linear
 * layers and both attention products (over full length, the causal mask saves nothing). Biases,
 * LayerNorms, softmax and embedding look-ups are not counted. HAT uses S = T = 30 (iwslt14.de-en:
 * 23).
 *
 * <p>Source: Wang et al., HAT (ACL 2020), section 4; Vaswani et al. (2017), section 3.
 *
 * @param qkvDim width of queries, keys and values where the heads have no sizes of their own
 * @param sourceVocabulary entries of the source dictionary
 * @param targetVocabulary entries of the target dictionary
 * @param shareAllEmbeddings whether one matrix serves encoder, decoder and output layer; else there
 *     are three
 * @param tokenTopK token experts that a token goes to, at least 1
 */
public record ModelCost(
    int qkvDim,
    int sourceVocabulary,
    int targetVocabulary,
    boolean shareAllEmbeddings,
    int tokenTopK) {

  /** Where tokens go to one expert, or there are none to choose from. */
  public ModelCost(
      int qkvDim, int sourceVocabulary, int targetVocabulary, boolean shareAllEmbeddings) {
    this(qkvDim, sourceVocabulary, targetVocabulary, shareAllEmbeddings, 1);
  }

  /**
   * @throws ConfigurationException for sizes that are not positive, and for two dictionaries that
   *     share embeddings
   */
  public ModelCost {
    if (qkvDim < 1 || sourceVocabulary < 0 || targetVocabulary < 0) {
      throw new ConfigurationException(
          "model cost: got qkv-dim "
              + qkvDim
              + " and vocabularies of "
              + sourceVocabulary
              + " and "
              + targetVocabulary
              + ", must be positive");
    }
    if (shareAllEmbeddings && sourceVocabulary != targetVocabulary) {
      throw new ConfigurationException(
          "share-all-embeddings: got dictionaries of "
              + sourceVocabulary
              + " and "
              + targetVocabulary
              + " entries, must be one dictionary");
    }
  }

  /**
   * The experts of a SuperTransformer.
   *
   * @param experts m, weight sets per expert layer; 1 is plain sharing
   * @param neuronWiseHidden hidden size of a neuron-wise router; 0 for a layer-wise one
   * @param layerPeriod every how many layers have experts: 1 all, 2 the 2nd, 4th, …
   * @param encoderTokenExperts the most token experts of an encoder layer, 1 without
   * @param decoderTokenExperts the decoder's
   */
  public record Experts(
      int experts,
      int neuronWiseHidden,
      int layerPeriod,
      int encoderTokenExperts,
      int decoderTokenExperts) {
    /** Plain weight sharing. */
    public static final Experts NONE = new Experts(1, 0, 1);

    /** Without token experts. */
    public Experts(int experts, int neuronWiseHidden, int layerPeriod) {
      this(experts, neuronWiseHidden, layerPeriod, 1, 1);
    }

    /** The same with token experts. */
    public Experts withTokenExperts(int encoder, int decoder) {
      return new Experts(experts, neuronWiseHidden, layerPeriod, encoder, decoder);
    }

    private long ffn(long embed, long ffn, int layer, int tokenExperts) {
      long dense = 2 * embed * ffn + ffn + embed;
      if (experts <= 1 || (layer + 1) % layerPeriod != 0) {
        return tokenExperts * dense;
      }
      long router =
          neuronWiseHidden == 0
              ? 0
              : tokenExperts * experts * (neuronWiseHidden + 1L) * (ffn + embed);
      return experts * dense + router;
    }
  }

  /** Weights and biases of the deployed model, embeddings and output layer left out. */
  public long parametersWithoutEmbedding(SubTransformer a) {
    long sum = layerParameters(a.dense(), qkvDim, Experts.NONE);
    for (int i = 0; i < a.encoderLayers(); i++) {
      sum += furtherExperts(a.encoderEmbedDim(), a.encoderExperts(i));
    }
    for (int i = 0; i < a.decoderLayers(); i++) {
      sum += furtherExperts(a.decoderEmbedDim(), a.decoderExperts(i));
    }
    return sum;
  }

  /** What the token experts after the first and the switch of a layer add. */
  private static long furtherExperts(long embed, List<Integer> experts) {
    if (experts.size() == 1) {
      return 0;
    }
    long sum = experts.size() * (embed + 1);
    for (long ffn : experts.subList(1, experts.size())) {
      sum += ffn == 0 ? 0 : 2 * embed * ffn + ffn + embed;
    }
    return sum;
  }

  /**
   * Of {@link #parametersWithoutEmbedding} those that one token uses when {@code tokenTopK} experts
   * of a layer are its choice and all are chosen equally often, rounded.
   */
  public long activeParametersWithoutEmbedding(SubTransformer a) {
    double sum = layerParameters(a.dense(), qkvDim, Experts.NONE);
    for (int i = 0; i < a.encoderLayers(); i++) {
      sum += activeChange(a.encoderEmbedDim(), a.encoderExperts(i));
    }
    for (int i = 0; i < a.decoderLayers(); i++) {
      sum += activeChange(a.decoderEmbedDim(), a.decoderExperts(i));
    }
    return Math.round(sum);
  }

  private double activeChange(long embed, List<Integer> experts) {
    if (experts.size() == 1) {
      return 0;
    }
    double all = 0;
    for (long ffn : experts) {
      all += ffn == 0 ? 0 : 2 * embed * ffn + ffn + embed;
    }
    long first = 2 * embed * experts.get(0) + experts.get(0) + embed;
    double used = all * Math.min(tokenTopK, experts.size()) / experts.size();
    return used - first + experts.size() * (embed + 1);
  }

  /** Weights and biases of the deployed model with embeddings and output layer. */
  public long parameters(SubTransformer a) {
    long embeddings =
        shareAllEmbeddings
            ? (long) targetVocabulary * Math.max(a.encoderEmbedDim(), a.decoderEmbedDim())
            : (long) sourceVocabulary * a.encoderEmbedDim()
                + 2L * targetVocabulary * a.decoderEmbedDim();
    return parametersWithoutEmbedding(a) + embeddings;
  }

  /**
   * The parameters that one SubTransformer uses inside a SuperTransformer, as the published
   * implementation counts them: every expert, and of a neuron-wise router the sampled rows of its
   * last Linear; layer-wise routers and the first router Linears count nothing, nor do the switches
   * of token experts, all of which count with the size of the layer's first.
   */
  public static long supernetParametersWithoutEmbedding(
      SubTransformer a, int qkvDim, Experts experts) {
    return layerParameters(a, qkvDim, experts);
  }

  private static long layerParameters(SubTransformer a, int qkv, Experts experts) {
    long encoder = a.encoderEmbedDim();
    long decoder = a.decoderEmbedDim();
    long sum = 0;
    for (int i = 0; i < a.encoderLayers(); i++) {
      sum +=
          attentionParameters(a.qkvDim(Dimension.ENCODER_HEADS, i, qkv), encoder, encoder)
              + 2 * 2 * encoder;
      sum +=
          experts.ffn(encoder, a.value(Dimension.ENCODER_FFN, i), i, experts.encoderTokenExperts());
    }
    for (int i = 0; i < a.decoderLayers(); i++) {
      sum += attentionParameters(a.qkvDim(Dimension.DECODER_HEADS, i, qkv), decoder, decoder);
      sum +=
          attentionParameters(a.qkvDim(Dimension.ENCODER_DECODER_HEADS, i, qkv), decoder, encoder);
      sum += 3 * 2 * decoder;
      sum +=
          experts.ffn(decoder, a.value(Dimension.DECODER_FFN, i), i, experts.decoderTokenExperts());
    }
    return sum;
  }

  /** q and output projection at the querying width, k and v at the attended width. */
  private static long attentionParameters(long qkv, long queryWidth, long keyWidth) {
    return qkv * queryWidth + 2 * qkv * keyWidth + 3 * qkv + queryWidth * qkv + queryWidth;
  }

  /** FLOPs of one sentence pair with S source and T target tokens, output layer included. */
  public long flops(SubTransformer a, int sourceTokens, int targetTokens) {
    long output = 2L * targetTokens * a.decoderEmbedDim() * targetVocabulary;
    return flopsWithoutOutputLayer(a, sourceTokens, targetTokens) + output;
  }

  /** FLOPs of one sentence pair with S source and T target tokens, without the output layer. */
  public long flopsWithoutOutputLayer(SubTransformer a, int sourceTokens, int targetTokens) {
    long s = sourceTokens;
    long t = targetTokens;
    long encoder = a.encoderEmbedDim();
    long decoder = a.decoderEmbedDim();
    long multiplyAdds = 0;
    for (int i = 0; i < a.encoderLayers(); i++) {
      long qkv = a.qkvDim(Dimension.ENCODER_HEADS, i, qkvDim);
      multiplyAdds += s * 4 * qkv * encoder + 2 * s * s * qkv;
      multiplyAdds += feedForward(s, encoder, a.encoderExperts(i));
    }
    for (int i = 0; i < a.decoderLayers(); i++) {
      long keys = s * a.attendedEncoderLayers(i);
      long qkv = a.qkvDim(Dimension.DECODER_HEADS, i, qkvDim);
      long cross = a.qkvDim(Dimension.ENCODER_DECODER_HEADS, i, qkvDim);
      multiplyAdds += t * 4 * qkv * decoder + 2 * t * t * qkv;
      multiplyAdds += t * 2 * cross * decoder + keys * 2 * cross * encoder + 2 * t * keys * cross;
      multiplyAdds += feedForward(t, decoder, a.decoderExperts(i));
    }
    return 2 * multiplyAdds;
  }

  /** Multiply-adds where each token goes to topK experts, all equally often, and of the switch. */
  private long feedForward(long tokens, long embed, List<Integer> experts) {
    long sum = experts.stream().mapToLong(Integer::longValue).sum();
    int n = experts.size();
    if (n == 1) {
      return tokens * 2 * embed * sum;
    }
    return tokens * 2 * embed * sum * Math.min(tokenTopK, n) / n + tokens * embed * n;
  }
}
