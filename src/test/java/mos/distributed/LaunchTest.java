package mos.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import mos.base.ConfigurationException;
import org.junit.jupiter.api.Test;

class LaunchTest {
  private static final Map<String, String> TORCHRUN =
      Map.of(
          "MASTER_ADDR", "host1",
          "MASTER_PORT", "29500",
          "WORLD_SIZE", "8",
          "RANK", "5",
          "LOCAL_RANK", "1",
          "LOCAL_WORLD_SIZE", "4");

  @Test
  void placeIsReadFromTorchrunsVariables() {
    assertThat(Launch.of(TORCHRUN)).contains(new Launch("host1", 29500, 5, 8, 1, 4));
    assertThat(Launch.of(Map.of("PATH", "/bin"))).isEmpty();
    Map<String, String> fewer = new HashMap<>(TORCHRUN);
    fewer.keySet().removeIf(name -> name.startsWith("LOCAL"));
    assertThat(Launch.of(fewer)).contains(new Launch("host1", 29500, 5, 8, 0, 1));
  }

  @Test
  void whatIsMissingOrImpossibleIsNamed() {
    for (String name : TORCHRUN.keySet()) {
      Map<String, String> wrong = new HashMap<>(TORCHRUN);
      wrong.put(name, name.equals("MASTER_ADDR") ? " " : "70000");
      assertThatThrownBy(() -> Launch.of(wrong))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining(name);
    }
    assertThatThrownBy(() -> Launch.of(Map.of("RANK", "0")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("WORLD_SIZE is missing");
  }
}
