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

class HeadSizeSpaceTest {
  private static final SearchSpace PLAIN = Plain.SMALL;
  private static final SearchSpace SPACE = PLAIN.withHeadDims(List.of(8, 4, 2), List.of(6, 3));
  private static final GeneCodec CODEC = new GeneCodec(SPACE);

  @TempDir Path folder;

  @Test
  void everyGeneAndEveryMutantIsAnArchitectureThatEncodesBack() {
    Random random = new Random(1);
    for (int n = 0; n < 200; n++) {
      int[] gene = CODEC.random(random);
      int place = random.nextInt(gene.length);
      gene[place] = CODEC.draw(place, random);
      SubTransformer a = CODEC.decode(gene);
      assertThat(a.values(Dimension.ENCODER_HEAD_DIM)).hasSize(a.encoderLayers());
      assertThat(a.values(Dimension.DECODER_HEAD_DIM)).hasSize(a.decoderLayers());
      assertThat(SPACE.contains(a)).isTrue();
      assertThat(PLAIN.contains(a)).isFalse();
      assertThat(CODEC.decode(CODEC.encode(a))).isEqualTo(a);
    }
    assertThat(CODEC.length()).isEqualTo(new GeneCodec(PLAIN).length() + 3 + 2);
  }

  /** What is drawn for HAT's dimensions does not depend on these, which come last. */
  @Test
  void spacesWithoutHaveTheGenesSamplesAndFeaturesOfHat() {
    SubTransformer with = SPACE.sample(new Random(3));
    SubTransformer without = PLAIN.sample(new Random(3));
    assertThat(with.withHeadDims(List.of(), List.of())).isEqualTo(without);
    assertThat(PLAIN.withHeadDims(List.of(), List.of())).isEqualTo(PLAIN);
    assertThat(FineScale.of(PLAIN)).isEqualTo(FineScale.PUBLISHED);
    double[] fine = ArchitectureFeatures.fine(with, FineScale.of(SPACE));
    assertThat(fine).hasSize(40 + 6 + 6).startsWith(ArchitectureFeatures.fine(without));
    assertThat(fine[40]).isEqualTo(with.value(Dimension.ENCODER_HEAD_DIM, 0) / 8.0);
    assertThat(fine[46]).isEqualTo(with.value(Dimension.DECODER_HEAD_DIM, 0) / 8.0);
  }

  @Test
  void bothFileFormsGiveTheArchitectureBack() throws Exception {
    Random random = new Random(5);
    for (SearchSpace space : List.of(SPACE, PLAIN, PLAIN.withHeadDims(List.of(), List.of(3, 2)))) {
      for (int n = 0; n < 5; n++) {
        SubTransformer a = space.sample(random);
        Path file = folder.resolve(n + ".yml");
        SubTransformerFile.write(file, a, List.of());
        assertThat(SubTransformerFile.read(file)).isEqualTo(a);
        assertThat(ConfigurationDictionary.fromJson(ConfigurationDictionary.toJson(a), "x"))
            .isEqualTo(a);
      }
    }
    Path file = folder.resolve("largest.yml");
    SubTransformerFile.write(file, SPACE.largest(), List.of());
    assertThat(Files.readString(file))
        .contains("encoder-head-dim-all-subtransformer: [8, 8, 8]\n")
        .contains("decoder-head-dim-all-subtransformer: [6, 6]\n");
    SubTransformerFile.write(file, PLAIN.largest(), List.of());
    assertThat(Files.readString(file)).doesNotContain("head-dim");
  }

  @Test
  void costsFollowTheWidthThatHeadsNeed() {
    ModelCost cost = new ModelCost(32, 7, 7, true);
    SubTransformer hat = PLAIN.largest();
    // 4 heads of 8 are 32 wide.
    SubTransformer same = hat.withHeadDims(List.of(8, 8, 8), List.of(8, 8));
    assertThat(cost.parametersWithoutEmbedding(same))
        .isEqualTo(cost.parametersWithoutEmbedding(hat));
    assertThat(cost.flops(same, 5, 6)).isEqualTo(cost.flops(hat, 5, 6));
    SubTransformer less = hat.withHeadDims(List.of(8, 8, 2), List.of(8, 8));
    // One layer 8 wide and not 32: 4 matrices of 16 columns or rows, three biases.
    assertThat(cost.parametersWithoutEmbedding(hat) - cost.parametersWithoutEmbedding(less))
        .isEqualTo((32 - 8) * (4 * 16 + 3));
    assertThat(cost.flops(hat, 5, 6) - cost.flops(less, 5, 6))
        .isEqualTo(2 * (32 - 8) * (5 * 4 * 16 + 2 * 5 * 5));
  }

  @Test
  void headsThatDoNotFitAreRefusedWithTheirPlace() throws Exception {
    Path file = folder.resolve("space.yml");
    StringBuilder yaml = new StringBuilder();
    for (Dimension dimension : Dimension.values()) {
      if (!SPACE.choices(dimension).contains(0) && !dimension.ofTokenExperts()) {
        yaml.append(dimension.choiceSetting().key() + ": " + SPACE.choices(dimension) + "\n");
      }
    }
    Files.writeString(file, yaml);
    Settings settings = Settings.load(List.of(file), Map.of(), SearchSpaceSettings.settings());
    SearchSpace space = SearchSpaceSettings.space(settings);
    assertThat(space).isEqualTo(SPACE);
    SearchSpaceSettings.checkFits(
        space, settings, Map.of(Dimension.ENCODER_HEADS, 32, Dimension.DECODER_HEADS, 24));
    assertThatThrownBy(
            () ->
                SearchSpaceSettings.checkFits(space, settings, Map.of(Dimension.ENCODER_HEADS, 31)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("encoder-self-attention-heads-choice")
        .hasMessageContaining("at most 3, for heads of 8 in qkv-dim 31")
        .hasMessageContaining("space.yml:");
  }
}
