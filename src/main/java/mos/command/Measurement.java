package mos.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import mos.command.settings.LatencySettings;
import mos.command.settings.RunnerSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.latency.CommandRunner;
import mos.latency.Hardware;
import mos.latency.Latency;
import mos.latency.LatencyConfig;
import mos.latency.LatencyMeter;
import mos.latency.MachineState;
import mos.latency.PairedLatency;
import mos.latency.Timer;
import mos.model.ModelConfig;
import mos.space.ArchitectureFeatures;
import mos.space.ModelCost;
import mos.space.SubTransformer;
import mos.tensor.Devices;
import mos.tensor.Native;

/** What a SubTransformer costs: latency on this machine or by a runner, parameters, FLOPs. */
final class Measurement {
  private final ModelConfig config;
  private final Machine machine;
  private final LatencyConfig settings;
  private final LatencyMeter meter;
  private final CommandRunner runner;
  private final String spec;
  private final Optional<Integer> threads;
  private final ModelCost cost;

  private Measurement(
      ModelConfig config,
      Machine machine,
      LatencyConfig settings,
      String spec,
      Optional<Integer> threads,
      CommandRunner runner) {
    this.config = config;
    this.machine = machine;
    this.settings = settings;
    this.meter = new LatencyMeter(settings, machine == null ? Timer.MONOTONIC : machine.timer());
    this.spec = spec;
    this.threads = threads;
    this.runner = runner;
    this.cost =
        new ModelCost(
            config.qkvDim(),
            config.sourceVocabulary(),
            config.targetVocabulary(),
            config.shareAllEmbeddings(),
            Math.max(1, config.tokenTopK()));
  }

  /**
   * Measures as the settings say, on this machine or by their runner.
   *
   * @param machine null where nothing is measured, or by a runner alone
   */
  static Measurement of(Settings settings, ModelConfig config, Machine machine) {
    return new Measurement(
        config,
        machine,
        LatencySettings.of(settings),
        settings.get(LatencySettings.HARDWARE_SPEC),
        settings.find(LatencySettings.THREADS),
        RunnerSettings.given(settings) ? RunnerSettings.of(settings) : null);
  }

  /** The settings that {@link #of} reads. */
  static List<Setting<?>> settings() {
    List<Setting<?>> all = new ArrayList<>(LatencySettings.settings());
    all.addAll(RunnerSettings.settings());
    return all;
  }

  /** The machine of the settings, null where a runner measures, so that nothing is loaded. */
  static Machine machine(Settings settings) {
    return RunnerSettings.given(settings) ? null : Machine.setUp(settings);
  }

  /** Whether this machine measures. */
  boolean here() {
    return runner == null;
  }

  /** Whether what other programs compute makes times longer: on this machine's CPU. */
  boolean disturbable() {
    return here() && machine.device().is_cpu();
  }

  /** What is measured on. */
  Hardware hardware() {
    return runner == null
        ? withThreads(
            () -> Hardware.here(spec, Devices.describe(machine.device()), machine.precision()))
        : Hardware.ofRunner(spec, runner);
  }

  Latency latency(SubTransformer architecture) {
    if (runner != null) {
      return runner.measure(architecture);
    }
    return withThreads(
        () -> meter.measure(config, architecture, machine.device(), machine.precision()));
  }

  private <T> T withThreads(Supplier<T> work) {
    int before = Native.threads();
    if (threads.isEmpty() || threads.get() == before) {
      return work.get();
    }
    Native.setThreads(threads.get());
    try {
      return work.get();
    } finally {
      Native.setThreads(before);
    }
  }

  /** One measurement of both, in alternation. */
  PairedLatency compare(SubTransformer architecture, SubTransformer reference) {
    if (runner == null) {
      return withThreads(
          () ->
              meter.compare(
                  config, architecture, reference, machine.device(), machine.precision()));
    }
    Latency latency = runner.measure(architecture);
    return new PairedLatency(
        latency, architecture.equals(reference) ? latency : runner.measure(reference));
  }

  /** Begins to watch this machine, where what others compute matters. */
  Supplier<Supplier<MachineState>> watch() {
    return disturbable() ? () -> MachineState.watch()::stop : () -> () -> MachineState.UNKNOWN;
  }

  /** FLOPs or parameters, in the quantity's unit. */
  double count(Quantity quantity, SubTransformer architecture) {
    return switch (quantity) {
      case FLOPS -> flops(architecture) / 1e9;
      case PARAMS -> parametersWithoutEmbedding(architecture) / 1e6;
      case LATENCY -> throw new IllegalArgumentException("latency is not counted");
    };
  }

  double flops(SubTransformer architecture) {
    return cost.flops(architecture, settings.sourceTokens(), settings.targetSteps());
  }

  /** How a gold measurement is made. */
  LatencyConfig how() {
    return settings;
  }

  /** What parameters and FLOPs are counted from. */
  ModelCost cost() {
    return cost;
  }

  double parametersWithoutEmbedding(SubTransformer architecture) {
    return cost.parametersWithoutEmbedding(architecture);
  }

  double parameters(SubTransformer architecture) {
    return cost.parameters(architecture);
  }

  static void put(ObjectNode figures, Latency latency) {
    figures.put("latency_ms", latency.ms());
    figures.put("encoder_ms", latency.encoderMs());
    figures.put("decoder_ms", latency.decoderMs());
    figures.put("encoder_std_ms", latency.encoderStdMs());
    figures.put("decoder_std_ms", latency.decoderStdMs());
    figures.put("interquartile_ms", latency.interquartileMs());
  }

  /** All figures that need no measuring. */
  void putCosts(ObjectNode figures, SubTransformer architecture) {
    int source = settings.sourceTokens();
    int target = settings.targetSteps();
    figures.put("flops", cost.flops(architecture, source, target));
    figures.put(
        "flops_without_output_layer", cost.flopsWithoutOutputLayer(architecture, source, target));
    figures.put("params", cost.parameters(architecture));
    figures.put("params_without_embedding", cost.parametersWithoutEmbedding(architecture));
    if (architecture.tokenRouted()) {
      figures.put(
          "active_params_without_embedding", cost.activeParametersWithoutEmbedding(architecture));
    }
    ArrayNode features = figures.putArray("features");
    for (double feature : ArchitectureFeatures.aggregate(architecture)) {
      features.add(feature);
    }
    if (architecture.tokenRouted()) {
      for (double feature : ArchitectureFeatures.tokenExperts(architecture)) {
        features.add(feature);
      }
    }
    if (architecture.sizedHeads()) {
      for (double feature : ArchitectureFeatures.headDims(architecture)) {
        features.add(feature);
      }
    }
    if (architecture.ownActivations()) {
      for (double feature : ArchitectureFeatures.activations(architecture)) {
        features.add(feature);
      }
    }
  }
}
