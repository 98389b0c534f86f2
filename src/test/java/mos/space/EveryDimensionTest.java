package mos.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import mos.base.Json;
import mos.base.MosException;
import mos.config.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What each dimension, the next one too, must reach: files, genes and features. */
class EveryDimensionTest {
  @TempDir Path folder;

  static Stream<DimensionKind> optionalKinds() {
    return Arrays.stream(DimensionKind.values())
        .filter(kind -> kind.optional() && kind != DimensionKind.EXPERT_FFN);
  }

  private static SearchSpace with(DimensionKind kind) {
    SearchSpace space = SearchSpaceTest.SMALL;
    for (Dimension dimension : kind.dimensions()) {
      space = space.with(dimension, List.of(2, 1));
    }
    return space;
  }

  @ParameterizedTest
  @MethodSource("optionalKinds")
  void isKeptByEveryForm(DimensionKind kind) {
    SearchSpace space = with(kind);
    GeneCodec codec = new GeneCodec(space);
    Random random = new Random(1);
    for (int i = 0; i < 20; i++) {
      SubTransformer a = space.sample(random);
      Path file = folder.resolve(i + ".yml");
      SubTransformerFile.write(file, a, List.of());
      assertThat(SubTransformerFile.read(file)).isEqualTo(a);
      assertThat(ConfigurationDictionary.fromJson(ConfigurationDictionary.toJson(a), "x"))
          .isEqualTo(a);
      assertThat(Json.as(Json.parse(Json.line(a), "x"), SubTransformer.class, "x")).isEqualTo(a);
      assertThat(codec.decode(codec.encode(a))).isEqualTo(a);
    }
    assertThat(Json.as(Json.parse(Json.line(space), "x"), SearchSpace.class, "x")).isEqualTo(space);
    assertThat(space.uses(kind.dimensions().get(0))).isTrue();
  }

  @ParameterizedTest
  @MethodSource("optionalKinds")
  void isToldInFeatures(DimensionKind kind) {
    FeatureBlock block = FeatureBlock.of(kind);
    assertThat(FeatureBlock.ALL).contains(block);
    SubTransformer largest = with(kind).largest();
    assertThat(block.usedBy(largest)).isTrue();
    assertThat(block.usedBy(SearchSpaceTest.SMALL.largest())).isFalse();
    double[] averages = ArchitectureFeatures.averages(largest);
    assertThat(averages).hasSize(10 + block.columns().size()).endsWith(block.averages(largest));
    if (kind.option()) {
      FineScale scale = FineScale.of(with(kind));
      assertThat(scale.options()).containsOnlyKeys(kind);
      assertThat(scale.averages()).isEqualTo(averages.length);
      assertThat(ArchitectureFeatures.fine(largest, scale)).hasSize(scale.size());
      assertThat(ArchitectureFeatures.normalised(largest, norm(), scale)).hasSize(averages.length);
      assertThat(Json.as(Json.parse(Json.line(scale), "x"), FineScale.class, "x")).isEqualTo(scale);
    }
  }

  private static List<Double> norm() {
    return IntStream.range(0, 10).mapToObj(i -> 1.0).toList();
  }

  @Test
  void namesAreUnlikeOneAnother() {
    List<DimensionNames> names = Arrays.stream(Dimension.values()).map(Dimension::names).toList();
    assertThat(names).extracting(DimensionNames::json).doesNotHaveDuplicates();
    assertThat(names).extracting(DimensionNames::choice).doesNotHaveDuplicates();
    assertThat(names).extracting(DimensionNames::value).doesNotHaveDuplicates();
    assertThat(names).extracting(DimensionNames::storedChoices).doesNotHaveDuplicates();
    assertThat(FeatureBlock.ALL.stream().flatMap(block -> block.columns().stream()).toList())
        .doesNotHaveDuplicates()
        .startsWith("encoder_embed_dim", "encoder_layer_num", "encoder_ffn_embed_dim_avg")
        .contains("decoder_arbitrary_ende_attn_avg", "encoder_n_experts_avg")
        .contains("decoder_activation_gelu", "decoder_activation_swish");
  }

  /** As they were stored when the scale had a component of its own for each. */
  @Test
  void scalesOfEarlierCheckpointsAreRead() {
    String hat = "{\"encoderLayers\":6,\"decoderLayers\":6,\"embed\":640,\"ffn\":3072,\"heads\":8";
    FineScale both =
        new FineScale(
            6, 6, 640, 3072, 8, Map.of(DimensionKind.HEAD_DIM, 64, DimensionKind.ACTIVATION, 1));
    assertThat(Json.line(both)).isEqualTo(hat + ",\"headDim\":64,\"activations\":true}");
    assertThat(scale(hat + ",\"headDim\":64,\"activations\":true}")).isEqualTo(both);
    assertThat(scale(hat + ",\"headDim\":0,\"activations\":false}")).isEqualTo(FineScale.PUBLISHED);
    for (String wrong : List.of("\"headDim\":true", "\"activations\":2", "\"other\":1")) {
      assertThatThrownBy(() -> scale(hat + "," + wrong + "}"))
          .as(wrong)
          .isInstanceOf(MosException.class)
          .hasMessageContaining("fineScale");
    }
  }

  private static FineScale scale(String json) {
    return Json.as(Json.parse(json, "x"), FineScale.class, "x");
  }

  @Test
  void settingsOfAllAreKnown() {
    assertThat(SearchSpaceSettings.settings())
        .containsAll(Arrays.stream(Dimension.values()).map(Dimension::choiceSetting).toList());
    Settings none = Settings.load(List.of(), Map.of(), SearchSpaceSettings.settings());
    assertThat(SearchSpaceSettings.given(none)).isFalse();
  }
}
