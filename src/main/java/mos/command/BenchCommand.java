package mos.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.command.settings.BenchSettings;
import mos.command.settings.DataSettings;
import mos.command.settings.DecodingSettings;
import mos.command.settings.LatencySourceSettings;
import mos.command.settings.LossSettings;
import mos.command.settings.MachineSettings;
import mos.command.settings.MeasureSettings;
import mos.command.settings.ModelSettings;
import mos.command.settings.TrainingSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.distributed.Launch;
import mos.experiment.Benchmark;
import mos.experiment.DataFolder;
import mos.experiment.DataSource;
import mos.experiment.Experiment;
import mos.experiment.Vocabulary;
import mos.model.ExpertConfig;
import mos.model.ModelConfig;
import mos.results.BenchFigures;
import mos.space.SearchSpace;
import mos.space.SearchSpaceSettings;
import mos.train.TrainingBenchmark;

/** Speed of training and latency on this machine. */
public final class BenchCommand implements Command<BenchFigures> {
  private static final Pattern CASE = Pattern.compile("hat|(layer|neuron)-wise:([1-9]\\d{0,2})");

  @Override
  public String name() {
    return "bench";
  }

  @Override
  public String description() {
    return "Training: target tokens/s of whole updates (forward, backward, optimiser; dropout on; random"
        + " sentences of equal length or, with --bench-text, real text), their share of the"
        + " arithmetic limit measured here, padding, memory. Translation: latency of the largest and"
        + " the smallest SubTransformer. With --train in several processes: tokens/s of all"
        + " together, and the share of the time in which gradients are summed. With --decode: target"
        + " tokens/s of translating in batches, random sentences of one length into as many tokens,"
        + " and the times of a step.";
  }

  @Override
  public String example() {
    return "bench --train --configs configs/tasks/wmt14.en-de.yml --vocabulary-size 32768 --bench-tokens 4096,16384"
        + " --bench-cases hat,neuron-wise:2 --json";
  }

  @Override
  public List<Setting<?>> settings() {
    List<Setting<?>> settings = new ArrayList<>(DataSettings.ofFolder());
    settings.addAll(SearchSpaceSettings.settings());
    settings.addAll(ModelSettings.settings());
    settings.addAll(LatencySourceSettings.settings());
    settings.addAll(MachineSettings.ofComputing());
    settings.addAll(
        List.of(
            MeasureSettings.VOCABULARY_SIZE,
            DataSettings.MAX_TOKENS,
            TrainingSettings.TOKENS_PER_PASS,
            LossSettings.CAPACITY_FACTOR,
            LossSettings.BALANCE_WEIGHT,
            BenchSettings.TRAIN,
            BenchSettings.DECODE,
            BenchSettings.BATCH,
            DecodingSettings.BEAM,
            BenchSettings.SENTENCE_TOKENS,
            BenchSettings.UPDATES,
            BenchSettings.WARM_UP,
            BenchSettings.TOKENS,
            BenchSettings.TEXT,
            BenchSettings.CASES,
            MachineSettings.NUM_GPUS,
            MachineSettings.DISTRIBUTED_TIMEOUT,
            MachineSettings.ZERO_SHARDING));
    return settings;
  }

  @Override
  public Class<BenchFigures> result() {
    return BenchFigures.class;
  }

  @Override
  public void check(Settings settings) {
    boolean several = Launch.of(System.getenv()).isPresent() || LocalRanks.of(settings) > 1;
    if (several && !settings.get(BenchSettings.TRAIN)) {
      throw settings.error(
          BenchSettings.TRAIN,
          "true with num-gpus or RANK set: processes share training, not latency");
    }
  }

  @Override
  public Experiment<BenchFigures> experiment(Settings settings) {
    SearchSpace space = SearchSpaceSettings.space(settings);
    ModelConfig model = ModelSettings.anyVocabulary(settings, space);
    DataSource data = settings.get(BenchSettings.TEXT) ? DataSettings.source(settings) : null;
    return new Benchmark(
        new Benchmark.Subject(
            space,
            model,
            data == null
                ? DataSettings.vocabulary(settings)
                : () -> Vocabulary.of(DataFolder.open(data))),
        work(settings, model, data),
        LatencySourceSettings.of(settings),
        MachineSettings.compute(settings));
  }

  private static Benchmark.Work work(Settings settings, ModelConfig model, DataSource data) {
    int maxTokens = settings.get(DataSettings.MAX_TOKENS);
    int sentenceTokens = settings.get(BenchSettings.SENTENCE_TOKENS);
    if (settings.get(BenchSettings.DECODE)) {
      return new Benchmark.Work.Decoding(
          settings.get(DecodingSettings.BEAM),
          settings.get(BenchSettings.BATCH),
          sentenceTokens,
          maxTokens);
    }
    Benchmark.Updates updates =
        new Benchmark.Updates(
            cases(settings, model.experts()),
            settings.find(BenchSettings.TOKENS).orElse(List.of(maxTokens)),
            data == null
                ? new Benchmark.Text.Random(sentenceTokens)
                : new Benchmark.Text.OfData(data),
            maxTokens,
            settings.find(TrainingSettings.TOKENS_PER_PASS),
            new TrainingBenchmark(
                settings.get(BenchSettings.UPDATES),
                settings.get(BenchSettings.WARM_UP),
                LossSettings.tokenExperts(settings)));
    return settings.get(BenchSettings.TRAIN)
        ? new Benchmark.Work.Training(updates)
        : new Benchmark.Work.TrainingAndLatency(updates);
  }

  private static List<Benchmark.Case> cases(Settings settings, ExpertConfig configured) {
    return settings.has(BenchSettings.CASES)
        ? Arrays.stream(settings.get(BenchSettings.CASES).split(","))
            .map(name -> new Benchmark.Case(name, experts(settings, configured, name)))
            .toList()
        : List.of(new Benchmark.Case("supernet", configured));
  }

  /** The configured experts, but for their number and routing. */
  private static ExpertConfig experts(Settings settings, ExpertConfig configured, String name) {
    Matcher parts = CASE.matcher(name);
    if (!parts.matches()) {
      throw settings.error(
          BenchSettings.CASES, "hat, layer-wise:M or neuron-wise:M, separated by commas");
    }
    if (parts.group(1) == null) {
      return configured.with(1, configured.routing());
    }
    return configured.with(
        Integer.parseInt(parts.group(2)),
        parts.group(1).equals("layer") ? "archrouting_jack_2L" : "neuronrouting_jack_drop_2L");
  }

  @Override
  public String describe(BenchFigures figures) {
    return BenchText.of(figures);
  }
}
