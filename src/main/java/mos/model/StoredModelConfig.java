package mos.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import mos.space.Activation;

/**
 * A {@link ModelConfig} as checkpoints store it in JSON. Names and their order are those of the
 * first version that wrote them; what later versions added is left out where it is not used, and
 * null or 0 where it was left out.
 */
record StoredModelConfig(
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
    @JsonInclude(JsonInclude.Include.NON_NULL) AttentionDims attentionWidths) {

  /** Of head sizes of their own: Q of every layer's attentions. */
  record AttentionDims(List<Integer> encoder, List<Integer> decoder, List<Integer> encoderDecoder) {
    private static final AttentionDims NONE = new AttentionDims(List.of(), List.of(), List.of());
  }

  static StoredModelConfig of(ModelConfig config) {
    StackSizes encoder = config.encoder();
    StackSizes decoder = config.decoder();
    return new StoredModelConfig(
        config.sourceVocabulary(),
        config.targetVocabulary(),
        config.shareAllEmbeddings(),
        encoder.embedDim(),
        decoder.embedDim(),
        encoder.ffnEmbedDims(),
        decoder.ffnEmbedDims(),
        config.qkvDim(),
        encoder.positionDim(),
        decoder.positionDim(),
        config.experts(),
        config.activation(),
        encoder.otherExperts(),
        decoder.otherExperts(),
        config.tokenTopK(),
        encoder.selfAttentionDims().isEmpty()
            ? null
            : new AttentionDims(
                encoder.selfAttentionDims(),
                decoder.selfAttentionDims(),
                decoder.encoderAttentionDims()));
  }

  ModelConfig config() {
    AttentionDims dims = attentionWidths == null ? AttentionDims.NONE : attentionWidths;
    return new ModelConfig(
        sourceVocabulary,
        targetVocabulary,
        shareAllEmbeddings,
        new StackSizes(
            encoderEmbedDim,
            encoderPositionDim,
            encoderFfnEmbedDims,
            encoderOtherExperts,
            dims.encoder,
            List.of()),
        new StackSizes(
            decoderEmbedDim,
            decoderPositionDim,
            decoderFfnEmbedDims,
            decoderOtherExperts,
            dims.decoder,
            dims.encoderDecoder),
        qkvDim,
        experts,
        activation,
        tokenTopK);
  }
}
