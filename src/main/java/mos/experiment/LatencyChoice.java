package mos.experiment;

import java.util.Optional;
import java.util.function.Supplier;
import mos.latency.CommandRunner;
import mos.latency.CommandSource;
import mos.latency.LatencyConfig;
import mos.latency.LatencySource;
import mos.latency.LatencySourceProvider;
import mos.latency.LatencySources;
import mos.latency.RuntimeSource;
import mos.model.ModelConfig;
import mos.onnx.OnnxOptions;
import mos.space.ArchitectureCost;
import mos.tensor.Compute;

/**
 * What tells latencies, and of which sentence.
 *
 * @param source name of a {@link LatencySourceProvider}, or {@code name:argument}; empty: the
 *     runner if there is one, else this program
 * @param how one gold measurement
 * @param hardwareSpec the user's name for the hardware
 * @param threads CPU threads while it is measured; empty: as many as are set
 * @param onnx ONNX Runtime, where it is what is measured; empty: libtorch
 * @param runner the user's command that measures in place of this program
 */
public record LatencyChoice(
    Optional<String> source,
    LatencyConfig how,
    String hardwareSpec,
    Optional<Integer> threads,
    Optional<OnnxOptions> onnx,
    Optional<CommandRunner> runner) {

  /** This program, on this machine. */
  public static LatencyChoice here(LatencyConfig how) {
    return new LatencyChoice(
        Optional.empty(), how, "cpu", Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** The same of another sentence. */
  LatencyChoice of(LatencyConfig other) {
    return new LatencyChoice(source, other, hardwareSpec, threads, onnx, runner);
  }

  /**
   * Opens the source for a model.
   *
   * @param compute asked where this program measures; unasked, no native code is loaded
   * @throws mos.base.ConfigurationException for a source that is not there
   */
  public LatencySource open(ModelConfig model, Supplier<Compute> compute) {
    String usual = runner.isPresent() ? CommandSource.Provider.NAME : RuntimeSource.Provider.NAME;
    return LatencySources.open(
        source.orElse(usual),
        new LatencySourceProvider.Request(
            model, how, hardwareSpec, threads, compute, onnx, runner, ""),
        "latency-source");
  }

  /** What architectures of a model cost by counting, of a sentence as long as a measured one. */
  public ArchitectureCost cost(ModelConfig model) {
    return new ArchitectureCost(model.cost(), how.sourceTokens(), how.targetSteps());
  }
}
