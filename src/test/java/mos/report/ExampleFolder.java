package mos.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import mos.base.Json;
import mos.base.Limit;
import mos.results.ConstraintResult;
import mos.results.Constraints;
import mos.results.LargestFigures;
import mos.results.Quantity;
import mos.results.ResultJson;
import mos.results.RunSummary;

/**
 * An output folder as the program wrote it: what the report reads of a run of the task sample, cut
 * where it is long. {@code RunCommandTest} holds its keys to those that a run writes today.
 */
public final class ExampleFolder {
  private static final List<String> FILES =
      List.of(
          "summary.json",
          "supernet/metrics.jsonl",
          "subtransformer/metrics.jsonl",
          "search/candidates.jsonl",
          "search/front.json",
          "search/architecture.yml",
          "search/router-weights.json",
          "latency/predictor.json",
          "translations.jsonl");

  /** Keys under these hang on the run's options and space, or on what its search met. */
  private static final List<String> OF_THE_RUN =
      List.of(
          "summary.json/seconds/data",
          "summary.json/provenance/run",
          "summary.json/provenance/settings",
          "summary.json/baselines",
          "summary.json/front",
          "search/candidates.jsonl/front",
          "search/candidates.jsonl/origin",
          "search/candidates.jsonl/measured_again",
          "search/candidates.jsonl/refused",
          "search/router-weights.json/architectures");

  private ExampleFolder() {}

  /** Writes all files of a finished run. */
  public static void write(Path folder) throws IOException {
    for (String name : FILES) {
      write(folder, name, read(name));
    }
  }

  /**
   * The same with so many candidates: the run's own, again and again, each a little different.
   *
   * @param candidates at least 1; the chosen one is the last
   */
  public static void write(Path folder, int candidates) throws IOException {
    write(folder);
    List<ObjectNode> own = new ArrayList<>();
    for (String line : read("search/candidates.jsonl").split("\n")) {
      own.add((ObjectNode) Json.parse(line, "candidates.jsonl"));
    }
    ObjectNode chosen =
        own.stream().filter(c -> c.path("chosen").asBoolean()).findFirst().orElseThrow();
    own.remove(chosen);
    Random random = new Random(2);
    List<ObjectNode> lines = new ArrayList<>();
    for (int i = 0; i < candidates - 1; i++) {
      ObjectNode line = own.get(i % own.size()).deepCopy();
      line.put("loss", line.path("loss").asDouble() * (1 + 0.1 * random.nextDouble()));
      double factor = 1 + 0.3 * random.nextDouble();
      for (String cost : List.of("cost", "latency_ms")) {
        if (line.has(cost)) {
          line.put(cost, line.path(cost).asDouble() * factor);
        }
      }
      lines.add(line);
    }
    lines.add(chosen);
    String text = lines.stream().map(Json::line).collect(Collectors.joining("\n"));
    write(folder, "search/candidates.jsonl", text + "\n");
  }

  /** The run's summary, to be changed and written by {@link #write(Path, ObjectNode)}. */
  public static ObjectNode summary() throws IOException {
    return (ObjectNode) Json.parse(read("summary.json"), "summary.json");
  }

  static void write(Path folder, ObjectNode summary) throws IOException {
    write(folder, "summary.json", Json.pretty(summary));
  }

  /**
   * A summary whose one constraint is a share of the largest SubTransformer's latency.
   *
   * @param share that was measured, 0..1
   */
  static ObjectNode summary(double limitPercent, double share) throws IOException {
    ObjectNode summary = summary();
    LargestFigures largest = new LargestFigures(20, 1e8, 2e6, 1e6);
    double measured = share * largest.latencyMs();
    ConstraintResult one =
        ConstraintResult.of(
                Quantity.LATENCY, Limit.percent(limitPercent), measured, largest.latencyMs())
            .measured("2026-11-28T12:40:00Z", 1.25);
    put(summary, new Constraints(one.met(), List.of(one), 1 / share));
    put(summary, new RunSummary.Measured(measured, measured));
    summary.set("largest", ResultJson.tree(largest));
    return summary;
  }

  private static void put(ObjectNode summary, Object group) {
    summary.setAll((ObjectNode) ResultJson.tree(group));
  }

  /**
   * The keys of the run's files that are not in those of {@code fresh}, a folder that a run has
   * just made: the example holds what is not written any more. Data that hang on the run are left
   * out.
   */
  public static List<String> keysNotIn(Path fresh) throws IOException {
    List<String> missing = new ArrayList<>();
    for (String name : FILES) {
      Path file = fresh.resolve(name);
      if (Files.exists(file) && !name.endsWith(".yml")) {
        JsonNode example = name.endsWith(".jsonl") ? merged(read(name)) : parse(read(name), name);
        String text = Files.readString(file);
        JsonNode now = name.endsWith(".jsonl") ? merged(text) : parse(text, name);
        missing(name, example, now, missing);
      }
    }
    return missing;
  }

  private static JsonNode parse(String text, String name) {
    return Json.parse(text, name);
  }

  /** One object with the keys of all lines. */
  private static ObjectNode merged(String lines) {
    ObjectNode all = Json.object();
    for (String line : lines.strip().split("\n")) {
      all.setAll((ObjectNode) Json.parse(line, "line"));
    }
    return all;
  }

  private static void missing(String where, JsonNode example, JsonNode now, List<String> into) {
    if (example.isArray() && !example.isEmpty() && !now.isEmpty()) {
      missing(where + "/0", example.get(0), now.get(0), into);
    }
    for (Map.Entry<String, JsonNode> entry : example.properties()) {
      String key = where + "/" + entry.getKey();
      if (OF_THE_RUN.stream().noneMatch(key::startsWith)) {
        if (now.has(entry.getKey())) {
          missing(key, entry.getValue(), now.get(entry.getKey()), into);
        } else {
          into.add(key);
        }
      }
    }
  }

  private static String read(String name) throws IOException {
    try (InputStream in = ExampleFolder.class.getResourceAsStream("run/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  static void write(Path folder, String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
