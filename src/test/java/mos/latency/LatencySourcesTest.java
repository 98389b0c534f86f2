package mos.latency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import mos.base.ConfigurationException;
import mos.host.Hardware;
import mos.host.HostLoad;
import mos.model.ExpertConfig;
import mos.model.ModelConfig;
import mos.space.SubTransformer;
import mos.tensor.Compute;
import org.junit.jupiter.api.Test;

/** Sources are found by their names, one of another jar like this program's own. */
class LatencySourcesTest {
  private static final SubTransformer SMALLEST = LatencyRows.SPACE.smallest();
  private static final SubTransformer LARGEST = LatencyRows.SPACE.largest();
  private static final ModelConfig MODEL =
      ModelConfig.of(LatencyRows.SPACE, 512, 100, 100, true, ExpertConfig.NONE);

  private static LatencySource open(String source, Optional<CommandRunner> runner) {
    return LatencySources.open(
        source,
        new LatencySourceProvider.Request(
            MODEL,
            new LatencyConfig(30, 30, 5, 3),
            "phone",
            Optional.empty(),
            LatencySourcesTest::noCompute,
            Optional.empty(),
            runner,
            ""),
        "latency-source");
  }

  private static Compute noCompute() {
    throw new AssertionError("this program's device is not asked for");
  }

  @Test
  void oneOfAnotherJarIsFoundAndGetsItsArgument() {
    LatencySource source = open("counted:100", Optional.empty());
    double flops = MODEL.cost().flops(SMALLEST, 30, 30);
    assertThat(source.measure(SMALLEST).ms()).isEqualTo(flops / 1e8);
    assertThat(source.compare(SMALLEST, LARGEST).share())
        .isEqualTo(flops / MODEL.cost().flops(LARGEST, 30, 30));
    assertThat(source.hardware().spec()).isEqualTo("phone");
    assertThat(source.alternates()).isFalse();
    assertThat(source.watch().get()).isEqualTo(HostLoad.UNKNOWN);
    assertThatThrownBy(() -> open("counted", Optional.empty()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("latency-source counted: got \"\", need GFLOPs per second");
  }

  @Test
  void othersAreRefusedWithThoseThereAre() {
    assertThatThrownBy(() -> open("board:1", Optional.empty()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("latency-source: got board, must be one of command, counted, ")
        .hasMessageContaining("runtime");
  }

  @Test
  void commandNeedsOne() {
    assertThatThrownBy(() -> open("command", Optional.empty()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("runner is needed: ");
    CommandRunner runner = new CommandRunner(List.of("no-such-command"), 1);
    LatencySource source = open("command", Optional.of(runner));
    assertThat(source.hardware()).isEqualTo(Hardware.ofRunner("phone", runner.identity()));
    assertThat(source.disturbable()).isFalse();
    assertThatThrownBy(() -> source.measure(SMALLEST)).hasMessageContaining("cannot start");
  }
}
