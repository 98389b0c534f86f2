package mos.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import mos.base.Json;
import mos.base.MosException;
import org.junit.jupiter.api.Test;

/** The lines are what the first version wrote, when records had a component per name. */
class StoredFormTest {
  private static final SearchSpace ALL =
      SearchSpaceTest.SMALL
          .withTokenExperts(List.of(1, 2, 3), List.of(96, 0, 1), List.of(1, 2))
          .withHeadDims(List.of(8, 4), List.of())
          .withActivations(List.of(), List.of(2, 1));

  private static final String SPACE =
      """
      {"encoderEmbedChoices":[48,32],"decoderEmbedChoices":[40,24],"encoderFfnChoices":[96,64],\
      "decoderFfnChoices":[80,56],"encoderLayerChoices":[3,2],"decoderLayerChoices":[3,2,1],\
      "encoderHeadChoices":[4,2],"decoderHeadChoices":[8,4],"encoderDecoderHeadChoices":[2,1],\
      "arbitraryAttentionChoices":[-1,1,2],"encoderExpertChoices":[1,2,3],\
      "encoderExpertFfnChoices":[96,0,1],"decoderExpertChoices":[1,2],\
      "decoderExpertFfnChoices":[96,0,1],"encoderHeadDimChoices":[8,4],\
      "decoderHeadDimChoices":[0],"encoderActivationChoices":[0],\
      "decoderActivationChoices":[2,1]}""";

  private static final SubTransformer ARCHITECTURE =
      Plain.architecture(
              32,
              24,
              List.of(64, 96),
              List.of(2, 4),
              List.of(56),
              List.of(4),
              List.of(1),
              List.of(-1))
          .withOtherExperts(true, List.of(List.of(), List.of(96, 0)))
          .withHeadDims(List.of(4, 8), List.of())
          .withActivations(List.of(), List.of(2));

  private static final String HAT =
      """
      {"encoderEmbedDim":32,"decoderEmbedDim":24,"encoderFfnEmbedDims":[64,96],\
      "encoderSelfAttentionHeads":[2,4],"decoderFfnEmbedDims":[56],\
      "decoderSelfAttentionHeads":[4],"encoderDecoderAttentionHeads":[1],\
      "arbitraryAttention":[-1]""";

  private static SubTransformer architecture(String stored) {
    return Json.as(Json.parse(stored, "x"), SubTransformer.class, "x");
  }

  private static SearchSpace space(String stored) {
    return Json.as(Json.parse(stored, "x"), SearchSpace.class, "x");
  }

  @Test
  void spacesKeepNamesAndOrder() {
    assertThat(Json.line(ALL)).isEqualTo(SPACE);
    assertThat(space(SPACE)).isEqualTo(ALL);
    String old = SPACE.substring(0, SPACE.indexOf(",\"encoderExpert")) + "}";
    assertThat(space(old)).isEqualTo(SearchSpaceTest.SMALL);
  }

  @Test
  void architecturesKeepNamesAndOrderAndOmitWhatTheyDoNotUse() {
    String all =
        HAT
            + ",\"encoderOtherExperts\":[[],[96,0]],\"encoderHeadDims\":[4,8],"
            + "\"decoderActivations\":[2]}";
    assertThat(Json.line(ARCHITECTURE)).isEqualTo(all);
    assertThat(architecture(all)).isEqualTo(ARCHITECTURE).hasSameHashCodeAs(ARCHITECTURE);
    SubTransformer plain =
        ARCHITECTURE
            .dense()
            .withHeadDims(List.of(), List.of())
            .withActivations(List.of(), List.of());
    assertThat(Json.line(plain)).isEqualTo(HAT + "}");
    assertThat(architecture(HAT + ",\"encoderOtherExperts\":[],\"encoderHeadDims\":null}"))
        .isEqualTo(plain);
  }

  @Test
  void whatIsStoredIsReadBack() {
    Random random = new Random(1);
    for (int n = 0; n < 50; n++) {
      SubTransformer a = ALL.sample(random);
      assertThat(architecture(Json.line(a))).isEqualTo(a);
    }
  }

  @Test
  void anythingElseIsRefused() {
    for (String broken :
        List.of(
            "{}",
            "[]",
            "7",
            HAT + ",\"more\":1}",
            HAT.replace("[64,96]", "64") + "}",
            HAT.replace("[64,96]", "[64,[96]]") + "}",
            HAT.replace("[64,96]", "[64,9.5]") + "}",
            HAT.replace("[2,4]", "[2]") + "}",
            HAT.replace("[-1]", "[0]") + "}",
            HAT.replace("32", "0") + "}",
            HAT + ",\"encoderOtherExperts\":[[3]]}")) {
      assertThatThrownBy(() -> architecture(broken)).as(broken).isInstanceOf(MosException.class);
    }
    for (String broken : List.of("{}", "[]", SPACE.replace("[48,32]", "[]"))) {
      assertThatThrownBy(() -> space(broken)).as(broken).isInstanceOf(MosException.class);
    }
  }
}
