package mos.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import mos.base.Json;
import mos.base.MosException;
import mos.space.Activation;
import mos.space.Plain;
import mos.space.SearchSpace;
import org.junit.jupiter.api.Test;

/** The JSON of checkpoints: what is pinned here was written by the versions before. */
class StoredModelConfigTest {
  private static final SearchSpace PLAIN =
      Plain.space(
          List.of(16, 8),
          List.of(12),
          List.of(24, 12),
          List.of(20),
          List.of(2),
          List.of(2, 1),
          List.of(4, 2),
          List.of(4, 2),
          List.of(4, 1),
          List.of(-1, 1));
  private static final SearchSpace ROUTED =
      PLAIN.withTokenExperts(List.of(1, 3), List.of(24, 0), List.of(1));
  private static final SearchSpace SIZED = PLAIN.withHeadDims(List.of(4, 2), List.of(3));

  private static final String EXPERTS =
      "\"experts\":{\"count\":1,\"routing\":\"neuronrouting_jack_drop_2L\",\"hypernetHiddenSize\":128,"
          + "\"layerFreq\":-1.0,\"featureFormat\":\"aggr\","
          + "\"featureNorm\":[640.0,6.0,2048.0,6.0,640.0,6.0,2048.0,6.0,6.0,2.0],\"modules\":\"FFN\",\"rank\":0,"
          + "\"fineScale\":{\"encoderLayers\":6,\"decoderLayers\":6,\"embed\":640,\"ffn\":3072,\"heads\":8}}";

  private static ModelConfig config(SearchSpace space) {
    return ModelConfig.of(space, 16, 30, 31, false, ExpertConfig.NONE);
  }

  private static void assertStored(ModelConfig config, String json) {
    assertThat(Json.line(config)).isEqualTo(json);
    assertThat(Json.as(Json.parse(json, "test"), ModelConfig.class, "test")).isEqualTo(config);
  }

  @Test
  void superTransformer() {
    assertStored(
        config(PLAIN).withActivation(Activation.SWISH),
        "{\"sourceVocabulary\":30,\"targetVocabulary\":31,\"shareAllEmbeddings\":false,"
            + "\"encoderEmbedDim\":16,\"decoderEmbedDim\":12,"
            + "\"encoderFfnEmbedDims\":[24,24],\"decoderFfnEmbedDims\":[20,20],\"qkvDim\":16,"
            + "\"encoderPositionDim\":16,\"decoderPositionDim\":12,"
            + EXPERTS
            + ",\"activation\":\"SWISH\"}");
  }

  @Test
  void tokenExperts() {
    assertStored(
        config(ROUTED),
        "{\"sourceVocabulary\":30,\"targetVocabulary\":31,\"shareAllEmbeddings\":false,"
            + "\"encoderEmbedDim\":16,\"decoderEmbedDim\":12,"
            + "\"encoderFfnEmbedDims\":[24,24],\"decoderFfnEmbedDims\":[20,20],\"qkvDim\":16,"
            + "\"encoderPositionDim\":16,\"decoderPositionDim\":12,"
            + EXPERTS
            + ",\"activation\":\"RELU\",\"encoderOtherExperts\":[[24,24],[24,24]],\"tokenTopK\":1}");
  }

  @Test
  void headSizesOfTheirOwn() {
    assertStored(
        config(SIZED).standalone(SIZED.smallest()),
        "{\"sourceVocabulary\":30,\"targetVocabulary\":31,\"shareAllEmbeddings\":false,"
            + "\"encoderEmbedDim\":8,\"decoderEmbedDim\":12,"
            + "\"encoderFfnEmbedDims\":[12,12],\"decoderFfnEmbedDims\":[20],\"qkvDim\":16,"
            + "\"encoderPositionDim\":16,\"decoderPositionDim\":12,"
            + EXPERTS
            + ",\"activation\":\"RELU\",\"attentionWidths\":"
            + "{\"encoder\":[4,4],\"decoder\":[6],\"encoderDecoder\":[3]}}");
  }

  @Test
  void headSizesThatFillTheModelsWidth() {
    SearchSpace space = PLAIN.withHeadDims(List.of(4), List.of(4));
    assertStored(
        config(space).standalone(space.largest()),
        "{\"sourceVocabulary\":30,\"targetVocabulary\":31,\"shareAllEmbeddings\":false,"
            + "\"encoderEmbedDim\":16,\"decoderEmbedDim\":12,"
            + "\"encoderFfnEmbedDims\":[24,24],\"decoderFfnEmbedDims\":[20,20],\"qkvDim\":16,"
            + "\"encoderPositionDim\":16,\"decoderPositionDim\":12,"
            + EXPERTS
            + ",\"activation\":\"RELU\",\"attentionWidths\":"
            + "{\"encoder\":[16,16],\"decoder\":[16,16],\"encoderDecoder\":[16,16]}}");
  }

  @Test
  void whatTheFirstVersionsLeftOutIsReluAndDense() {
    String json =
        """
        {"sourceVocabulary":30,"targetVocabulary":31,"shareAllEmbeddings":false,
        "encoderEmbedDim":16,"decoderEmbedDim":12,
        "encoderFfnEmbedDims":[24,24],"decoderFfnEmbedDims":[20,20],"qkvDim":16,
        "encoderPositionDim":16,"decoderPositionDim":12,
        """
            + EXPERTS
            + "}";
    assertThat(Json.as(Json.parse(json, "test"), ModelConfig.class, "test"))
        .isEqualTo(config(PLAIN));
  }

  @Test
  void impossibleSizesAreRefused() {
    String json = Json.line(config(SIZED).standalone(SIZED.smallest()));
    assertRefused(json.replace("\"decoder\":[6]", "\"decoder\":[6,6]"), "need 1 of at least 1");
    assertRefused(json.replace("\"decoder\":[6]", "\"decoder\":[]"), "need all three or none");
    assertRefused(json.replace("[4,4]", "null"), "ModelConfig");
    assertRefused(json.replace("[12,12]", "null"), "ModelConfig");
    assertRefused(json.replace("\"qkvDim\"", "\"qkv\""), "qkv");
    assertRefused(
        json.replace("\"decoderPositionDim\":12", "\"decoderPositionDim\":13"),
        "decoder embedding width: got 13, must be even");
  }

  private static void assertRefused(String json, String message) {
    assertThatThrownBy(() -> Json.as(Json.parse(json, "test"), ModelConfig.class, "test"))
        .isInstanceOf(MosException.class)
        .hasMessageContaining(message);
  }
}
