package mos.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import mos.base.Json;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;
import mos.latency.Hardware;
import mos.latency.Latency;
import mos.latency.LatencySettings;
import mos.latency.MachineState;
import mos.latency.RepeatedLatency;
import mos.model.ModelConfig;
import mos.model.ModelSettings;
import mos.space.ArchitectureFeatures;
import mos.space.SearchSpace;
import mos.space.SearchSpaceSettings;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;
import mos.tensor.Devices;

/** Latency on this machine, FLOPs and parameters of an architecture file. */
public final class MeasureTask implements Task {
  static final Setting<Boolean> DESCRIBE =
      Setting.ofBoolean("describe")
          .in(SettingGroup.LATENCY)
          .basic()
          .defaultsTo(false)
          .doc("Features, parameters and FLOPs only: nothing is timed, no native code is loaded");
  static final Setting<Integer> VOCABULARY_SIZE =
      Setting.ofInt("vocabulary-size")
          .in(SettingGroup.DATA)
          .defaultsTo(32_768)
          .atLeast(4)
          .unit("symbols")
          .doc("Size of both dictionaries where no data folder is given");
  static final Setting<Integer> REPEAT =
      Setting.ofInt("repeat")
          .in(SettingGroup.LATENCY)
          .basic()
          .defaultsTo(1)
          .range(1, 1000)
          .doc("Measurements of the architecture; the median counts, disagreement over 3% is said");

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
    return "measure --sub-configs arch.yml --configs configs/tasks/sample.yml --json";
  }

  @Override
  public List<Setting<?>> settings() {
    List<Setting<?>> settings = new ArrayList<>(SubTransformerFile.settings());
    settings.addAll(SearchSpaceSettings.settings());
    settings.addAll(DataFolder.settings());
    settings.addAll(ModelSettings.settings());
    settings.add(ArchitectureFeatures.FEATURE_NORM);
    settings.addAll(Measurement.settings());
    settings.addAll(Machine.settings());
    settings.addAll(List.of(DESCRIBE, VOCABULARY_SIZE, REPEAT));
    return settings;
  }

  @Override
  public List<String> splits(Settings settings) {
    return List.of();
  }

  @Override
  public ObjectNode run(Settings settings) {
    SubTransformer architecture = SubTransformerFile.fromSettings(settings);
    ModelConfig config = modelConfig(settings, architecture);
    ObjectNode figures = Json.object();
    if (settings.get(DESCRIBE)) {
      Measurement.of(settings, config, null).putCosts(figures, architecture);
      return figures;
    }
    Measurement measurement = Measurement.of(settings, config, Measurement.machine(settings));
    MachineState.Watch watch = MachineState.watch();
    List<Latency> measured = new ArrayList<>();
    for (int i = 0; i < settings.get(REPEAT); i++) {
      measured.add(measurement.latency(architecture));
    }
    MachineState state = watch.stop();
    RepeatedLatency repeated = new RepeatedLatency(measured);
    Measurement.put(figures, repeated.median());
    repeated.put(figures);
    if (measurement.here()) {
      state.put(figures);
      figures.put("machine_state", state.describe());
    }
    measurement.putCosts(figures, architecture);
    figures.set("hardware", Json.tree(measurement.hardware()));
    return figures;
  }

  static Hardware hardware(Settings settings, Machine machine) {
    return Hardware.here(
        settings.get(LatencySettings.HARDWARE_SPEC),
        Devices.describe(machine.device()),
        machine.precision());
  }

  /** The SuperTransformer of the settings, else one just large enough. */
  private static ModelConfig modelConfig(Settings settings, SubTransformer architecture) {
    int source = settings.get(VOCABULARY_SIZE);
    int target = source;
    if (settings.has(DataFolder.DATA) && Files.isDirectory(settings.get(DataFolder.DATA))) {
      DataFolder data = DataFolder.open(settings);
      source = data.sourceDictionary().size();
      target = data.targetDictionary().size();
    }
    if (!SearchSpaceSettings.given(settings)) {
      return ModelSettings.superTransformer(settings, SearchSpace.of(architecture), source, target);
    }
    SearchSpace space = SearchSpaceSettings.space(settings);
    space.check(architecture, SubTransformerFile.where(settings));
    return ModelSettings.superTransformer(settings, space, source, target);
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
    return latency + (state.isEmpty() ? "" : state + System.lineSeparator()) + text;
  }
}
