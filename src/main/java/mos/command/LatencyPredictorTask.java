package mos.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import mos.base.Json;
import mos.base.Sha256;
import mos.command.settings.LatencyDatasetSettings;
import mos.command.settings.MachineSettings;
import mos.command.settings.OptimiserSettings;
import mos.command.settings.PredictorSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.experiment.Provenance;
import mos.latency.LatencyDataset;
import mos.latency.LatencyPredictor;
import mos.latency.PredictorConfig;
import mos.results.Made;
import mos.results.ResultJson;

/** Trains a latency predictor on a latency dataset and reports its errors on held-out rows. */
public final class LatencyPredictorTask implements Command<ObjectNode> {
  @Override
  public String name() {
    return "latency-predictor";
  }

  @Override
  public String description() {
    return "The dataset is made by latency-dataset or published by HAT. 80% of its rows train the"
        + " predictor, 10% choose it, its errors are those on the last 10%.";
  }

  @Override
  public String example() {
    return "latency-predictor --lat-dataset-path latency.csv --ckpt-path predictor.json --evaluate";
  }

  @Override
  public List<Setting<?>> settings() {
    List<Setting<?>> settings = new ArrayList<>(PredictorSettings.ofTraining());
    settings.addAll(
        List.of(LatencyDatasetSettings.PATH, MachineSettings.SEED, PredictorSettings.EVALUATE));
    return settings;
  }

  @Override
  public Map<String, Setting<?>> publishedNames() {
    return Map.of(OptimiserSettings.LR.key(), PredictorSettings.LEARNING_RATE);
  }

  @Override
  public List<Path> products(Settings settings) {
    return List.of(settings.get(PredictorSettings.PATH));
  }

  @Override
  public void check(Settings settings) {
    PredictorSettings.of(settings);
  }

  @Override
  public Class<ObjectNode> result() {
    return ObjectNode.class;
  }

  @Override
  public ObjectNode run(Settings settings) {
    Path csv = settings.get(LatencyDatasetSettings.PATH);
    Path file = settings.get(PredictorSettings.PATH);
    PredictorConfig how = PredictorSettings.of(settings);
    long seed = settings.get(MachineSettings.SEED);
    LatencyDataset dataset = LatencyDataset.read(csv);
    LatencyPredictor predictor = LatencyPredictor.train(dataset, how, seed);
    Map<String, String> made = Provenance.versions();
    made.put("dataset_sha256", Sha256.of(csv));
    predictor.save(
        file,
        ResultJson.as(Reproduction.withSettings(made, this, settings), Made.class, "provenance"));
    ObjectNode figures = Json.object();
    figures.put("lat_dataset_path", csv.toString());
    figures.put("ckpt_path", file.toString());
    figures.put("model", settings.get(PredictorSettings.MODEL));
    figures.put("seed", seed);
    figures.put("dataset_rows", dataset.rows().size());
    figures.set("hardware", Json.tree(predictor.hardware().orElse(null)));
    figures.setAll((ObjectNode) ResultJson.tree(predictor.evaluation().figures()));
    ObjectNode baselines = figures.putObject("baselines");
    LatencyPredictor.baselines(dataset, how, seed, settings.get(PredictorSettings.EVALUATE))
        .forEach((name, evaluation) -> baselines.set(name, ResultJson.tree(evaluation.figures())));
    return figures;
  }

  @Override
  public String describe(ObjectNode figures) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%-20s %10s %8s %11s %8s   (%d held-out of %d rows)%n",
            "",
            "RMSE (ms)",
            "MAPE",
            "worst (ms)",
            "tau",
            figures.path("rows").asInt(),
            figures.path("dataset_rows").asInt()));
    text.append(line("this predictor", figures));
    figures
        .path("baselines")
        .properties()
        .forEach(entry -> text.append(line(entry.getKey().replace('_', ' '), entry.getValue())));
    JsonNode hardware = figures.path("hardware");
    if (hardware.isObject()) {
      text.append("for ").append(hardware.path("spec").asText());
      text.append(" (").append(hardware.path("cpuModel").asText()).append(' ');
      text.append(hardware.path("device").asText()).append(", ");
      text.append(hardware.path("threads").asInt()).append(" threads, ");
      text.append(hardware.path("precision").asText()).append("): ");
    }
    return text.append(figures.path("ckpt_path").asText()).toString();
  }

  private static String line(String name, JsonNode evaluation) {
    JsonNode tau = evaluation.path("kendall_tau");
    return String.format(
        Locale.ROOT,
        "%-20s %10.3f %7.2f%% %11.3f %8s%n",
        name,
        evaluation.path("rmse_ms").asDouble(),
        100 * evaluation.path("mape").asDouble(),
        evaluation.path("max_error_ms").asDouble(),
        tau.isNumber() ? String.format(Locale.ROOT, "%.4f", tau.asDouble()) : "n/a");
  }
}
