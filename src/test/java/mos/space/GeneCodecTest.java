package mos.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import mos.base.ConfigurationException;
import org.junit.jupiter.api.Test;

class GeneCodecTest {
  private static final SearchSpace SPACE = SearchSpaceTest.SMALL;
  private final GeneCodec codec = new GeneCodec(SPACE);

  @Test
  void orderIsEncoderThenDecoderDimensionByDimension() {
    SubTransformer a =
        Plain.architecture(
            48,
            24,
            List.of(96, 64),
            List.of(4, 2),
            List.of(56),
            List.of(8),
            List.of(1),
            List.of(2));
    assertThat(codec.encode(a))
        .containsExactly(
            48, 2, 96, 64, 96, 4, 2, 4, 24, 1, 56, 80, 80, 8, 8, 8, 1, 2, 2, 2, -1, -1);
  }

  @Test
  void everyArchitectureSurvivesTheRoundTrip() {
    Random random = new Random(3);
    for (int i = 0; i < 500; i++) {
      SubTransformer a = SPACE.sample(random);
      assertThat(codec.decode(codec.encode(a))).isEqualTo(a);
    }
  }

  @Test
  void inertPlacesDoNotMatterAndActiveOnesDo() {
    Random random = new Random(4);
    for (int round = 0; round < 200; round++) {
      int[] gene = codec.random(random);
      SubTransformer a = codec.decode(gene);
      assertThat(SPACE.contains(a)).isTrue();
      int inert = 0;
      for (int i = 0; i < gene.length; i++) {
        int[] changed = gene.clone();
        List<Integer> choices = codec.choices(i);
        changed[i] = choices.get((choices.indexOf(gene[i]) + 1) % choices.size());
        inert += codec.decode(changed).equals(a) ? 1 : 0;
      }
      assertThat(inert).isEqualTo(2 * (3 - a.encoderLayers()) + 4 * (3 - a.decoderLayers()));
    }
  }

  @Test
  void genesOutsideTheSpaceAreRefused() {
    int[] gene = codec.random(new Random(5));
    gene[0] = 47;
    assertThatThrownBy(() -> codec.decode(gene))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("encoder_embed_dim")
        .hasMessageContaining("47");
    assertThatThrownBy(() -> codec.decode(new int[3])).isInstanceOf(ConfigurationException.class);
  }
}
