package mos.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import mos.base.ConfigurationException;
import mos.config.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenExpertSpaceTest {
  private static final SearchSpace DENSE =
      Plain.space(
          List.of(16, 8),
          List.of(16, 8),
          List.of(24, 12),
          List.of(24, 12),
          List.of(2),
          List.of(3, 2, 1),
          List.of(4, 2),
          List.of(4, 2),
          List.of(4, 2),
          List.of(-1, 1, 2));
  private static final SearchSpace SPACE =
      DENSE.withTokenExperts(List.of(1, 2, 3), List.of(24, 12, 0), List.of(1, 2));
  private static final GeneCodec CODEC = new GeneCodec(SPACE);

  /** One encoder layer of two experts of 4 and 6, the rest dense. */
  private static final SubTransformer SMALL =
      Plain.architecture(
              2, 2, List.of(4), List.of(1), List.of(4), List.of(1), List.of(1), List.of(-1))
          .withOtherExperts(true, List.of(List.of(6)));

  @TempDir Path folder;

  @Test
  void everyGeneAndEveryMutantIsAnArchitectureThatEncodesBack() {
    Random random = new Random(1);
    for (int n = 0; n < 300; n++) {
      int[] gene = CODEC.random(random);
      int place = random.nextInt(gene.length);
      gene[place] = CODEC.draw(place, random);
      SubTransformer a = CODEC.decode(gene);
      assertThat(SPACE.contains(a)).isTrue();
      assertThat(CODEC.decode(CODEC.encode(a))).isEqualTo(a);
      assertThat(SPACE.contains(SPACE.sample(random))).isTrue();
    }
  }

  @Test
  void sizesOfExpertsThatALayerDoesNotHaveAreInert() {
    int[] gene = CODEC.encode(SPACE.smallest());
    SubTransformer before = CODEC.decode(gene);
    for (int i = 0; i < gene.length; i++) {
      if (CODEC.choices(i).contains(0)) {
        gene[i] = 24;
      }
    }
    assertThat(CODEC.decode(gene)).isEqualTo(before);
    assertThat(before.tokenRouted()).isFalse();
  }

  @Test
  void spacesOfOneExpertHaveTheGenesAndSamplesOfHat() {
    SearchSpace one = DENSE.withTokenExperts(List.of(1), List.of(), List.of(1));
    assertThat(new GeneCodec(one).length()).isEqualTo(new GeneCodec(DENSE).length());
    assertThat(one.sample(new Random(3))).isEqualTo(DENSE.sample(new Random(3)));
    assertThat(CODEC.length()).isEqualTo(new GeneCodec(DENSE).length() + 2 * 3 + 3 * 2);
  }

  @Test
  void bothFileFormsGiveTheArchitectureBack() throws Exception {
    Random random = new Random(5);
    for (int n = 0; n < 20; n++) {
      SubTransformer a = SPACE.sample(random);
      Path file = folder.resolve(n + ".yml");
      SubTransformerFile.write(file, a, List.of());
      assertThat(SubTransformerFile.read(file)).isEqualTo(a);
      assertThat(ConfigurationDictionary.fromJson(ConfigurationDictionary.toJson(a), "test"))
          .isEqualTo(a);
    }
    Path file = folder.resolve("largest.yml");
    SubTransformerFile.write(file, SPACE.largest(), List.of());
    assertThat(Files.readString(file))
        .contains("encoder-n-experts: [3, 3]")
        .contains("encoder-each-expert-ffn-dim-listoflist: ['24_24_24', '24_24_24']");
  }

  @Test
  void tooFewSizesAreRefusedWithTheirPlace() {
    SubTransformer a = SPACE.largest();
    Path file = folder.resolve("a.yml");
    SubTransformerFile.write(file, a, List.of());
    Settings settings =
        Settings.load(
            List.of(file),
            Map.of("encoder-each-expert-ffn-dim-listoflist", "24_24"),
            SubTransformerFile.settings());
    assertThatThrownBy(() -> SubTransformerFile.fromSettings(settings))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("encoder-each-expert-ffn-dim-listoflist")
        .hasMessageContaining("6 FFN sizes");
  }

  @Test
  void featuresAverageSizesAndNumbersOfExperts() {
    assertThat(ArchitectureFeatures.aggregate(SMALL)[2]).isEqualTo(5);
    assertThat(FeatureBlock.TOKEN_EXPERTS.averages(SMALL)).containsExactly(2, 1);
  }

  @Test
  void costsCountAllExpertsAndTheActiveOnes() {
    ModelCost cost = new ModelCost(2, 7, 7, true);
    long dense = cost.parametersWithoutEmbedding(SMALL.dense());
    long expert4 = 2 * 2 * 4 + 4 + 2;
    long expert6 = 2 * 2 * 6 + 6 + 2;
    long router = 2 * 2 + 2;
    assertThat(cost.parametersWithoutEmbedding(SMALL)).isEqualTo(dense + expert6 + router);
    assertThat(cost.activeParametersWithoutEmbedding(SMALL))
        .isEqualTo(dense - expert4 + (expert4 + expert6) / 2 + router);
    // 3 source tokens: on average an FFN of 5, and a router of 2 × 2.
    assertThat(cost.flops(SMALL, 3, 1) - cost.flops(SMALL.dense(), 3, 1))
        .isEqualTo(2 * 3 * (2 * 2 * (5 - 4) + 2 * 2));
  }
}
