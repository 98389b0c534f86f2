package mos.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import mos.base.Json;
import mos.command.settings.ConstraintSettings;
import mos.command.settings.DataSettings;
import mos.command.settings.LatencySettings;
import mos.command.settings.LatencySourceSettings;
import mos.command.settings.MachineSettings;
import mos.command.settings.MeasureSettings;
import mos.command.settings.ModelSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.experiment.Vocabulary;
import mos.host.Hardware;
import mos.host.HostLoad;
import mos.latency.Latency;
import mos.latency.LatencyConfig;
import mos.latency.LatencySource;
import mos.latency.PairedLatency;
import mos.latency.RepeatedLatency;
import mos.model.ModelConfig;
import mos.space.ArchitectureCost;
import mos.space.ArchitectureFeatures;
import mos.space.SearchSpace;
import mos.space.SearchSpaceSettings;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;
import mos.tensor.Compute;
import mos.tensor.Devices;
import mos.tensor.Native;

/** Latency on this machine, FLOPs and parameters of an architecture file. */
public final class MeasureTask implements Command<ObjectNode> {
  @Override
  public String name() {
    return "measure";
  }

  @Override
  public String description() {
    return "The architecture is that of --sub-configs, the latency that of this machine or of --runner.";
  }

  @Override
  public String example() {
    return "measure --sub-configs arch.yml --configs configs/tasks/sample.yml --data data --json";
  }

  @Override
  public List<Setting<?>> settings() {
    List<Setting<?>> settings = new ArrayList<>(SubTransformerFile.settings());
    settings.addAll(SearchSpaceSettings.settings());
    settings.addAll(DataSettings.ofFolder());
    settings.addAll(ModelSettings.settings());
    settings.addAll(LatencySourceSettings.settings());
    settings.addAll(ConstraintSettings.settings());
    settings.addAll(MachineSettings.ofComputing());
    settings.addAll(
        List.of(
            MeasureSettings.DESCRIBE,
            MeasureSettings.VOCABULARY_SIZE,
            MeasureSettings.REPEAT,
            MeasureSettings.CHECK_CONSTRAINT));
    return settings;
  }

  @Override
  public List<String> splits(Settings settings) {
    return List.of();
  }

  @Override
  public Class<ObjectNode> result() {
    return ObjectNode.class;
  }

  @Override
  public ObjectNode run(Settings settings) {
    SubTransformer architecture = SubTransformerFile.fromSettings(settings);
    Optional<SearchSpace> space = space(settings, architecture);
    Vocabulary vocabulary = DataSettings.vocabulary(settings).sizes();
    ModelConfig config =
        ModelSettings.superTransformer(
            settings,
            space.orElseGet(() -> SearchSpace.of(architecture)),
            vocabulary.source(),
            vocabulary.target());
    ArchitectureCost cost = LatencySourceSettings.cost(settings, config);
    ObjectNode measured = measured(LatencySettings.of(settings), vocabulary);
    ObjectNode figures = Json.object();
    if (settings.get(MeasureSettings.DESCRIBE)) {
      putCosts(figures, cost, architecture);
      figures.set("measured", measured);
      return figures;
    }
    LatencySource source = LatencySourceSettings.open(settings, config);
    int repeat = settings.get(MeasureSettings.REPEAT);
    if (settings.get(MeasureSettings.CHECK_CONSTRAINT)) {
      SubTransformer largest =
          space
              .orElseThrow(
                  () ->
                      settings.error(
                          MeasureSettings.CHECK_CONSTRAINT,
                          "given with a search space (--configs)"))
              .largest();
      ConstraintCheck check =
          ConstraintCheck.of(Limits.of(settings), source, cost, largest, Pauses.asking(() -> {}));
      PairedLatency both = check(check, architecture, repeat, figures);
      putLargest(figures.putObject("largest"), both.reference(), cost, largest);
    } else {
      measure(source, architecture, repeat, figures);
    }
    putCosts(figures, cost, architecture);
    figures.set("measured", measured);
    figures.set("hardware", Json.tree(source.hardware()));
    return figures;
  }

  private static void measure(
      LatencySource source, SubTransformer architecture, int repeat, ObjectNode figures) {
    Supplier<HostLoad> watched = source.watch();
    List<Latency> measured = new ArrayList<>();
    for (int i = 0; i < repeat; i++) {
      measured.add(source.measure(architecture));
    }
    put(figures, new RepeatedLatency(measured), watched.get());
  }

  private static PairedLatency check(
      ConstraintCheck check, SubTransformer architecture, int repeat, ObjectNode figures) {
    Checked checked =
        check.measured(
            architecture,
            ConstraintCheck.Deciding.MEDIAN,
            Math.max(repeat, ConstraintCheck.MEASUREMENTS));
    Latency latency = checked.latency().candidate();
    if (repeat > 1) {
      List<Latency> all = checked.measured().stream().map(PairedLatency::candidate).toList();
      put(figures, new RepeatedLatency(all), checked.machine());
    } else {
      put(figures, new RepeatedLatency(List.of(latency)), checked.machine());
    }
    latency.put(figures);
    checked.put(figures);
    return checked.latency();
  }

  private static void putLargest(
      ObjectNode most, Latency latency, ArchitectureCost cost, SubTransformer largest) {
    most.put("latency_ms", latency.ms());
    most.put("flops", (double) cost.flops(largest));
    most.put("params", (double) cost.parameters(largest));
    most.put("params_without_embedding", (double) cost.parametersWithoutEmbedding(largest));
  }

  /** All figures that need no measuring. */
  private static void putCosts(
      ObjectNode figures, ArchitectureCost cost, SubTransformer architecture) {
    figures.put("flops", cost.flops(architecture));
    figures.put("flops_without_output_layer", cost.flopsWithoutOutputLayer(architecture));
    figures.put("params", cost.parameters(architecture));
    figures.put("params_without_embedding", cost.parametersWithoutEmbedding(architecture));
    if (architecture.tokenRouted()) {
      figures.put(
          "active_params_without_embedding",
          cost.model().activeParametersWithoutEmbedding(architecture));
    }
    figures.set("features", Json.tree(ArchitectureFeatures.averages(architecture)));
  }

  private static void put(ObjectNode figures, RepeatedLatency repeated, HostLoad state) {
    repeated.median().put(figures);
    repeated.put(figures);
    state.put(figures);
    if (!state.describe().isEmpty()) {
      figures.put("machine_state", state.describe());
    }
  }

  private static ObjectNode measured(LatencyConfig how, Vocabulary vocabulary) {
    ObjectNode measured = Json.object();
    measured.put("source_vocabulary", vocabulary.source());
    measured.put("target_vocabulary", vocabulary.target());
    measured.put("vocabulary_of", vocabulary.origin());
    measured.put("source_tokens", how.sourceTokens());
    measured.put("decoder_steps", how.targetSteps());
    measured.put("beam", how.beam());
    measured.put("runs", how.runs());
    return measured;
  }

  @Override
  public boolean succeeded(ObjectNode figures) {
    return figures.path("repeats_agree").asBoolean(true)
        && figures.path("constraint_met").asBoolean(true);
  }

  /** Empty where no search space is given. */
  private static Optional<SearchSpace> space(Settings settings, SubTransformer architecture) {
    if (!SearchSpaceSettings.given(settings)) {
      return Optional.empty();
    }
    SearchSpace space = SearchSpaceSettings.space(settings);
    space.check(architecture, SubTransformerFile.where(settings));
    return Optional.of(space);
  }

  static Hardware hardware(Settings settings, Compute machine) {
    return Hardware.here(
        settings.get(LatencySettings.HARDWARE_SPEC),
        Devices.describe(machine.device()),
        machine.precision().name().toLowerCase(Locale.ROOT),
        Native.threads(),
        Native.version());
  }

  @Override
  public String describe(ObjectNode figures) {
    String text =
        String.format(
            Locale.ROOT,
            "parameters %,d (%,d without embeddings)%nFLOPs %.3f G (%.3f G without output layer)",
            figures.path("params").asLong(),
            figures.path("params_without_embedding").asLong(),
            figures.path("flops").asDouble() / 1e9,
            figures.path("flops_without_output_layer").asDouble() / 1e9);
    text = text + System.lineSeparator() + whatWasMeasured(figures.path("measured"));
    if (!figures.has("latency_ms")) {
      return text;
    }
    StringBuilder latency =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "latency %.2f ms (encoder %.2f ± %.2f, decoder %.2f ± %.2f; interquartile range"
                    + " %.2f)%n",
                figures.path("latency_ms").asDouble(),
                figures.path("encoder_ms").asDouble(),
                figures.path("encoder_std_ms").asDouble(),
                figures.path("decoder_ms").asDouble(),
                figures.path("decoder_std_ms").asDouble(),
                figures.path("interquartile_ms").asDouble()));
    int repeats = figures.path("repeats_ms").size();
    if (repeats > 1) {
      latency
          .append(
              RepeatedLatency.describe(
                  repeats,
                  figures.path("repeat_spread").asDouble(),
                  figures.path("repeats_agree").asBoolean()))
          .append(System.lineSeparator());
    }
    String state = figures.path("machine_state").asText();
    String constraint = ConstraintText.of(figures);
    return latency
        + (state.isEmpty() ? "" : state + System.lineSeparator())
        + (constraint.isEmpty() ? "" : constraint + System.lineSeparator())
        + text;
  }

  private static String whatWasMeasured(JsonNode measured) {
    return String.format(
        Locale.ROOT,
        "of a model with a vocabulary of %,d (%s); one sentence of %d tokens, %d decoder steps,"
            + " beam %d",
        measured.path("target_vocabulary").asInt(),
        measured.path("vocabulary_of").asText(),
        measured.path("source_tokens").asInt(),
        measured.path("decoder_steps").asInt(),
        measured.path("beam").asInt());
  }
}
