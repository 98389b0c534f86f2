package mos.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import mos.base.ConfigurationException;
import mos.config.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ActivationSpaceTest {
  private static final SearchSpace PLAIN = Plain.SMALL;

  /** ReLU or swish in the encoder, GELU or ReLU in the decoder. */
  private static final SearchSpace SPACE = PLAIN.withActivations(List.of(1, 3), List.of(2, 1));

  private static final GeneCodec CODEC = new GeneCodec(SPACE);

  @TempDir Path folder;

  @Test
  void namesAreThoseOfTheModel() {
    assertThat(SubTransformer.ACTIVATIONS)
        .isEqualTo(
            Arrays.stream(Activation.values())
                .map(activation -> activation.name().toLowerCase(Locale.ROOT))
                .toList());
  }

  @Test
  void everyGeneAndEveryMutantIsAnArchitectureThatEncodesBack() {
    Random random = new Random(1);
    for (int n = 0; n < 200; n++) {
      int[] gene = CODEC.random(random);
      int place = random.nextInt(gene.length);
      gene[place] = CODEC.draw(place, random);
      SubTransformer a = CODEC.decode(gene);
      assertThat(a.values(Dimension.ENCODER_ACTIVATION)).hasSize(a.encoderLayers());
      assertThat(SPACE.contains(a)).isTrue();
      assertThat(CODEC.decode(CODEC.encode(a))).isEqualTo(a);
    }
    assertThat(CODEC.length()).isEqualTo(new GeneCodec(PLAIN).length() + 3 + 2);
    assertThat(SPACE.sample(new Random(3)).withActivations(List.of(), List.of()))
        .isEqualTo(PLAIN.sample(new Random(3)));
  }

  @Test
  void filesHaveNames() throws Exception {
    Random random = new Random(5);
    for (int n = 0; n < 10; n++) {
      SubTransformer a = SPACE.sample(random);
      Path file = folder.resolve(n + ".yml");
      SubTransformerFile.write(file, a, List.of());
      assertThat(SubTransformerFile.read(file)).isEqualTo(a);
      assertThat(ConfigurationDictionary.fromJson(ConfigurationDictionary.toJson(a), "x"))
          .isEqualTo(a);
    }
    // Largest and smallest have the first choice.
    assertThat(SubTransformerFile.toYaml(SPACE.largest(), List.of()))
        .contains("encoder-activation-all-subtransformer: [relu, relu, relu]\n")
        .contains("decoder-activation-all-subtransformer: [gelu, gelu]\n");
    assertThat(ConfigurationDictionary.toJson(SPACE.smallest()).toString())
        .contains("\"decoder_activation\":[\"gelu\"]");
  }

  @Test
  void choicesAreReadByNameAndWrongOnesNamed() throws Exception {
    Path file = folder.resolve("space.yml");
    StringBuilder yaml = new StringBuilder();
    for (Dimension dimension : Dimension.values()) {
      if (!dimension.optional()) {
        yaml.append(dimension.choiceSetting().key() + ": " + SPACE.choices(dimension) + "\n");
      }
    }
    Files.writeString(file, yaml + "encoder-activation-choice: [relu, swish]\n");
    Settings settings = Settings.load(List.of(file), Map.of(), SearchSpaceSettings.settings());
    assertThat(SearchSpaceSettings.space(settings))
        .isEqualTo(PLAIN.withActivations(List.of(1, 3), List.of()));
    Files.writeString(file, yaml + "encoder-activation-choice: [relu, tanh]\n");
    assertThatThrownBy(
            () ->
                SearchSpaceSettings.space(
                    Settings.load(List.of(file), Map.of(), SearchSpaceSettings.settings())))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("encoder-activation-choice")
        .hasMessageContaining("relu, gelu, swish")
        .hasMessageContaining("space.yml:11");
    assertThatThrownBy(() -> PLAIN.largest().withActivations(List.of(4, 1, 1), List.of()))
        .isInstanceOf(ConfigurationException.class);
  }

  @Test
  void featuresTellWhichLayersHaveWhich() {
    SubTransformer a = PLAIN.largest().withActivations(List.of(1, 3, 3), List.of(2, 1));
    assertThat(FeatureBlock.of(DimensionKind.ACTIVATION).averages(a))
        .containsExactly(0, 2 / 3., 0.5, 0);
    double[] fine = ArchitectureFeatures.fine(a, FineScale.of(SPACE));
    assertThat(fine).hasSize(40 + 24).startsWith(ArchitectureFeatures.fine(PLAIN.largest()));
    assertThat(Arrays.copyOfRange(fine, 46, 49)).containsExactly(0, 1, 1);
    assertThat(Arrays.copyOfRange(fine, 52, 54)).containsExactly(1, 0);
  }

  @Test
  void costsAreThoseOfTheSizes() {
    ModelCost cost = new ModelCost(16, 7, 7, true);
    SubTransformer a = SPACE.largest();
    assertThat(cost.parametersWithoutEmbedding(a))
        .isEqualTo(cost.parametersWithoutEmbedding(PLAIN.largest()));
  }
}
