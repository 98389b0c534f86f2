package mos.experiment;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import mos.base.MosException;
import mos.beam.Translator;
import mos.data.ParallelCorpus;
import mos.distributed.Processes;
import mos.host.ThisProcess;
import mos.results.TranslationCostFigures;
import mos.tensor.Compute;
import mos.tensor.DeviceMemory;
import org.bytedeco.pytorch.Device;

/**
 * Measures what a model takes to translate real sentences: the latency of each alone, and the peak
 * of memory of this process. On a CPU that counts all that the process did before, the loading of
 * the model too, so it means most for an exported model in a process of its own.
 *
 * @param translator what translates
 * @param subset of the data, for example test
 * @param sentences how many, spread over the set; all where it has fewer
 * @param skipInvalid whether to leave out sentences that are too long for a model
 */
public record TranslationMeasuring(
    TranslatorChoice translator, String subset, int sentences, boolean skipInvalid)
    implements Experiment<TranslationCostFigures> {
  /** Sentences that are translated before, untimed. */
  private static final int WARM_UP = 20;

  private static final double MEBIBYTE = 1 << 20;

  /**
   * {@inheritDoc}
   *
   * @throws MosException where the set has no sentence
   */
  @Override
  public TranslationCostFigures run(Processes processes) {
    return translator.use(Optional.empty(), this::measure);
  }

  private TranslationCostFigures measure(TranslatorChoice.Ready ready) {
    List<int[]> chosen = chosen(ready.data());
    Translator model = ready.translator();
    Optional<Device> gpu = ready.compute().map(Compute::device).filter(device -> !device.is_cpu());
    chosen.stream().limit(WARM_UP).forEach(sentence -> model.translate(List.of(sentence)));
    double[] ms = new double[chosen.size()];
    for (int i = 0; i < ms.length; i++) {
      long start = System.nanoTime();
      model.translate(List.of(chosen.get(i)));
      ms[i] = (System.nanoTime() - start) / 1e6;
    }
    Double alone = peakMb(gpu);
    model.translate(chosen);
    return new TranslationCostFigures(
        subset,
        ms.length,
        translator.options().beam().beam(),
        percentile(ms, 50),
        percentile(ms, 95),
        alone,
        peakMb(gpu),
        gpu.isPresent() ? "gpu" : "process",
        ready.params().orElse(null),
        ready.device(),
        translator.compute().threads());
  }

  private List<int[]> chosen(DataFolder data) {
    try (ParallelCorpus corpus = data.split(subset)) {
      List<int[]> all = new SourceSentences(corpus.source(), subset, skipInvalid).asked();
      if (all.isEmpty()) {
        throw new MosException(data.folder() + ": " + subset + " has no sentence to translate");
      }
      int number = Math.min(sentences, all.size());
      return new ArrayList<>(
          IntStream.range(0, number)
              .mapToObj(i -> all.get((int) ((long) i * all.size() / number)))
              .toList());
    }
  }

  /** The smallest value that is no less than so many of 100, by nearest rank. */
  static double percentile(double[] values, int percent) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[Math.max(0, (sorted.length * percent + 99) / 100 - 1)];
  }

  private static Double peakMb(Optional<Device> gpu) {
    double mb =
        gpu.map(device -> DeviceMemory.peak(device) / MEBIBYTE)
            .orElseGet(ThisProcess::peakMemoryMb);
    return Double.isNaN(mb) ? null : mb;
  }
}
