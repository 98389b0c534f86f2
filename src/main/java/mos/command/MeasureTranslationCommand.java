package mos.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import mos.base.AtomicFile;
import mos.base.Folders;
import mos.base.MosException;
import mos.command.settings.DataSettings;
import mos.command.settings.DecodingSettings;
import mos.command.settings.FileSettings;
import mos.command.settings.LatencySettings;
import mos.command.settings.MachineSettings;
import mos.command.settings.MeasureSettings;
import mos.command.settings.RuntimeSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.distributed.Processes;
import mos.experiment.ComputeChoice;
import mos.experiment.Export;
import mos.experiment.RuntimeChoice;
import mos.experiment.TranslationMeasuring;
import mos.experiment.TranslatorChoice;
import mos.results.TranslationCostFigures;
import mos.space.SubTransformerFile;
import mos.tensor.DeviceMemory;
import mos.tensor.Devices;
import mos.tensor.Native;
import mos.tensor.Scope;

/** What a trained model takes to translate real sentences one at a time: latency, memory. */
public final class MeasureTranslationCommand implements Command<TranslationCostFigures> {
  @Override
  public String name() {
    return "measure-translation";
  }

  @Override
  public String description() {
    return "Sentences of the data are translated one at a time: half of them take no longer than the"
        + " p50, 95 of 100 no longer than the p95. Text is not counted, only the model. A checkpoint"
        + " is exported to a temporary folder first and translates in a process of its own, so that"
        + " the peak of memory is that of the model in use. Threads are those of latency-threads.";
  }

  @Override
  public String example() {
    return "measure-translation --data data --path subtransformer/checkpoint_best.safetensors";
  }

  @Override
  public List<Setting<?>> settings() {
    List<Setting<?>> settings = new ArrayList<>(DataSettings.ofFolder());
    settings.addAll(SubTransformerFile.settings());
    settings.addAll(DecodingSettings.ofBeam());
    settings.addAll(MachineSettings.ofComputing());
    settings.addAll(RuntimeSettings.settings());
    settings.addAll(
        List.of(
            DecodingSettings.BATCH_SIZE,
            DataSettings.MAX_TOKENS,
            FileSettings.PATH,
            DataSettings.SUBSET,
            LatencySettings.THREADS,
            MeasureSettings.SENTENCES,
            MachineSettings.DETERMINISTIC,
            DataSettings.SKIP_INVALID));
    return settings;
  }

  @Override
  public List<String> splits(Settings settings) {
    return List.of(settings.get(DataSettings.SUBSET));
  }

  @Override
  public void check(Settings settings) {
    experiment(settings);
  }

  @Override
  public TranslationMeasuring experiment(Settings settings) {
    TranslatorChoice choice =
        DecodingSettings.translator(settings, DecodingSettings.best(settings));
    ComputeChoice compute = choice.compute();
    int threads = settings.find(LatencySettings.THREADS).orElse(compute.threads());
    return new TranslationMeasuring(
        new TranslatorChoice(
            choice.model(),
            choice.architecture(),
            choice.data(),
            choice.options(),
            new ComputeChoice(compute.device(), compute.precision(), threads),
            new RuntimeChoice(
                choice.runtime().asked(),
                choice.runtime().precision(),
                settings.find(LatencySettings.THREADS).orElse(choice.runtime().threads()))),
        settings.get(DataSettings.SUBSET),
        settings.get(MeasureSettings.SENTENCES),
        settings.get(DataSettings.SKIP_INVALID));
  }

  @Override
  public Class<TranslationCostFigures> result() {
    return TranslationCostFigures.class;
  }

  @Override
  public TranslationCostFigures run(Settings settings) {
    LocalRanks.place();
    TranslationMeasuring measuring = experiment(settings);
    return Files.isDirectory(measuring.translator().model())
        ? measuring.run(Processes.ALONE)
        : exported(measuring.translator(), settings);
  }

  private TranslationCostFigures exported(TranslatorChoice choice, Settings settings) {
    try {
      Path folder = Files.createTempDirectory("mos-measure-translation");
      try {
        Path model = folder.resolve("model");
        new Export(
                choice.model(),
                choice.architecture(),
                Optional.of(choice.data()),
                model,
                new Export.Mos(),
                false)
            .run();
        release(choice.compute().device());
        return LocalRanks.ofOne(this, settings)
            .with(FileSettings.PATH.key(), model.toString())
            .run(result());
      } finally {
        Folders.delete(folder);
      }
    } catch (IOException e) {
      throw new MosException("cannot export to a temporary folder: " + AtomicFile.describe(e), e);
    }
  }

  /** What this process keeps of a GPU for later is for the other process now. */
  private static void release(String device) {
    if (!device.equals("cpu") && Native.hasGpu()) {
      try (Scope scope = Scope.open()) {
        DeviceMemory.release(Devices.of(device));
      }
    }
  }

  @Override
  public String describe(TranslationCostFigures figures) {
    String latency =
        String.format(
            Locale.ROOT,
            "%d sentences of %s one at a time, beam %d, on %s: p50 %.2f ms, p95 %.2f ms",
            figures.sentences(),
            figures.subset(),
            figures.beam(),
            figures.device(),
            figures.latencyP50Ms(),
            figures.latencyP95Ms());
    if (figures.peakMemoryMb() == null) {
      return latency;
    }
    return latency
        + String.format(
            Locale.ROOT,
            "%npeak memory of the %s %,.0f MiB, in batches %,.0f MiB",
            figures.memoryOf().equals("gpu") ? "GPU" : figures.memoryOf(),
            figures.peakMemoryMb(),
            figures.peakMemoryBatchesMb());
  }
}
