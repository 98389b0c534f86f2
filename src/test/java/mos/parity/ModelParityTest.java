package mos.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import mos.results.ParityFigures;
import mos.tensor.Native;
import mos.tensor.Precision;
import mos.tensor.Tensors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelParityTest {
  @BeforeAll
  static void oneThread() {
    Native.setThreads(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"hat", "neuronwise_m2", "switch_moe_2"})
  void modelAgreesWithGoldenFile(String name) {
    check(Path.of("src/test/resources/golden/model", name + ".json"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hat",
        "hat_unshared",
        "layerwise_m2",
        "neuronwise_m2",
        "neuronwise_m2_alternate",
        "neuronwise_m3_fine",
        "switch_moe_2"
      })
  void modelAgreesWithEveryGoldenFile(String name) {
    Path json = Path.of("../shared/golden", name + ".json");
    assumeTrue(Files.exists(json));
    check(json);
  }

  private static void check(Path json) {
    ParityFigures.ModelErrors errors = ModelParity.check(json, Tensors.cpu(), Precision.FP32);
    assertThat(errors).matches(e -> e.passes(ModelParity.TOLERANCE));
    assertThat(errors.cases()).isPositive();
  }
}
