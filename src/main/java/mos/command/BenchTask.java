package mos.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.base.Json;
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
import mos.distributed.Ranks;
import mos.experiment.DataFolder;
import mos.experiment.Vocabulary;
import mos.latency.Latency;
import mos.latency.LatencySource;
import mos.model.ExpertConfig;
import mos.model.ModelConfig;
import mos.space.SearchSpace;
import mos.space.SearchSpaceSettings;
import mos.space.SubTransformer;
import mos.tensor.Compute;
import mos.tensor.MatrixSpeed;
import mos.train.ArchitectureSchedule;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Speed of training and latency on this machine. */
public final class BenchTask implements Command<ObjectNode> {
  private static final Logger LOG = LoggerFactory.getLogger(BenchTask.class);
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
            MachineSettings.DISTRIBUTED_TIMEOUT));
    return settings;
  }

  @Override
  public Class<ObjectNode> result() {
    return ObjectNode.class;
  }

  @Override
  public ObjectNode run(Settings settings) {
    Optional<Launch> launch = LocalRanks.place();
    boolean several = launch.isPresent() || LocalRanks.of(settings) > 1;
    if (several && !settings.get(BenchSettings.TRAIN)) {
      throw settings.error(
          BenchSettings.TRAIN,
          "true with num-gpus or RANK set: processes share training, not latency");
    }
    if (several && launch.isEmpty()) {
      return new LocalRanks(name(), settings).run();
    }
    Compute machine = MachineSettings.compute(settings).setUp(launch);
    int timeout = settings.get(MachineSettings.DISTRIBUTED_TIMEOUT);
    return Ranks.together(
        launch, machine.device(), timeout, ranks -> run(settings, machine, ranks));
  }

  private static ObjectNode run(Settings settings, Compute machine, Ranks ranks) {
    SearchSpace space = SearchSpaceSettings.space(settings);
    DataFolder data =
        settings.get(BenchSettings.TEXT) ? DataFolder.open(DataSettings.source(settings)) : null;
    Vocabulary vocabulary =
        data == null ? DataSettings.vocabulary(settings).sizes() : Vocabulary.of(data);
    ModelConfig config =
        ModelSettings.superTransformer(settings, space, vocabulary.source(), vocabulary.target());
    LOG.info("vocabulary {} ({})", config.targetVocabulary(), vocabulary.origin());
    LOG.info("large matrix products: how fast this machine is at most");
    double peak = MatrixSpeed.flops(machine.device(), machine.precision());
    ObjectNode figures = Json.object();
    figures.put("vocabulary", config.targetVocabulary());
    figures.put("vocabulary_of", vocabulary.origin());
    figures.put("max_experts", config.experts().count());
    figures.put("mos_type", config.experts().routing());
    figures.put("matrix_tflops", peak / 1e12);
    figures.put("ranks", ranks.size());
    figures.put("communication", ranks.engine());
    ObjectNode training = figures.putObject("training");
    figures.set(
        "hardware",
        Json.tree(LatencySourceSettings.of(settings).open(config, () -> machine).hardware()));
    if (settings.get(BenchSettings.DECODE)) {
      figures.set("decoding", new BenchDecoding(settings, machine).measure(config, space));
      return figures;
    }
    BenchTraining bench = new BenchTraining(settings, machine, data, peak, ranks);
    for (int tokens : tokens(settings)) {
      cases(settings, space, config)
          .forEach(
              (name, benchCase) -> {
                String title = name + " " + tokens;
                LOG.info(
                    "training, {} tokens per update: {} updates to warm up, {} timed",
                    title,
                    settings.get(BenchSettings.WARM_UP),
                    settings.get(BenchSettings.UPDATES));
                training.set(
                    title, bench.measure(title, benchCase.config(), benchCase.schedule(), tokens));
              });
    }
    if (!settings.get(BenchSettings.TRAIN)) {
      latencies(settings, config, space, machine, figures.putObject("latency"));
    }
    return figures;
  }

  private static List<Integer> tokens(Settings settings) {
    return settings
        .find(BenchSettings.TOKENS)
        .orElse(List.of(settings.get(DataSettings.MAX_TOKENS)));
  }

  private record Case(ModelConfig config, ArchitectureSchedule schedule) {}

  /** The smallest first, for the peak of memory only ever rises. */
  private static Map<String, Case> cases(Settings settings, SearchSpace space, ModelConfig config) {
    ArchitectureSchedule sandwich = ArchitectureSchedule.supernet(space, true, 1);
    Map<String, Case> cases = new LinkedHashMap<>();
    if (!settings.get(BenchSettings.TRAIN)) {
      for (String size : List.of("smallest", "largest")) {
        SubTransformer a = size.equals("smallest") ? space.smallest() : space.largest();
        cases.put(size, new Case(config.standalone(a), ArchitectureSchedule.single(a)));
      }
    }
    if (!settings.has(BenchSettings.CASES)) {
      cases.put("supernet", new Case(config, sandwich));
      return cases;
    }
    for (String name : settings.get(BenchSettings.CASES).split(",")) {
      cases.put(name, new Case(config.withExperts(experts(settings, config, name)), sandwich));
    }
    return cases;
  }

  private static ExpertConfig experts(Settings settings, ModelConfig config, String name) {
    Matcher parts = CASE.matcher(name);
    if (!parts.matches()) {
      throw settings.error(
          BenchSettings.CASES, "hat, layer-wise:M or neuron-wise:M, separated by commas");
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

  private static void latencies(
      Settings settings,
      ModelConfig config,
      SearchSpace space,
      Compute machine,
      ObjectNode figures) {
    LatencySource source = LatencySourceSettings.of(settings).open(config, () -> machine);
    for (String name : List.of("smallest", "largest")) {
      LOG.info("latency of the {} SubTransformer", name);
      Latency latency =
          source.measure(name.equals("smallest") ? space.smallest() : space.largest());
      latency.put(figures.putObject(name));
    }
  }

  @Override
  public String describe(ObjectNode figures) {
    return figures.has("decoding") ? BenchDecoding.describe(figures) : BenchText.of(figures);
  }
}
