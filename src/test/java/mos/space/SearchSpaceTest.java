package mos.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import mos.base.ConfigurationException;
import mos.config.Settings;
import org.junit.jupiter.api.Test;

class SearchSpaceTest {
  static final SearchSpace SMALL =
      Plain.space(
          List.of(48, 32),
          List.of(40, 24),
          List.of(96, 64),
          List.of(80, 56),
          List.of(3, 2),
          List.of(3, 2, 1),
          List.of(4, 2),
          List.of(8, 4),
          List.of(2, 1),
          List.of(-1, 1, 2));

  static final String YAML =
      """
      encoder-embed-choice: [48, 32]
      decoder-embed-choice: [40, 24]
      encoder-ffn-embed-dim-choice: [96, 64]
      decoder-ffn-embed-dim-choice: [80, 56]
      encoder-layer-num-choice: [3, 2]
      decoder-layer-num-choice: [3, 2, 1]
      encoder-self-attention-heads-choice: [4, 2]
      decoder-self-attention-heads-choice: [8, 4]
      decoder-ende-attention-heads-choice: [2, 1]
      decoder-arbitrary-ende-attn-choice: [-1, 1, 2]
      """;

  private static SearchSpace parse(String yaml) {
    return SearchSpaceSettings.space(
        Settings.parse(yaml, "space.yml", SearchSpaceSettings.settings()));
  }

  @Test
  void settingsGiveEveryDimensionItsOwnChoices() {
    assertThat(parse(YAML)).isEqualTo(SMALL);
  }

  @Test
  void attentionCanBeRestrictedToTheLastEncoderLayer() {
    SearchSpace restricted = parse(YAML + "ende-attn: last\n");
    assertThat(restricted).isEqualTo(SMALL.with(Dimension.ARBITRARY_ATTENTION, List.of(-1)));
    // The ends of the sandwich are in the space that is trained.
    assertThat(restricted.contains(restricted.largest())).isTrue();
    assertThat(restricted.contains(restricted.smallest())).isTrue();
    assertThatThrownBy(() -> parse(YAML.replace("[-1, 1, 2]", "[1, 2]") + "ende-attn: last\n"))
        .hasMessage(
            "ende-attn: got last, must be any: decoder-arbitrary-ende-attn-choice is [1, 2]"
                + " (space.yml:11)");
  }

  @Test
  void illegalChoicesAreNamedWithTheirPlace() {
    assertThatThrownBy(() -> parse(YAML.replace("[-1, 1, 2]", "[-1, 0]")))
        .hasMessage("decoder-arbitrary-ende-attn-choice: got 0, must be -1, 1 or 2 (space.yml:10)");
    assertThatThrownBy(() -> parse(YAML.replace("[3, 2, 1]", "[3, 3]")))
        .hasMessageContaining("decoder-layer-num-choice")
        .hasMessageContaining("twice");
    assertThatThrownBy(() -> parse("")).isInstanceOf(ConfigurationException.class);
  }

  @Test
  void choicesBeyondTheSuperTransformerAreNamedWithTheirPlace() {
    Settings settings = Settings.parse(YAML, "space.yml", SearchSpaceSettings.settings());
    SearchSpaceSettings.checkFits(
        SMALL, settings, Map.of(Dimension.DECODER_LAYERS, 3, Dimension.DECODER_HEADS, 16));
    assertThatThrownBy(
            () ->
                SearchSpaceSettings.checkFits(SMALL, settings, Map.of(Dimension.DECODER_LAYERS, 2)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("decoder-layer-num-choice: got 3, must be in 1..2 (space.yml:6)");
    assertThatThrownBy(
            () ->
                SearchSpaceSettings.checkFits(SMALL, settings, Map.of(Dimension.DECODER_HEADS, 12)))
        .hasMessageContaining("got 8, must be a divisor of qkv-dim 12");
  }

  @Test
  void samplesStayInTheSpaceAndReachAllOfIt() {
    Random random = new Random(1);
    Set<Integer> depths = new HashSet<>();
    boolean mixedLayers = false;
    for (int i = 0; i < 500; i++) {
      SubTransformer a = SMALL.sample(random);
      assertThat(SMALL.contains(a)).isTrue();
      depths.add(a.decoderLayers());
      mixedLayers |= new HashSet<>(a.values(Dimension.ENCODER_FFN)).size() > 1;
    }
    assertThat(depths).containsExactlyInAnyOrder(1, 2, 3);
    assertThat(mixedLayers).isTrue();
    assertThat(SMALL.sample(new Random(7))).isEqualTo(SMALL.sample(new Random(7)));
  }

  @Test
  void architectureOutsideTheSpaceIsRefusedByDimension() {
    SubTransformer a = SMALL.largest();
    SubTransformer outside = a.with(Dimension.DECODER_FFN, List.of(80, 99, 80));
    assertThatThrownBy(() -> SMALL.check(outside))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "decoder-ffn-embed-dim-all-subtransformer: got 99, must be one of the search space's"
                + " [80, 56]");
    SMALL.check(a);
    SMALL.check(SMALL.smallest());
  }
}
