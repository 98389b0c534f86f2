package mos.results;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import mos.base.Json;
import mos.base.MosException;

/** Which record each JSON file of an output folder is, and whether the records tell all of it. */
public final class ResultFiles {
  private static final Map<String, Class<?>> DOCUMENTS = new LinkedHashMap<>();
  private static final Map<String, Class<?>> LINES = new LinkedHashMap<>();
  private static final Map<String, Class<?>> STAGES = new LinkedHashMap<>();

  static {
    DOCUMENTS.put("summary\\.json", RunSummary.class);
    DOCUMENTS.put("search/front\\.json", Front.class);
    DOCUMENTS.put("search/router-weights\\.json", RouterWeights.class);
    DOCUMENTS.put("latency/predictor\\.json", PredictorDocument.class);
    DOCUMENTS.put("supernet-evaluation/evaluation\\.json", SupernetEvaluationFigures.class);
    DOCUMENTS.put("supernet-evaluation/standalone-\\d+\\.json", StandaloneFigures.class);
    DOCUMENTS.put("supernet-evaluation/[\\w.+-]+/inherited-\\d+\\.json", QualityFigures.class);
    DOCUMENTS.put("translations/\\w+\\.json", TranslationFigures.class);
    DOCUMENTS.put("stages/\\w+\\.json", StageRecord.class);
    LINES.put("search/candidates\\.jsonl", SearchedCandidate.class);
    LINES.put("(super\\w*|sub\\w*|base)/metrics\\.jsonl", MetricsLine.class);
    LINES.put("translations\\.jsonl", ExampleTranslation.class);
    STAGES.put("supernet|(base_)?train", TrainingFigures.class);
    STAGES.put("latency_dataset", LatencyDatasetFigures.class);
    STAGES.put("latency_predictor", PredictorFigures.class);
    STAGES.put("evo_search", SearchFigures.class);
    STAGES.put("measure", MeasureFigures.class);
    STAGES.put("(inherited|final|largest|base)_(valid|test)", TranslationFigures.class);
    STAGES.put("speed_\\w+", TranslationCostFigures.class);
  }

  private ResultFiles() {}

  /**
   * What of the JSON files of a folder is no record, is not read, or is lost when it is written
   * again; nothing where all is well.
   */
  public static List<String> problems(Path folder) throws IOException {
    List<String> problems = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String name = folder.relativize(file).toString();
        // States to go on from, data, and what lies beside a dataset are read by who wrote them.
        if (name.matches(
            "(.*/)?(state|begun|supernets)\\.json|search-cache\\.jsonl|(data|previous)/.*|.*\\.csv\\.json")) {
          continue;
        }
        if (name.endsWith(".json")) {
          document(name, file, problems);
        } else if (name.endsWith(".jsonl")) {
          Class<?> type = type(LINES, name);
          for (String line : Files.readAllLines(file)) {
            check(name, Json.parse(line, name), type, problems);
          }
        }
      }
    }
    return problems;
  }

  private static void document(String name, Path file, List<String> problems) {
    JsonNode tree = Json.read(file);
    if (name.equals("search/population.json")) {
      tree.forEach(one -> check(name, one, SearchedCandidate.class, problems));
      return;
    }
    check(name, tree, type(DOCUMENTS, name), problems);
    Class<?> figures = type(STAGES, tree.path("stage").asText());
    if (figures != null && tree.has("figures")) {
      check(name + " figures", tree.path("figures"), figures, problems);
    }
  }

  private static Class<?> type(Map<String, Class<?>> types, String name) {
    return types.entrySet().stream()
        .filter(entry -> name.matches(entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(null);
  }

  private static void check(String name, JsonNode tree, Class<?> type, List<String> problems) {
    if (type == null) {
      problems.add(name + ": no record");
      return;
    }
    try {
      differences(name, tree, ResultJson.tree(ResultJson.as(tree, type, name)), problems);
    } catch (MosException e) {
      problems.add(e.getMessage());
    }
  }

  private static void differences(String at, JsonNode file, JsonNode again, List<String> into) {
    if (at.endsWith(" figures/printed")) {
      // Versions before told there whether lines went to standard output: no result.
      return;
    }
    if (file.isNumber() && again.isNumber()) {
      if (file.doubleValue() != again.doubleValue()) {
        into.add(at + ": " + file + " becomes " + again);
      }
    } else if (file.isObject() && again.isObject()) {
      TreeSet<String> keys = new TreeSet<>();
      file.properties().forEach(entry -> keys.add(entry.getKey()));
      again.properties().forEach(entry -> keys.add(entry.getKey()));
      keys.forEach(key -> differences(at + "/" + key, file.path(key), again.path(key), into));
    } else if (file.isArray() && again.isArray() && file.size() == again.size()) {
      for (int i = 0; i < file.size(); i++) {
        differences(at + "/" + i, file.get(i), again.get(i), into);
      }
    } else if (!file.equals(again)) {
      into.add(at + ": " + file + " becomes " + again);
    }
  }
}
