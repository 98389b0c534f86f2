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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.base.Json;
import mos.config.Setting;
import mos.config.Settings;
import mos.data.Batch;
import mos.data.BatchOptions;
import mos.data.BatchPlanner;
import mos.data.BatchSource;
import mos.data.PackedBatch;
import mos.data.ParallelCorpus;
import mos.data.Passes;
import mos.data.UpdateIterator;
import mos.latency.Latency;
import mos.latency.LatencySettings;
import mos.model.ExpertConfig;
import mos.model.ModelConfig;
import mos.model.ModelSettings;
import mos.report.Table;
import mos.space.ArchitectureFeatures;
import mos.space.ModelCost;
import mos.space.SearchSpace;
import mos.space.SubTransformer;
import mos.tensor.MatrixSpeed;
import mos.train.ArchitectureSchedule;
import mos.train.TrainingBenchmark;
import mos.train.TrainingSettings;

/** Speed of training and latency on this machine. */
public final class BenchTask implements Task {
  private static final Pattern CASE = Pattern.compile("hat|(layer|neuron)-wise:([1-9]\\d{0,2})");

  static final Setting<Boolean> TRAIN =
      Setting.ofBoolean("train")
          .defaultsTo(false)
          .doc("Measure updates of the sandwich rule only, no single SubTransformers, no latency");
  static final Setting<Integer> SENTENCE_TOKENS =
      Setting.ofInt("sentence-tokens")
          .defaultsTo(30)
          .atLeast(2)
          .unit("tokens")
          .doc("Length of the random sentences");
  static final Setting<Integer> BENCH_UPDATES =
      Setting.ofInt("bench-updates").defaultsTo(3).atLeast(1).doc("Timed updates of each case");
  static final Setting<Integer> BENCH_WARM_UP =
      Setting.ofInt("bench-warm-up").defaultsTo(1).atLeast(1).doc("Updates before, not timed");
  static final Setting<List<Integer>> BENCH_TOKENS =
      Setting.ofInts("bench-tokens")
          .atLeast(1)
          .unit("tokens")
          .doc("Tokens of an update, one or several sizes to measure; not given: max-tokens");
  static final Setting<Boolean> BENCH_TEXT =
      Setting.ofBoolean("bench-text")
          .defaultsTo(false)
          .doc("Train on the training set of the data folder in place of random sentences");
  static final Setting<String> BENCH_CASES =
      Setting.ofString("bench-cases")
          .doc(
              "Models to measure, for example hat,layer-wise:2,neuron-wise:6 (kind:experts); not"
                  + " given: what mos-type and max-experts say");

  @Override
  public String name() {
    return "bench";
  }

  @Override
  public String description() {
    return "Training speed (target tokens/s of whole updates: forward, backward, optimiser; dropout\n"
        + "on; random sentences of equal length or, with --bench-text, real text), its share of the\n"
        + "arithmetic limit measured here, padding, memory; latency of the largest and the smallest\n"
        + "SubTransformer.";
  }

  @Override
  public String example() {
    return "bench --train --configs configs/tasks/wmt14.en-de.yml --bench-tokens 4096,16384"
        + " --bench-cases hat,neuron-wise:2 --json";
  }

  @Override
  public List<Setting<?>> settings() {
    List<Setting<?>> settings = new ArrayList<>(DataFolder.settings());
    settings.addAll(SearchSpace.settings());
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
            BENCH_UPDATES,
            BENCH_WARM_UP,
            BENCH_TOKENS,
            BENCH_TEXT,
            BENCH_CASES));
    return settings;
  }

  @Override
  public ObjectNode run(Settings settings) {
    Machine machine = Machine.setUp(settings);
    SearchSpace space = SearchSpace.fromSettings(settings);
    DataFolder data = settings.get(BENCH_TEXT) ? DataFolder.open(settings) : null;
    int vocabulary = settings.get(MeasureTask.VOCABULARY_SIZE);
    ModelConfig config =
        ModelSettings.superTransformer(
            settings,
            space,
            data == null ? vocabulary : data.sourceDictionary().size(),
            data == null ? vocabulary : data.targetDictionary().size());
    double peak = MatrixSpeed.flops(machine.device(), machine.precision());
    ObjectNode figures = Json.object();
    figures.put("vocabulary", config.targetVocabulary());
    figures.put("max_experts", config.experts().count());
    figures.put("mos_type", config.experts().routing());
    figures.put("matrix_tflops", peak / 1e12);
    ObjectNode training = figures.putObject("training");
    for (int tokens : tokens(settings)) {
      cases(settings, space, config)
          .forEach(
              (name, benchCase) ->
                  training.set(
                      name + " " + tokens,
                      measured(settings, benchCase, tokens, machine, data, peak)));
    }
    if (!settings.get(TRAIN)) {
      latencies(settings, config, space, machine, figures.putObject("latency"));
    }
    figures.set("hardware", Json.tree(MeasureTask.hardware(settings, machine)));
    return figures;
  }

  private static List<Integer> tokens(Settings settings) {
    return settings.find(BENCH_TOKENS).orElse(List.of(settings.get(BatchOptions.MAX_TOKENS)));
  }

  private record Case(ModelConfig config, ArchitectureSchedule schedule) {}

  /** The smallest first, for the peak of memory only ever rises. */
  private static Map<String, Case> cases(Settings settings, SearchSpace space, ModelConfig config) {
    ArchitectureSchedule sandwich = ArchitectureSchedule.supernet(space, true, 1);
    Map<String, Case> cases = new LinkedHashMap<>();
    if (!settings.get(TRAIN)) {
      for (String size : List.of("smallest", "largest")) {
        SubTransformer a = size.equals("smallest") ? space.smallest() : space.largest();
        cases.put(size, new Case(config.standalone(a), ArchitectureSchedule.single(a)));
      }
    }
    if (!settings.has(BENCH_CASES)) {
      cases.put("supernet", new Case(config, sandwich));
      return cases;
    }
    for (String name : settings.get(BENCH_CASES).split(",")) {
      cases.put(name, new Case(config.withExperts(experts(settings, config, name)), sandwich));
    }
    return cases;
  }

  private static ExpertConfig experts(Settings settings, ModelConfig config, String name) {
    Matcher parts = CASE.matcher(name);
    if (!parts.matches()) {
      throw settings.error(BENCH_CASES, "hat, layer-wise:M or neuron-wise:M, separated by commas");
    }
    if (parts.group(1) == null) {
      return ExpertConfig.NONE;
    }
    ExpertConfig given = config.experts();
    return new ExpertConfig(
        Integer.parseInt(parts.group(2)),
        parts.group(1).equals("layer") ? "archrouting_jack_2L" : "neuronrouting_jack_drop_2L",
        given.hypernetHiddenSize(),
        given.layerFreq(),
        given.featureFormat(),
        given.featureNorm());
  }

  private static ObjectNode measured(
      Settings settings, Case one, int tokens, Machine machine, DataFolder data, double peak) {
    int microBatch = Math.min(tokens, settings.get(BatchOptions.MAX_TOKENS));
    int pass =
        settings
            .find(TrainingSettings.TOKENS_PER_PASS)
            .orElse(machine.device().is_cpu() ? microBatch : tokens);
    TrainingBenchmark benchmark =
        new TrainingBenchmark(settings.get(BENCH_UPDATES), settings.get(BENCH_WARM_UP));
    TrainingBenchmark.Work work = work(one.config());
    TrainingBenchmark.Result result;
    if (data == null) {
      List<Batch> passes =
          new BenchSentences(one.config().targetVocabulary(), settings.get(SENTENCE_TOKENS))
              .passes(tokens, microBatch, pass);
      result =
          benchmark.run(
              one.config(),
              one.schedule(),
              () -> passes,
              work,
              machine.device(),
              machine.precision());
    } else {
      try (ParallelCorpus corpus = data.split("train");
          BatchSource source =
              source(
                  corpus,
                  microBatch,
                  tokens / microBatch,
                  machine.device().is_cpu() ? Passes.PADDED : Passes.PACKED,
                  pass)) {
        result =
            benchmark.run(
                one.config(),
                one.schedule(),
                () -> source.next().passes(),
                work,
                machine.device(),
                machine.precision());
      }
    }
    ObjectNode figures = Json.object();
    figures.put("tokens_per_second", result.tokensPerSecond());
    figures.put("ms_per_update", result.medianMs());
    figures.put("tokens_per_update", tokens);
    figures.put("tokens_per_pass", pass);
    figures.put("arithmetic_limit_share", result.flops() / peak);
    figures.put("padding_share", machine.device().is_cpu() ? result.padding() : 0.0);
    figures.put("batch_padding_share", result.padding());
    figures.put("device_waits_share", result.waits());
    figures.put(
        "peak_memory_mb",
        machine.device().is_cpu() ? peakMemoryMb() : result.deviceBytes() / 1048576.0);
    figures.put("loss", result.loss());
    return figures;
  }

  private static BatchSource source(
      ParallelCorpus corpus, int microBatch, int updateFreq, Passes passes, int pass) {
    BatchPlanner planner = new BatchPlanner(corpus, BatchOptions.ofMaxTokens(microBatch));
    UpdateIterator updates =
        new UpdateIterator(planner, 1, Math.max(1, updateFreq), UpdateIterator.Position.START);
    return BatchSource.ofPasses(updates, corpus, passes, pass);
  }

  private static TrainingBenchmark.Work work(ModelConfig config) {
    ModelCost cost =
        new ModelCost(
            config.qkvDim(),
            config.sourceVocabulary(),
            config.targetVocabulary(),
            config.shareAllEmbeddings());
    return (architecture, batch) -> {
      PackedBatch packed = PackedBatch.of(batch);
      double flops = 0;
      for (int b = 0; b < packed.size(); b++) {
        flops +=
            cost.flops(
                architecture,
                packed.sourceStarts()[b + 1] - packed.sourceStarts()[b],
                packed.targetStarts()[b + 1] - packed.targetStarts()[b]);
      }
      return flops;
    };
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
        Table.of(
            "tokens per update",
            ">tokens/s",
            ">ms/update",
            ">of the limit",
            ">padding",
            ">device waits",
            ">memory, MB");
    for (Map.Entry<String, JsonNode> entry : figures.path("training").properties()) {
      JsonNode one = entry.getValue();
      table.row(
          entry.getKey(),
          number(one.path("tokens_per_second"), "%,.0f"),
          number(one.path("ms_per_update"), "%,.1f"),
          percent(one.path("arithmetic_limit_share")),
          percent(one.path("padding_share")),
          percent(one.path("device_waits_share")),
          number(one.path("peak_memory_mb"), "%,.0f"));
    }
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%s, %s, %.1f TFLOP/s in large products%n%s",
                figures.path("hardware").path("device").asText(),
                figures.path("hardware").path("precision").asText(),
                figures.path("matrix_tflops").asDouble(),
                table));
    for (Map.Entry<String, JsonNode> entry : figures.path("latency").properties()) {
      text.append(
          String.format(
              Locale.ROOT,
              "latency, %s: %.1f ms%n",
              entry.getKey(),
              entry.getValue().path("latency_ms").asDouble()));
    }
    return text.toString().stripTrailing();
  }

  private static String percent(JsonNode share) {
    return String.format(Locale.ROOT, "%.1f%%", 100 * share.asDouble());
  }

  private static String number(JsonNode value, String format) {
    return value.isNumber() ? String.format(Locale.ROOT, format, value.asDouble()) : "";
  }
}
