package mos.latency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.host.Hardware;
import mos.model.ExpertConfig;
import mos.model.ModelConfig;
import mos.onnx.OnnxModel;
import mos.onnx.OnnxOptions;
import mos.onnx.OnnxPrecision;
import mos.onnx.RandomWeights;
import mos.space.Plain;
import mos.space.SearchSpace;
import mos.space.SubTransformer;
import mos.tensor.Compute;
import mos.tensor.Native;
import mos.tensor.Precision;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.junit.jupiter.api.Test;

class LatencyMeterTest {
  private static final SearchSpace TINY =
      Plain.space(
          List.of(16, 8),
          List.of(16, 8),
          List.of(32, 16),
          List.of(32, 16),
          List.of(2),
          List.of(2, 1),
          List.of(2, 1),
          List.of(2, 1),
          List.of(2, 1),
          List.of(-1, 1, 2));

  private static final List<Optional<OnnxOptions>> RUNTIMES =
      List.of(
          Optional.empty(),
          Optional.of(new OnnxOptions(OnnxPrecision.FP32, 1)),
          Optional.of(new OnnxOptions(OnnxPrecision.INT8, 1)));

  /** A clock that says what it is told to; work is done all the same. */
  private static final class FakeTimer implements Timer {
    private final List<Double> times = new ArrayList<>();
    private int calls;

    @Override
    public double timeMs(Runnable work) {
      work.run();
      double ms = calls < times.size() ? times.get(calls) : 1;
      calls++;
      return ms;
    }
  }

  private static LatencyConfig runs(int runs) {
    return new LatencyConfig(6, 4, 3, runs);
  }

  @Test
  void slowestAndFastestTenthAreCut() {
    double[] runs = {1000, 2, 2, 2, 2, 4, 4, 4, 4, 0};
    TrimmedRuns trimmed = TrimmedRuns.of(runs);
    assertThat(trimmed.meanMs()).isEqualTo(3);
    assertThat(trimmed.stdMs()).isEqualTo(1);
    assertThat(trimmed.interquartileMs()).isEqualTo(2);
    assertThat(runs[0]).isEqualTo(1000);
    assertThat(TrimmedRuns.of(new double[] {7}).meanMs()).isEqualTo(7);
  }

  @Test
  void onlyTimedRunsCount() {
    FakeTimer timer = new FakeTimer();
    // Dry runs fall from 100 to 10 and stay; then the timed runs.
    for (int i = 0; i < 3; i++) {
      timer.times.add(100.0);
    }
    for (int i = 0; i < 6; i++) {
      timer.times.add(10.0);
    }
    timer.times.addAll(List.of(3.0, 5.0));
    Latency latency = new LatencyMeter(runs(2), timer, 0).measure(() -> {}, () -> {});
    assertThat(latency.encoderMs()).isEqualTo(4);
    assertThat(latency.encoderStdMs()).isEqualTo(1);
    assertThat(latency.decoderMs()).isEqualTo(1);
    assertThat(latency.interquartileMs()).isCloseTo(1, within(1e-12));
    assertThat(latency.ms()).isEqualTo(5);
  }

  /** A machine that becomes three times slower in the middle of it. */
  @Test
  void comparedInAlternationLoadSlowsBoth() {
    int runs = 20;
    int[] timed = {0};
    double[] work = {0};
    Timer loaded =
        one -> {
          one.run();
          timed[0]++;
          // Six timed dry runs of each of two pieces, then the runs of both.
          int half = 12 + runs;
          return work[0] * (timed[0] > half ? 3 : 1);
        };
    Runnable small = () -> work[0] = 3;
    Runnable large = () -> work[0] = 10;
    LatencyMeter meter = new LatencyMeter(runs(runs), loaded, 0);
    PairedLatency pair = meter.compare(small, large, small, large);
    assertThat(pair.share()).isCloseTo(0.3, within(1e-9));
    assertThat(pair.candidate().encoderMs()).isGreaterThan(3);
    assertThat(pair.reference().decoderMs()).isEqualTo(30);
  }

  @Test
  void twoAreComparedInAlternation() {
    ModelConfig config = ModelConfig.of(TINY, 16, 20, 24, false, ExpertConfig.NONE);
    LatencyMeter meter = new LatencyMeter(runs(3), Timer.MONOTONIC, 0);
    for (Optional<OnnxOptions> onnx : RUNTIMES) {
      try (SentenceWork smallest = work(config, TINY.smallest(), onnx, runs(3));
          SentenceWork largest = work(config, TINY.largest(), onnx, runs(3))) {
        PairedLatency pair = meter.compare(smallest, largest);
        assertThat(pair.candidate().ms()).isPositive();
        assertThat(pair.reference().ms()).isPositive();
      }
    }
  }

  @Test
  void warmUpEndsOnAnUnsteadyMachine() {
    int[] calls = {0};
    Timer growing =
        work -> {
          work.run();
          return Math.pow(1.1, calls[0]++);
        };
    new LatencyMeter(runs(10), growing, 0).measure(() -> {}, () -> {});
    assertThat(calls[0]).isEqualTo(2 * (30 + 10));
  }

  @Test
  void everyArchitectureOfATinySpaceCanBeMeasured() {
    ModelConfig config = ModelConfig.of(TINY, 16, 20, 24, false, ExpertConfig.NONE);
    LatencyMeter meter = new LatencyMeter(runs(2), Timer.MONOTONIC, 0);
    for (Optional<OnnxOptions> onnx : RUNTIMES) {
      for (SubTransformer a : List.of(TINY.largest(), TINY.smallest())) {
        try (SentenceWork work = work(config, a, onnx, runs(2))) {
          Latency latency = meter.measure(work);
          assertThat(latency.encoderMs()).isPositive();
          assertThat(latency.decoderMs()).isPositive();
        }
      }
    }
  }

  @Test
  void sentencesOfOneStepAndBeamsWiderThanTheVocabularyCanBeMeasured() {
    ModelConfig config = ModelConfig.of(TINY, 16, 20, 24, false, ExpertConfig.NONE);
    for (LatencyConfig how :
        List.of(new LatencyConfig(1, 1, 1, 1), new LatencyConfig(4, 6, 40, 1))) {
      for (Optional<OnnxOptions> onnx : RUNTIMES) {
        try (SentenceWork work = work(config, TINY.largest(), onnx, how)) {
          assertThat(new LatencyMeter(how, Timer.MONOTONIC, 0).measure(work).ms()).isPositive();
        }
      }
    }
  }

  @Test
  void architectureBeyondTheModelIsRefused() {
    ModelConfig config = ModelConfig.of(TINY, 16, 20, 24, false, ExpertConfig.NONE);
    for (Optional<OnnxOptions> onnx : RUNTIMES) {
      assertThatThrownBy(() -> work(config, LatencyRows.SPACE.largest(), onnx, runs(2)))
          .isInstanceOf(ConfigurationException.class);
    }
  }

  @Test
  void settingsAreChecked() {
    assertThatThrownBy(() -> new LatencyConfig(0, 4, 5, 1))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("source tokens: got 0, must be in 1..1000");
    assertThatThrownBy(() -> new Latency(Double.NaN, 1, 0, 0, 0)).isInstanceOf(MosException.class);
  }

  @Test
  void hardwareOfThisMachineIsDescribed() {
    Hardware here = Hardware.here("cpu", "cpu", "fp32", Native.threads(), Native.version());
    assertThat(here.cpuModel()).isNotBlank();
    assertThat(here.threads()).isPositive();
    assertThat(here.differences(here)).isEmpty();
  }

  private static SentenceWork work(
      ModelConfig config, SubTransformer a, Optional<OnnxOptions> onnx, LatencyConfig how) {
    return onnx.isPresent()
        ? new OnnxSentenceWork(
            OnnxModel.random(
                config.graphSizes(a),
                onnx.get().precision(),
                onnx.get().threads(),
                new RandomWeights()),
            how,
            onnx.get().threads())
        : new RandomTorchWork(config, a, new Compute(cpu(), Precision.FP32), how);
  }

  private static org.bytedeco.pytorch.Device cpu() {
    mos.tensor.Native.load();
    try (Scope scope = Scope.open()) {
      return Scope.own(Tensors.cpu());
    }
  }
}
