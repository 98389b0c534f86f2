package mos.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import mos.base.AtomicFile;
import mos.base.CommandWords;
import mos.base.Json;
import mos.base.LineReader;
import mos.command.settings.AllSettings;
import mos.command.settings.DataSettings;
import mos.command.settings.ModelSettings;
import mos.command.settings.RunSettings;
import mos.command.settings.TaskFile;
import mos.config.Settings;
import mos.console.Durations;
import mos.console.Table;
import mos.experiment.DataFolder;
import mos.experiment.TranslationFiles;
import mos.space.SubTransformerFile;

/** What a run found: {@code summary.json} and the files that the report reads. */
final class Summary {
  static final String FILE_NAME = "summary.json";

  private static final int EXAMPLES = 40;
  private static final int FRONT_ROWS = 12;

  private final Settings settings;
  private final List<Stage> stages;
  private final Map<String, StageRecords.Finished> results;

  Summary(Settings settings, List<Stage> stages, Map<String, StageRecords.Finished> results) {
    this.settings = settings;
    this.stages = stages;
    this.results = results;
  }

  /** Writes summary.json and translations.jsonl. */
  ObjectNode write(Path out) {
    Settings effective = AllSettings.load(stage("supernet").files(), stage("supernet").options());
    ObjectNode summary = Json.object();
    summary.put("task", TaskFile.of(settings).name());
    summary.put("output_dir", out.toString());
    summary.put("mos_type", effective.get(ModelSettings.MOS_TYPE));
    summary.put("max_experts", effective.get(ModelSettings.MAX_EXPERTS));
    ObjectNode supernet = summary.putObject("supernet");
    JsonNode trained = figures("supernet");
    supernet.put("valid_loss", trained.path("best_loss").asDouble());
    supernet.set("valid", trained.path("valid"));
    supernet.set("updates", trained.path("updates"));
    supernet.set("parameters", trained.path("parameters"));
    supernet.set("tokens_per_second", trained.path("tokens_per_second"));
    architecture(summary, out);
    scores(summary);
    summary.set("predictor", figures("latency_predictor"));
    ObjectNode seconds = summary.putObject("seconds");
    results.forEach((name, result) -> seconds.put(name, result.seconds()));
    provenance(summary.putObject("provenance"), effective, out);
    AtomicFile.writeString(out.resolve(FILE_NAME), Json.pretty(summary));
    examples(out);
    return summary;
  }

  private void architecture(ObjectNode summary, Path out) {
    Path file = out.resolve("search/architecture.yml");
    Settings found = Settings.load(List.of(file), Map.of(), SubTransformerFile.settings());
    ObjectNode architecture = summary.putObject("architecture");
    found
        .toMap()
        .forEach(
            (key, value) -> {
              // Widths and depths are single numbers, per-layer values lists.
              boolean single =
                  !key.contains("-all-") && value instanceof List<?> l && l.size() == 1;
              architecture.set(key, Json.tree(single ? ((List<?>) value).get(0) : value));
            });
    JsonNode search = figures("evo_search");
    JsonNode measured = figures("measure");
    summary.put("latency_ms", measured.path("latency_ms").asDouble());
    summary.set("latency_ms_in_search", search.path("latency_ms"));
    summary.putNull("latency_constraint_ms");
    summary.set("constraint_met", measured.path("constraint_met"));
    summary.set("constraints", measured.path("constraints"));
    for (JsonNode one : measured.path("constraints")) {
      switch (Verdict.fromJson(one).quantity()) {
        case LATENCY -> summary.set("latency_constraint_ms", one.path("limit_value"));
        case FLOPS -> summary.set("flops_constraint_giga", one.path("limit_value"));
        case PARAMS -> summary.set("params_constraint_mega", one.path("limit_value"));
      }
    }
    summary.set("largest", measured.path("largest"));
    summary.set("speed_up", measured.path("speed_up"));
    for (String key :
        List.of("params", "params_without_embedding", "flops", "flops_without_output_layer")) {
      summary.set(key, measured.path(key));
    }
    summary.set("hardware", measured.path("hardware"));
    summary.set("inherited_loss", search.path("loss"));
    summary.set("baselines", search.path("baselines"));
    if (search.path("front").isArray()) {
      ArrayNode front = summary.putArray("front");
      for (JsonNode point : search.path("front")) {
        ObjectNode one = ((ObjectNode) point).deepCopy();
        one.remove("architecture");
        front.add(one);
      }
    }
    summary.set("final_loss", figures("train").path("best_loss"));
  }

  private void scores(ObjectNode summary) {
    ObjectNode bleu = summary.putObject("bleu");
    bleu.set("inherited", figures("inherited_test").path("bleu"));
    bleu.set("final", figures("final_test").path("bleu"));
    bleu.set("valid_inherited", figures("inherited_valid").path("bleu"));
    bleu.set("valid_final", figures("final_valid").path("bleu"));
    ObjectNode sacre = summary.putObject("sacrebleu");
    sacre.set("inherited", figures("inherited_test").path("sacrebleu"));
    sacre.set("final", figures("final_test").path("sacrebleu"));
    sacre.set("signature", figures("final_test").path("signature"));
    ObjectNode chrf = summary.putObject("chrf");
    chrf.set("inherited", figures("inherited_test").path("chrf2"));
    chrf.set("final", figures("final_test").path("chrf2"));
  }

  private void provenance(ObjectNode provenance, Settings effective, Path out) {
    List<String> command = new ArrayList<>(List.of("./mos", "run"));
    settings.files().forEach(file -> command.addAll(List.of("--configs", file.toString())));
    settings.overrides().forEach((key, value) -> command.addAll(List.of("--" + key, value)));
    provenance.put("command", CommandWords.join(command));
    JsonNode hardware = figures("measure").path("hardware");
    hardware.properties().forEach(entry -> provenance.set(entry.getKey(), entry.getValue()));
    Reproduction.ofRun(provenance, settings, DataFolder.open(DataSettings.source(effective)), out);
    Map<String, Object> all = effective.toMap();
    // No stage has the settings of the run itself: there they stand at their defaults.
    Map<String, Object> run = settings.toMap();
    RunSettings.ofRun().forEach(one -> all.replace(one.key(), run.get(one.key())));
    provenance.set("settings", Json.tree(all));
  }

  /** Source, reference and both translations of the first test sentences. */
  private static void examples(Path out) {
    Path inherited = out.resolve("translations/inherited_test");
    Path last = out.resolve("translations/final_test");
    List<String> sources = LineReader.all(TranslationFiles.of(last).file(".src.txt"));
    List<String> references = LineReader.all(TranslationFiles.of(last).file(".ref.txt"));
    List<String> before = LineReader.all(TranslationFiles.of(inherited).file(".hyp.txt"));
    List<String> after = LineReader.all(TranslationFiles.of(last).file(".hyp.txt"));
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < Math.min(EXAMPLES, sources.size()); i++) {
      ObjectNode line = Json.object();
      line.put("source", sources.get(i));
      line.put("reference", references.get(i));
      line.put("inherited", before.get(i));
      line.put("final", after.get(i));
      text.append(Json.line(line)).append('\n');
    }
    AtomicFile.writeString(out.resolve("translations.jsonl"), text.toString());
  }

  private JsonNode figures(String stage) {
    return results.get(stage).figures();
  }

  private Stage stage(String name) {
    return stages.stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
  }

  /** The summary for a terminal. */
  static String table(ObjectNode summary) {
    Table times = Table.of("stage", ">time");
    summary
        .path("seconds")
        .properties()
        .forEach(
            entry ->
                times.row(
                    entry.getKey().replace('_', ' '),
                    Durations.ofSeconds(entry.getValue().asDouble())));
    Table figures = Table.of("found SubTransformer", ">");
    JsonNode architecture = summary.path("architecture");
    architecture
        .properties()
        .forEach(
            entry ->
                figures.row(
                    entry.getKey().replace("-subtransformer", "").replace("-all", ""),
                    entry.getValue().toString()));
    figures.row("latency", number(summary, "latency_ms", "%.2f ms"));
    figures.row("parameters", number(summary, "params", "%,.0f"));
    figures.row("FLOPs", number(summary, "flops", "%,.0f"));
    for (String score : List.of("bleu", "sacrebleu", "chrf")) {
      figures.row(
          score + ", inherited → final",
          number(summary.path(score), "inherited", "%.2f")
              + " → "
              + number(summary.path(score), "final", "%.2f"));
    }
    return times
        + "\n"
        + figures
        + "\n"
        + front(summary.path("front"))
        + ConstraintText.of(summary)
        + "\n"
        + places(summary);
  }

  /** Where the results are, and what to do when the constraint is not met. */
  private static String places(ObjectNode summary) {
    String out = summary.path("output_dir").asText();
    List<String> lines = new ArrayList<>();
    if (!summary.path("constraint_met").asBoolean()) {
      String when =
          ConstraintText.missedUnderLoad(summary) ? " when the machine has less other work" : "";
      lines.add("to measure again" + when + ": mos remeasure " + out);
    }
    lines.add("report: " + out + "/report.html");
    lines.add("model:  " + out + "/subtransformer/checkpoint_best.safetensors");
    lines.add("next:   mos export --path MODEL --data DATA --out FOLDER, then mos generate");
    return String.join("\n", lines);
  }

  /** The points of a front, not more than fit a screen. */
  private static String front(JsonNode points) {
    if (points.isEmpty()) {
      return "";
    }
    Table table =
        Table.of("front", ">loss", ">" + points.get(0).path("cost_unit").asText(), "", "file");
    int step = (points.size() + FRONT_ROWS - 1) / FRONT_ROWS;
    for (int i = 0; i < points.size(); i += step) {
      JsonNode point = points.get(i);
      table.row(
          "point " + point.path("point").asInt(),
          number(point, "loss", "%.4f"),
          number(point, "cost", "%.4g"),
          point.path("within").asBoolean() ? "within the constraint" : "",
          "search/" + point.path("file").asText());
    }
    String some = step == 1 ? "" : "every " + step + ". of ";
    return table + some + points.size() + " points, all in search/front.csv\n\n";
  }

  private static String number(JsonNode node, String key, String format) {
    JsonNode value = node.path(key);
    return value.isNumber() ? String.format(Locale.ROOT, format, value.asDouble()) : "none";
  }
}
