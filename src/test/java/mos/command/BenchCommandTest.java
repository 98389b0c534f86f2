package mos.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import mos.base.ConfigurationException;
import mos.command.settings.AllSettings;
import mos.config.Settings;
import mos.experiment.Benchmark;
import mos.model.ExpertConfig;
import mos.space.FineScale;
import org.junit.jupiter.api.Test;

/** What is timed is what was configured. */
class BenchCommandTest {
  private static final Path TASK = Path.of("configs/tasks/wmt14.en-de.yml");

  private static Settings settings(Map<String, String> more) {
    Map<String, String> options = new HashMap<>(more);
    options.putAll(Map.of("device", "cpu", "vocabulary-size", "100"));
    return AllSettings.load(List.of(TASK), options);
  }

  private static Benchmark of(Map<String, String> more) {
    return (Benchmark) new BenchCommand().experiment(settings(more));
  }

  private static List<Benchmark.Case> cases(Benchmark benchmark) {
    return ((Benchmark.Work.Training) benchmark.work()).updates().cases();
  }

  /** A case once had experts of the FFNs, of full rank, of the published features' scale. */
  @Test
  void casesDifferFromWhatIsConfiguredInNumberAndRoutingAlone() {
    Benchmark benchmark =
        of(
            Map.of(
                "train",
                "true",
                "bench-cases",
                "hat,layer-wise:2,neuron-wise:6",
                "mos-modules",
                "all",
                "expert-rank",
                "8",
                "hypernet-hidden-size",
                "32",
                "feature-format",
                "fine",
                "decoder-layers",
                "7",
                "decoder-layer-num-choice",
                "7,1"));
    ExpertConfig configured = benchmark.subject().model().experts();
    assertThat(configured.rank()).isEqualTo(8);
    assertThat(configured.fineScale()).isNotEqualTo(FineScale.PUBLISHED);
    assertThat(cases(benchmark))
        .extracting(Benchmark.Case::name)
        .containsExactly("hat", "layer-wise:2", "neuron-wise:6");
    assertThat(cases(benchmark))
        .extracting(Benchmark.Case::experts)
        .containsExactly(
            configured.with(1, configured.routing()),
            configured.with(2, "archrouting_jack_2L"),
            configured.with(6, "neuronrouting_jack_drop_2L"))
        .allSatisfy(
            experts ->
                assertThat(experts.with(configured.count(), configured.routing()))
                    .isEqualTo(configured));
  }

  @Test
  void withoutCasesTheConfiguredModelIsTimed() {
    Benchmark benchmark = of(Map.of("train", "true", "max-experts", "3", "expert-rank", "4"));
    assertThat(cases(benchmark))
        .containsExactly(new Benchmark.Case("supernet", benchmark.subject().model().experts()));
  }

  @Test
  void unknownCaseIsRefused() {
    assertThatThrownBy(() -> of(Map.of("bench-cases", "hat,expert-wise:2")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("bench-cases")
        .hasMessageContaining("layer-wise:M");
  }

  @Test
  void processesShareTrainingAlone() {
    assertThatThrownBy(() -> new BenchCommand().check(settings(Map.of("num-gpus", "2"))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("processes share training, not latency");
    new BenchCommand().check(settings(Map.of("num-gpus", "2", "train", "true")));
  }
}
