package mos.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import mos.distributed.Processes;
import mos.host.HostLoad;
import mos.latency.Latency;
import mos.latency.LatencySource;
import mos.latency.PairedLatency;
import mos.latency.RepeatedLatency;
import mos.model.ModelConfig;
import mos.results.Constraints;
import mos.results.LargestFigures;
import mos.results.LatencyFigures;
import mos.results.LoadFigures;
import mos.results.MeasureFigures;
import mos.space.ArchitectureCost;
import mos.space.SubTransformer;

/**
 * Measures one architecture: latency, FLOPs, parameters.
 *
 * @param architecture what is measured
 * @param model sizes of the SuperTransformer that it is cut from, for any dictionaries
 * @param vocabulary sizes of the dictionaries
 * @param latency what tells latencies
 * @param timing what is timed
 * @param compute where to time
 */
public record Measuring(
    SubTransformer architecture,
    ModelConfig model,
    Vocabulary.Choice vocabulary,
    LatencyChoice latency,
    Timing timing,
    ComputeChoice compute)
    implements Experiment<MeasureFigures> {

  /** What is timed. */
  public sealed interface Timing {
    /** Nothing: parameters and FLOPs are counted, no native code is loaded. */
    record None() implements Timing {}

    /**
     * The architecture.
     *
     * @param times measurements, at least 1; the median counts
     */
    record Alone(int times) implements Timing {}

    /**
     * The architecture in alternation with the largest of a space, and compared with limits.
     *
     * @param times measurements; never fewer than three
     */
    record Compared(Limits limits, SubTransformer largest, int times) implements Timing {}
  }

  @Override
  public MeasureFigures run(Processes processes) {
    Vocabulary sizes = vocabulary.sizes();
    ModelConfig sized = model.withVocabularies(sizes.source(), sizes.target());
    ArchitectureCost cost = latency.cost(sized);
    MeasureFigures.Setup setup =
        new MeasureFigures.Setup(
            sizes.source(),
            sizes.target(),
            sizes.origin(),
            latency.how().sourceTokens(),
            latency.how().targetSteps(),
            latency.how().beam(),
            latency.how().runs());
    if (timing instanceof Timing.None) {
      return new MeasureFigures(
          LatencyFigures.NONE,
          MeasureFigures.Repeats.NONE,
          LoadFigures.UNKNOWN,
          null,
          Constraints.NONE,
          null,
          Figures.costs(cost, architecture),
          setup,
          null);
    }
    LatencySource source = latency.open(sized, compute::setUp);
    Timed timed =
        timing instanceof Timing.Compared compared
            ? compared(compared, source, cost)
            : alone(((Timing.Alone) timing).times(), source);
    String state = timed.load().describe();
    return new MeasureFigures(
        Figures.of(timed.latency()),
        repeats(timed.repeated()),
        Figures.of(timed.load()),
        state.isEmpty() ? null : state,
        timed.constraints(),
        timed.largest().orElse(null),
        Figures.costs(cost, architecture),
        setup,
        source.hardware());
  }

  /** What timing gave. */
  private record Timed(
      Latency latency,
      RepeatedLatency repeated,
      HostLoad load,
      Constraints constraints,
      Optional<LargestFigures> largest) {}

  private Timed alone(int times, LatencySource source) {
    Supplier<HostLoad> watched = source.watch();
    List<Latency> measured = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      measured.add(source.measure(architecture));
    }
    RepeatedLatency repeated = new RepeatedLatency(measured);
    return new Timed(
        repeated.median(), repeated, watched.get(), Constraints.NONE, Optional.empty());
  }

  private Timed compared(Timing.Compared compared, LatencySource source, ArchitectureCost cost) {
    SubTransformer largest = compared.largest();
    Checked checked =
        ConstraintCheck.of(compared.limits(), source, cost, largest, Pauses.asking(() -> {}))
            .measured(
                architecture,
                ConstraintCheck.Deciding.MEDIAN,
                Math.max(compared.times(), ConstraintCheck.MEASUREMENTS));
    Latency latency = checked.latency().candidate();
    List<Latency> all =
        compared.times() > 1
            ? checked.measured().stream().map(PairedLatency::candidate).toList()
            : List.of(latency);
    return new Timed(
        latency,
        new RepeatedLatency(all),
        checked.load(),
        checked.constraints(),
        Optional.of(
            new LargestFigures(
                checked.latency().reference().ms(),
                cost.flops(largest),
                cost.parameters(largest),
                cost.parametersWithoutEmbedding(largest))));
  }

  private static MeasureFigures.Repeats repeats(RepeatedLatency repeated) {
    return new MeasureFigures.Repeats(
        repeated.measurements().stream().map(Latency::ms).toList(),
        repeated.spread(),
        repeated.agree());
  }
}
