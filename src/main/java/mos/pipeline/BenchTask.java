package mos.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import mos.base.Json;
import mos.config.Setting;
import mos.config.Settings;
import mos.data.BatchOptions;
import mos.latency.Latency;
import mos.latency.LatencySettings;
import mos.model.ModelConfig;
import mos.model.ModelSettings;
import mos.report.Table;
import mos.space.ArchitectureFeatures;
import mos.space.SearchSpace;
import mos.space.SubTransformer;
import mos.train.TrainingBenchmark;
import mos.train.TrainingSettings;

/** Speed of training and latency on this machine. */
public final class BenchTask implements Task {
  static final Setting<Boolean> TRAIN =
      Setting.ofBoolean("train").defaultsTo(false).doc("Measure training only");
  static final Setting<Integer> SENTENCE_TOKENS =
      Setting.ofInt("sentence-tokens")
          .defaultsTo(30)
          .atLeast(2)
          .unit("tokens")
          .doc("Length of the random sentences");
  static final Setting<Integer> BENCH_UPDATES =
      Setting.ofInt("bench-updates").defaultsTo(3).atLeast(1).doc("Timed updates of each case");

  @Override
  public String name() {
    return "bench";
  }

  @Override
  public String description() {
    return "Training speed (target tokens/s of whole updates: forward, backward, optimiser; random\n"
        + "sentences of equal length, dropout on), peak memory and latency of a configuration's\n"
        + "largest and smallest SubTransformer, and of an update of the sandwich rule.";
  }

  @Override
  public String example() {
    return "bench --configs configs/tasks/wmt14.en-de.yml --max-tokens 2048 --json";
  }

  @Override
  public List<Setting<?>> settings() {
    List<Setting<?>> settings = new ArrayList<>(SearchSpace.settings());
    settings.addAll(ModelSettings.settings());
    settings.add(ArchitectureFeatures.FEATURE_NORM);
    settings.addAll(LatencySettings.settings());
    settings.addAll(Machine.settings());
    settings.addAll(
        List.of(
            MeasureTask.VOCABULARY_SIZE,
            BatchOptions.MAX_TOKENS,
            TrainingSettings.TOKENS_PER_PASS,
            TRAIN,
            SENTENCE_TOKENS,
            BENCH_UPDATES));
    return settings;
  }

  @Override
  public ObjectNode run(Settings settings) {
    Machine machine = Machine.setUp(settings);
    SearchSpace space = SearchSpace.fromSettings(settings);
    int vocabulary = settings.get(MeasureTask.VOCABULARY_SIZE);
    ModelConfig config = ModelSettings.superTransformer(settings, space, vocabulary, vocabulary);
    int tokens = settings.get(BatchOptions.MAX_TOKENS);
    TrainingBenchmark benchmark =
        new TrainingBenchmark(
            settings.get(SENTENCE_TOKENS),
            tokens,
            settings.find(TrainingSettings.TOKENS_PER_PASS).orElse(tokens),
            settings.get(BENCH_UPDATES));
    ObjectNode figures = Json.object();
    figures.put("tokens_per_update", tokens);
    figures.put("vocabulary", vocabulary);
    figures.put("max_experts", config.experts().count());
    figures.put("mos_type", config.experts().routing());
    ObjectNode training = figures.putObject("training");
    cases(space)
        .forEach(
            (name, architectures) -> {
              // A single SubTransformer is trained as such, without experts.
              ModelConfig model =
                  architectures.size() == 1 ? config.standalone(architectures.get(0)) : config;
              TrainingBenchmark.Result result =
                  benchmark.run(model, architectures, machine.device(), machine.precision());
              ObjectNode one = training.putObject(name);
              one.put("tokens_per_second", result.tokensPerSecond());
              one.put("ms_per_update", result.millisecondsPerUpdate());
              one.put("peak_memory_mb", peakMemoryMb());
            });
    if (!settings.get(TRAIN)) {
      latencies(settings, config, space, machine, figures.putObject("latency"));
    }
    figures.set("hardware", Json.tree(MeasureTask.hardware(settings, machine)));
    return figures;
  }

  /** The smallest first, for the peak of memory only ever rises. */
  private static Map<String, List<SubTransformer>> cases(SearchSpace space) {
    SubTransformer random = space.sample(new SplittableRandom(1));
    Map<String, List<SubTransformer>> cases = new LinkedHashMap<>();
    cases.put("smallest", List.of(space.smallest()));
    cases.put("largest", List.of(space.largest()));
    cases.put("supernet", List.of(random, space.largest(), space.smallest()));
    return cases;
  }

  private static void latencies(
      Settings settings,
      ModelConfig config,
      SearchSpace space,
      Machine machine,
      ObjectNode figures) {
    Measurement measurement = new Measurement(config, machine, LatencySettings.of(settings));
    Map.of("smallest", space.smallest(), "largest", space.largest())
        .forEach(
            (name, architecture) -> {
              Latency latency = measurement.latency(architecture);
              Measurement.put(figures.putObject(name), latency);
            });
  }

  /** Highest resident memory of this process so far, NaN where the system does not tell. */
  private static double peakMemoryMb() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("VmHWM:")) {
          return Double.parseDouble(line.replaceAll("\\D", "")) / 1024;
        }
      }
    } catch (IOException e) {
      return Double.NaN;
    }
    return Double.NaN;
  }

  @Override
  public String describe(ObjectNode figures) {
    Table table =
        Table.of("", ">training, tokens/s", ">ms/update", ">peak memory, MB", ">latency, ms");
    for (Map.Entry<String, JsonNode> entry : figures.path("training").properties()) {
      JsonNode latency = figures.path("latency").path(entry.getKey()).path("latency_ms");
      table.row(
          entry.getKey(),
          number(entry.getValue().path("tokens_per_second"), "%,.0f"),
          number(entry.getValue().path("ms_per_update"), "%,.0f"),
          number(entry.getValue().path("peak_memory_mb"), "%,.0f"),
          number(latency, "%.1f"));
    }
    return table.toString().stripTrailing();
  }

  private static String number(JsonNode value, String format) {
    return value.isNumber() ? String.format(Locale.ROOT, format, value.asDouble()) : "";
  }
}
