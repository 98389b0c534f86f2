package mos.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import mos.base.Json;
import mos.command.settings.BenchSettings;
import mos.command.settings.DataSettings;
import mos.command.settings.LossSettings;
import mos.command.settings.TrainingSettings;
import mos.config.Settings;
import mos.console.Progress;
import mos.data.Batch;
import mos.data.BatchOptions;
import mos.data.BatchPlanner;
import mos.data.BatchSource;
import mos.data.PackedBatch;
import mos.data.ParallelCorpus;
import mos.data.Passes;
import mos.data.UpdateIterator;
import mos.distributed.Ranks;
import mos.experiment.DataFolder;
import mos.host.ThisProcess;
import mos.model.ModelConfig;
import mos.space.ModelCost;
import mos.tensor.Compute;
import mos.train.ArchitectureSchedule;
import mos.train.TrainingBenchmark;

/**
 * Times the training of models on this machine.
 *
 * @param data whose training set is used; null for random sentences
 * @param peak FLOPs per second of large matrix products
 * @param ranks that share each update
 */
record BenchTraining(
    Settings settings, Compute machine, DataFolder data, double peak, Ranks ranks) {

  /**
   * Trains a fresh model and tells how fast.
   *
   * @param title of the case, for progress
   * @param tokens of an update, of which each rank takes its share
   */
  ObjectNode measure(String title, ModelConfig config, ArchitectureSchedule schedule, int tokens) {
    int updates = settings.get(BenchSettings.WARM_UP) + settings.get(BenchSettings.UPDATES);
    try (Progress progress = Progress.start(title, updates)) {
      return measure(config, schedule, tokens, progress);
    }
  }

  private ObjectNode measure(
      ModelConfig config, ArchitectureSchedule schedule, int tokens, Progress progress) {
    AtomicInteger begun = new AtomicInteger();
    int share = Math.max(1, tokens / ranks.size());
    int microBatch = Math.min(share, settings.get(DataSettings.MAX_TOKENS));
    int pass =
        settings
            .find(TrainingSettings.TOKENS_PER_PASS)
            .orElse(machine.device().is_cpu() ? microBatch : share);
    TrainingBenchmark benchmark =
        new TrainingBenchmark(
            settings.get(BenchSettings.UPDATES),
            settings.get(BenchSettings.WARM_UP),
            LossSettings.tokenExperts(settings));
    TrainingBenchmark.Work work = work(config);
    TrainingBenchmark.Result result;
    if (data == null) {
      List<Batch> passes =
          new BenchSentences(config.targetVocabulary(), settings.get(BenchSettings.SENTENCE_TOKENS))
              .passes(share, microBatch, pass);
      long all = ranks.size() * passes.stream().mapToLong(Batch::targetTokens).sum();
      TrainingBenchmark.Share each = new TrainingBenchmark.Share(passes, all);
      result =
          benchmark.run(
              config,
              schedule,
              () -> begun(each, begun, progress),
              work,
              machine.device(),
              machine.precision(),
              ranks);
    } else {
      try (ParallelCorpus corpus = data.split("train");
          BatchSource source =
              source(
                  corpus,
                  microBatch,
                  Math.max(1, share / microBatch) * ranks.size(),
                  machine.device().is_cpu() ? Passes.PADDED : Passes.PACKED,
                  pass)) {
        result =
            benchmark.run(
                config,
                schedule,
                () -> begun(share(source.next()), begun, progress),
                work,
                machine.device(),
                machine.precision(),
                ranks);
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
    figures.put("communication_share", result.communication());
    figures.put(
        "peak_memory_mb",
        machine.device().is_cpu() ? ThisProcess.peakMemoryMb() : result.deviceBytes() / 1048576.0);
    figures.put("loss", result.loss());
    return figures;
  }

  private static TrainingBenchmark.Share begun(
      TrainingBenchmark.Share update, AtomicInteger begun, Progress progress) {
    // As many are done as were begun before.
    progress.update(begun.getAndIncrement(), "");
    return update;
  }

  private static TrainingBenchmark.Share share(BatchSource.Update update) {
    return new TrainingBenchmark.Share(update.passes(), update.targetTokens());
  }

  private BatchSource source(
      ParallelCorpus corpus, int microBatch, int updateFreq, Passes passes, int pass) {
    BatchPlanner planner = new BatchPlanner(corpus, BatchOptions.ofMaxTokens(microBatch));
    UpdateIterator updates =
        new UpdateIterator(planner, 1, updateFreq, UpdateIterator.Position.START);
    return BatchSource.ofShare(updates, corpus, passes, pass, ranks.rank(), ranks.size());
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
}
