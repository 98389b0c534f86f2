package mos.experiment;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import mos.console.Progress;
import mos.data.Batch;
import mos.data.BatchSource;
import mos.data.PackedBatch;
import mos.data.Passes;
import mos.data.Sampling;
import mos.data.TrainingBatches;
import mos.data.TrainingSet;
import mos.data.UpdateIterator;
import mos.distributed.Ranks;
import mos.host.ThisProcess;
import mos.model.ModelConfig;
import mos.results.BenchFigures;
import mos.space.ModelCost;
import mos.space.SearchSpace;
import mos.tensor.Compute;
import mos.train.ArchitectureSchedule;
import mos.train.TrainingBenchmark;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Times the training of models on this machine.
 *
 * @param asked which updates
 * @param peak FLOPs per second of large matrix products
 * @param ranks that share each update
 */
record BenchTraining(Benchmark.Updates asked, Compute compute, double peak, Ranks ranks) {
  private static final Logger LOG = LoggerFactory.getLogger(BenchTraining.class);

  private record Case(ModelConfig config, ArchitectureSchedule schedule) {}

  /**
   * How large an update of this rank is, in target tokens.
   *
   * @param share of the update
   */
  private record Size(int share, int microBatch, int pass) {}

  /**
   * Trains fresh models and tells how fast.
   *
   * @param single whether the smallest and the largest SubTransformer are trained alone too
   */
  Map<String, BenchFigures.Training> measure(ModelConfig model, SearchSpace space, boolean single) {
    Map<String, BenchFigures.Training> speeds = new LinkedHashMap<>();
    for (int tokens : asked.tokens()) {
      cases(model, space, single)
          .forEach(
              (name, one) -> {
                String title = name + " " + tokens;
                LOG.info(
                    "training, {} tokens per update: {} updates to warm up, {} timed",
                    title,
                    asked.timed().warmUp(),
                    asked.timed().updates());
                speeds.put(title, measure(title, one, tokens));
              });
    }
    return speeds;
  }

  /** The smallest first, for the peak of memory only ever rises. */
  private Map<String, Case> cases(ModelConfig model, SearchSpace space, boolean single) {
    Map<String, Case> cases = new LinkedHashMap<>();
    if (single) {
      Benchmark.extremes(space)
          .forEach(
              (name, a) ->
                  cases.put(name, new Case(model.standalone(a), ArchitectureSchedule.single(a))));
    }
    ArchitectureSchedule sandwich = ArchitectureSchedule.supernet(space, true, 1);
    for (Benchmark.Case one : asked.cases()) {
      cases.put(one.name(), new Case(model.withExperts(one.experts()), sandwich));
    }
    return cases;
  }

  private BenchFigures.Training measure(String title, Case one, int tokens) {
    int share = Math.max(1, tokens / ranks.size());
    int microBatch = Math.min(share, asked.maxTokens());
    boolean cpu = compute.device().is_cpu();
    Size size = new Size(share, microBatch, asked.tokensPerPass().orElse(cpu ? microBatch : share));
    int updates = asked.timed().warmUp() + asked.timed().updates();
    try (Progress progress = Progress.start(title, updates)) {
      return figures(time(one, size, progress), tokens, size.pass());
    }
  }

  private TrainingBenchmark.Result time(Case one, Size size, Progress progress) {
    AtomicInteger begun = new AtomicInteger();
    if (asked.text() instanceof Benchmark.Text.Random random) {
      TrainingBenchmark.Share each = share(one.config(), size, random.tokens());
      return time(one, () -> begun(each, begun, progress));
    }
    DataFolder data = DataFolder.open(((Benchmark.Text.OfData) asked.text()).data());
    try (TrainingSet set = data.training(Sampling.PLAIN);
        TrainingBatches batches = new TrainingBatches(set, size.microBatch(), 1, false);
        BatchSource source = source(batches, size)) {
      return time(
          one,
          () -> {
            BatchSource.Update update = source.next();
            return begun(
                new TrainingBenchmark.Share(update.passes(), update.targetTokens()),
                begun,
                progress);
          });
    }
  }

  private TrainingBenchmark.Result time(Case one, Supplier<TrainingBenchmark.Share> shares) {
    return asked
        .timed()
        .run(
            one.config(),
            one.schedule(),
            shares,
            work(one.config()),
            compute.device(),
            compute.precision(),
            ranks);
  }

  private TrainingBenchmark.Share share(ModelConfig config, Size size, int tokens) {
    List<Batch> passes =
        new RandomSentences(config.sourceVocabulary(), config.targetVocabulary(), tokens)
            .passes(size.share(), size.microBatch(), size.pass());
    long all = ranks.size() * passes.stream().mapToLong(Batch::targetTokens).sum();
    return new TrainingBenchmark.Share(passes, all);
  }

  private static TrainingBenchmark.Share begun(
      TrainingBenchmark.Share update, AtomicInteger begun, Progress progress) {
    // As many are done as were begun before.
    progress.update(begun.getAndIncrement(), "");
    return update;
  }

  private BatchSource source(TrainingBatches batches, Size size) {
    int updateFreq = Math.max(1, size.share() / size.microBatch()) * ranks.size();
    UpdateIterator updates = new UpdateIterator(batches, updateFreq, UpdateIterator.Position.START);
    Passes passes = compute.device().is_cpu() ? Passes.PADDED : Passes.PACKED;
    return BatchSource.ofShare(updates, passes, size.pass(), ranks.rank(), ranks.size());
  }

  private static TrainingBenchmark.Work work(ModelConfig config) {
    ModelCost cost = config.cost();
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

  private BenchFigures.Training figures(TrainingBenchmark.Result result, int tokens, int pass) {
    boolean cpu = compute.device().is_cpu();
    return new BenchFigures.Training(
        result.tokensPerSecond(),
        result.medianMs(),
        tokens,
        pass,
        result.flops() / peak,
        cpu ? result.padding() : 0,
        result.padding(),
        result.waits(),
        result.communication(),
        cpu ? ThisProcess.peakMemoryMb() : result.deviceBytes() / 1048576.0,
        result.loss());
  }
}
