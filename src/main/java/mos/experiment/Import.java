package mos.experiment;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.distributed.Processes;
import mos.latency.LatencyDataset;
import mos.latency.LatencyPredictor;
import mos.port.DictionaryPair;
import mos.port.FairseqArguments;
import mos.port.FairseqCheckpoint;
import mos.port.FairseqModel;
import mos.port.HatPredictor;
import mos.port.TorchFile;
import mos.results.ImportFigures;
import mos.train.ModelDescription;

/**
 * Turns a PyTorch file of HAT or MoS, a model or a latency predictor, into a file of this program.
 * The file is read as data: nothing that it names is ever run.
 *
 * @param file what {@code torch.save} wrote
 * @param out file to write
 * @param checkpoint what a model's checkpoint needs
 * @param predictor what a latency predictor needs
 */
public record Import(Path file, Path out, OfCheckpoint checkpoint, OfPredictor predictor)
    implements Experiment<ImportFigures> {

  /**
   * What is known of a checkpoint beside itself.
   *
   * @param data with the dictionaries that it was trained with; needed
   * @param model what the model is, given the options that the checkpoint has
   */
  public record OfCheckpoint(
      Optional<DataSource> data, Function<FairseqArguments, FairseqModel> model) {}

  /**
   * What is known of a predictor beside itself.
   *
   * @param featureNorm what features were divided by, 10 values or more
   * @param latencyNormMs what its network's output is multiplied by; empty: as published
   * @param dataset CSV file of latencies to evaluate it on
   */
  public record OfPredictor(
      List<Double> featureNorm, Optional<Double> latencyNormMs, Optional<Path> dataset) {}

  /**
   * {@inheritDoc}
   *
   * @throws MosException for a file that is neither, or that is damaged
   * @throws ConfigurationException for a checkpoint without data, and what {@link
   *     OfCheckpoint#model} throws
   */
  @Override
  public ImportFigures run(Processes processes) {
    try (TorchFile torch = TorchFile.open(file)) {
      if (HatPredictor.isOne(torch)) {
        return readPredictor(torch);
      }
      if (FairseqCheckpoint.isOne(torch)) {
        return readModel(new FairseqCheckpoint(torch));
      }
      throw new MosException(
          file + ": got neither a fairseq checkpoint nor a latency predictor of HAT");
    }
  }

  private ImportFigures readModel(FairseqCheckpoint fairseq) {
    DataFolder data =
        DataFolder.open(
            checkpoint
                .data()
                .orElseThrow(
                    () ->
                        new ConfigurationException(
                            "data: not given, need the folder with the checkpoint's dictionaries"
                                + " (in a configuration file or as --data)")));
    DictionaryPair dictionaries =
        new DictionaryPair(
            data.sourceLanguage(),
            data.targetLanguage(),
            data.sourceDictionary(),
            data.targetDictionary());
    ModelDescription description =
        fairseq.convert(checkpoint.model().apply(fairseq.arguments()), dictionaries, out);
    return ImportFigures.model(
        file.toString(),
        out.toString(),
        description.architecture() == null ? "SuperTransformer" : "SubTransformer",
        new ImportFigures.Model(
            description.model().experts().count(),
            description.model().sourceVocabulary(),
            description.model().targetVocabulary()));
  }

  private ImportFigures readPredictor(TorchFile torch) {
    double latencyNormMs = predictor.latencyNormMs().orElse(HatPredictor.LATENCY_NORM_MS);
    LatencyPredictor read = HatPredictor.read(torch, predictor.featureNorm(), latencyNormMs);
    read.save(out);
    return ImportFigures.predictor(
        file.toString(),
        out.toString(),
        latencyNormMs,
        predictor
            .dataset()
            .map(path -> read.evaluate(LatencyDataset.read(path)).figures())
            .orElse(null));
  }
}
