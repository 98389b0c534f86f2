package mos.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import mos.base.Json;
import mos.base.MosException;
import mos.command.settings.DataSettings;
import mos.command.settings.FileSettings;
import mos.command.settings.ImportSettings;
import mos.command.settings.LatencyDatasetSettings;
import mos.command.settings.ModelSettings;
import mos.command.settings.PredictorSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.experiment.DataFolder;
import mos.latency.LatencyDataset;
import mos.latency.LatencyPredictor;
import mos.port.DictionaryPair;
import mos.port.FairseqCheckpoint;
import mos.port.HatPredictor;
import mos.port.TorchFile;
import mos.results.ResultJson;
import mos.train.ModelDescription;

/**
 * Turns PyTorch files of HAT and MoS, models and latency predictors, into files of this program.
 */
public final class ImportTask implements Command<ObjectNode> {
  @Override
  public String name() {
    return "import";
  }

  @Override
  public String description() {
    return "The file is read as data: nothing that it names is ever run. A checkpoint needs --data,"
        + " the folder with its dictionaries. A predictor is evaluated where --lat-dataset-path is"
        + " given.";
  }

  @Override
  public String example() {
    return "import --path checkpoint_best.pt --configs space.yml --data data"
        + " --out supernet.safetensors";
  }

  @Override
  public List<Setting<?>> settings() {
    List<Setting<?>> settings = new ArrayList<>(ImportSettings.settings());
    settings.addAll(DataSettings.ofFolder());
    settings.addAll(
        List.of(
            FileSettings.PATH,
            FileSettings.OUT,
            PredictorSettings.LATENCY_NORM,
            LatencyDatasetSettings.PATH));
    return settings;
  }

  @Override
  public Class<ObjectNode> result() {
    return ObjectNode.class;
  }

  @Override
  public ObjectNode run(Settings settings) {
    Path path = settings.get(FileSettings.PATH);
    Path out = settings.get(FileSettings.OUT);
    try (TorchFile file = TorchFile.open(path)) {
      ObjectNode figures = Json.object();
      figures.put("path", path.toString());
      figures.put("out", out.toString());
      if (HatPredictor.isOne(file)) {
        predictor(file, settings, out, figures);
      } else if (FairseqCheckpoint.isOne(file)) {
        model(file, settings, out, figures);
      } else {
        throw new MosException(
            path + ": got neither a fairseq checkpoint nor a latency predictor of HAT");
      }
      return figures;
    }
  }

  private static void model(TorchFile file, Settings settings, Path out, ObjectNode figures) {
    DataFolder data = DataFolder.open(DataSettings.source(settings));
    DictionaryPair dictionaries =
        new DictionaryPair(
            data.sourceLanguage(),
            data.targetLanguage(),
            data.sourceDictionary(),
            data.targetDictionary());
    FairseqCheckpoint checkpoint = new FairseqCheckpoint(file);
    ModelDescription description =
        checkpoint.convert(ImportSettings.of(checkpoint.arguments(), settings), dictionaries, out);
    boolean single = description.architecture() != null;
    figures.put("kind", single ? "SubTransformer" : "SuperTransformer");
    figures.put("experts", description.model().experts().count());
    figures.put("source_vocabulary", description.model().sourceVocabulary());
    figures.put("target_vocabulary", description.model().targetVocabulary());
  }

  private static void predictor(TorchFile file, Settings settings, Path out, ObjectNode figures) {
    double latencyNorm =
        settings.has(PredictorSettings.LATENCY_NORM)
            ? settings.get(PredictorSettings.LATENCY_NORM)
            : HatPredictor.LATENCY_NORM_MS;
    LatencyPredictor predictor =
        HatPredictor.read(file, settings.get(ModelSettings.FEATURE_NORM), latencyNorm);
    predictor.save(out);
    figures.put("kind", "latency predictor");
    figures.put("lat_norm_ms", latencyNorm);
    if (settings.has(LatencyDatasetSettings.PATH)) {
      LatencyDataset dataset = LatencyDataset.read(settings.get(LatencyDatasetSettings.PATH));
      figures.setAll((ObjectNode) ResultJson.tree(predictor.evaluate(dataset).figures()));
    }
  }

  @Override
  public String describe(ObjectNode figures) {
    String text = figures.path("kind").asText() + " written to " + figures.path("out").asText();
    return figures.has("rmse_ms")
        ? String.format(
            Locale.ROOT,
            "%s%nRMSE %.3f ms, MAPE %.2f%%, worst %.3f ms over %d rows",
            text,
            figures.path("rmse_ms").asDouble(),
            100 * figures.path("mape").asDouble(),
            figures.path("max_error_ms").asDouble(),
            figures.path("rows").asInt())
        : text;
  }
}
