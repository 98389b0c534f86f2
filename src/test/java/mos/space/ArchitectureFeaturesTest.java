package mos.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import mos.base.ConfigurationException;
import mos.command.settings.ModelSettings;
import org.junit.jupiter.api.Test;

class ArchitectureFeaturesTest {
  private static final SubTransformer A =
      Plain.architecture(
          640,
          320,
          List.of(2048, 1024),
          List.of(8, 4),
          List.of(3072),
          List.of(4),
          List.of(8),
          List.of(-1));

  @Test
  void averagesAreNormalisedByTheGivenDivisors() {
    List<Double> norm = ModelSettings.FEATURE_NORM.defaultValue().orElseThrow();
    assertThat(ArchitectureFeatures.normalised(A, norm))
        .containsExactly(1, 2 / 6.0, 0.75, 1, 0.5, 1 / 6.0, 1.5, 4 / 6.0, 8 / 6.0, 0.5);
    assertThatThrownBy(() -> ArchitectureFeatures.normalised(A, List.of(1.0)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("feature-norm");
    assertThat(ArchitectureFeatures.AGGREGATE_NAMES)
        .hasSize(ArchitectureFeatures.aggregate(A).length);
  }

  @Test
  void fineFeaturesAreZeroBeyondTheDepthAndRefuseASeventhLayer() {
    double[] fine = ArchitectureFeatures.fine(A);
    assertThat(fine).hasSize(40);
    assertThat(fine[2]).isEqualTo(2048 / 3072.0);
    assertThat(fine[4]).isZero();
    assertThat(fine[34]).isEqualTo(0.5);
    List<Integer> seven = Collections.nCopies(7, 8);
    SubTransformer deep =
        Plain.architecture(8, 8, seven, seven, List.of(8), List.of(8), List.of(8), List.of(-1));
    assertThatThrownBy(() -> ArchitectureFeatures.fine(deep))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("got 7");
  }

  @Test
  void fineFeaturesFitTheSpace() {
    List<Integer> one = List.of(-1);
    SearchSpace wide =
        Plain.space(
            List.of(1024, 512),
            List.of(512),
            List.of(4096),
            List.of(2048),
            List.of(12, 6),
            List.of(1),
            List.of(16),
            List.of(8),
            List.of(8),
            one);
    FineScale scale = FineScale.of(wide);
    assertThat(scale).isEqualTo(new FineScale(12, 6, 1024, 4096, 16, Map.of()));
    double[] fine = ArchitectureFeatures.fine(wide.largest(), scale);
    assertThat(fine).hasSize(4 + 2 * 12 + 4 * 6);
    assertThat(java.util.Arrays.copyOf(fine, 26)).containsOnly(1);
    assertThat(fine[26]).isEqualTo(0.5);
    assertThat(FineScale.of(SearchSpace.of(A))).isEqualTo(FineScale.PUBLISHED);
  }
}
