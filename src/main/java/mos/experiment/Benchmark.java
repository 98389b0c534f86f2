package mos.experiment;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import mos.distributed.Processes;
import mos.distributed.Ranks;
import mos.host.Hardware;
import mos.latency.LatencySource;
import mos.model.ExpertConfig;
import mos.model.ModelConfig;
import mos.results.BenchFigures;
import mos.results.LatencyFigures;
import mos.space.SearchSpace;
import mos.space.SubTransformer;
import mos.tensor.Compute;
import mos.tensor.Devices;
import mos.tensor.MatrixSpeed;
import mos.tensor.Native;
import mos.train.TrainingBenchmark;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Speed of training, of translating in batches and latency on this machine, of models with random
 * weights. Several processes share the updates of a training.
 *
 * @param subject the models
 * @param work what is timed
 * @param latency what tells latencies, and the name of the hardware
 * @param compute where, and how precisely
 */
public record Benchmark(Subject subject, Work work, LatencyChoice latency, ComputeChoice compute)
    implements Experiment<BenchFigures> {
  private static final Logger LOG = LoggerFactory.getLogger(Benchmark.class);

  /**
   * The models.
   *
   * @param space whose smallest and largest SubTransformers are timed
   * @param model the SuperTransformer, for dictionaries of any size
   * @param vocabulary sizes of the dictionaries
   */
  public record Subject(SearchSpace space, ModelConfig model, Vocabulary.Choice vocabulary) {}

  /** What is timed. */
  public sealed interface Work {
    /** Updates of SuperTransformers by the sandwich rule. */
    record Training(Updates updates) implements Work {}

    /** These, updates of the smallest and the largest SubTransformer, and the latency of both. */
    record TrainingAndLatency(Updates updates) implements Work {}

    /**
     * Translations of random sentences by the smallest and the largest SubTransformer.
     *
     * @param beam size
     * @param batches numbers of sentences that are decoded together, each is measured
     * @param sentenceTokens of every source and every translation, at least 2
     * @param maxTokens source tokens of an encoder pass
     */
    record Decoding(int beam, List<Integer> batches, int sentenceTokens, int maxTokens)
        implements Work {
      public Decoding {
        batches = List.copyOf(batches);
      }
    }
  }

  /**
   * The updates that are timed.
   *
   * @param cases SuperTransformers
   * @param tokens target tokens of an update of all processes; each size is measured
   * @param text what is trained on
   * @param maxTokens of a micro-batch
   * @param tokensPerPass of a pass; empty: those of a micro-batch, on a GPU of the update
   * @param timed how many updates, and how they train
   */
  public record Updates(
      List<Case> cases,
      List<Integer> tokens,
      Text text,
      int maxTokens,
      Optional<Integer> tokensPerPass,
      TrainingBenchmark timed) {
    public Updates {
      cases = List.copyOf(cases);
      tokens = List.copyOf(tokens);
    }
  }

  /**
   * A SuperTransformer of the subject's sizes.
   *
   * @param name for people, for example neuron-wise:2
   * @param experts in its search space
   */
  public record Case(String name, ExpertConfig experts) {}

  /** What is trained on. */
  public sealed interface Text {
    /**
     * Random sentences.
     *
     * @param tokens of each, at least 2
     */
    record Random(int tokens) implements Text {}

    /** The training set of a data folder. */
    record OfData(DataSource data) implements Text {}
  }

  @Override
  public BenchFigures run(Processes processes) {
    Compute here = compute.setUp(processes.place());
    return Ranks.together(processes, here.device(), ranks -> run(here, ranks));
  }

  private BenchFigures run(Compute here, Ranks ranks) {
    Vocabulary sizes = subject.vocabulary().sizes();
    ModelConfig model = subject.model().withVocabularies(sizes.source(), sizes.target());
    LOG.info("vocabulary {} ({})", model.targetVocabulary(), sizes.origin());
    LOG.info("large matrix products: how fast this machine is at most");
    double peak = MatrixSpeed.flops(here.device(), here.precision());
    Map<String, BenchFigures.Training> training = Map.of();
    Map<String, BenchFigures.Decoding> decoding = null;
    Map<String, LatencyFigures> latencies = null;
    if (work instanceof Work.Decoding asked) {
      decoding = new BenchDecoding(asked, here).measure(model, subject.space());
    } else if (work instanceof Work.Training asked) {
      training =
          new BenchTraining(asked.updates(), here, peak, ranks)
              .measure(model, subject.space(), false);
    } else if (work instanceof Work.TrainingAndLatency asked) {
      training =
          new BenchTraining(asked.updates(), here, peak, ranks)
              .measure(model, subject.space(), true);
      latencies = latencies(model, here);
    }
    return new BenchFigures(
        model.targetVocabulary(),
        sizes.origin(),
        model.experts().count(),
        model.experts().routing(),
        peak / 1e12,
        ranks.size(),
        ranks.engine(),
        training,
        hardware(here),
        decoding,
        latencies);
  }

  /** The two SubTransformers of a space that are timed, the smaller one first. */
  static Map<String, SubTransformer> extremes(SearchSpace space) {
    Map<String, SubTransformer> both = new LinkedHashMap<>();
    both.put("smallest", space.smallest());
    both.put("largest", space.largest());
    return both;
  }

  private Map<String, LatencyFigures> latencies(ModelConfig model, Compute here) {
    LatencySource source = latency.open(model, () -> here);
    Map<String, LatencyFigures> all = new LinkedHashMap<>();
    extremes(subject.space())
        .forEach(
            (name, architecture) -> {
              LOG.info("latency of the {} SubTransformer", name);
              all.put(name, Figures.of(source.measure(architecture)));
            });
    return all;
  }

  private Hardware hardware(Compute here) {
    return Hardware.here(
        latency.hardwareSpec(),
        Devices.describe(here.device()),
        here.precision().name().toLowerCase(Locale.ROOT),
        Native.threads(),
        Native.version());
  }
}
