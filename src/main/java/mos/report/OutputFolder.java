package mos.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import mos.base.ConfigurationException;
import mos.base.Json;
import mos.base.MosException;
import mos.console.Numbers;
import mos.space.SubTransformer;

/**
 * What an experiment left in its output folder, as far as it is there and readable. Every file is
 * optional; what was damaged is said in {@link #notes}.
 */
final class OutputFolder {
  private static final String SUMMARY = "summary.json";
  private static final String CANDIDATES = "search/candidates.jsonl";
  private static final String FRONT = "search/front.json";
  private static final String ROUTERS = "search/router-weights.json";
  private static final String EVALUATION = "supernet-evaluation/evaluation.json";
  private static final String ARCHITECTURE = "search/architecture.yml";
  private static final String PREDICTOR = "latency/predictor.json";
  private static final String TRANSLATIONS = "translations.jsonl";
  private static final Map<String, String> RUNS = new LinkedHashMap<>();
  private static final long LARGEST_DOCUMENT = 64L << 20;

  static {
    RUNS.put("supernet/metrics.jsonl", "SuperTransformer");
    RUNS.put("subtransformer/metrics.jsonl", "SubTransformer");
  }

  /** One translated sentence; parts that are not there are empty. */
  record Translation(String source, String reference, String inherited, String finished) {}

  private final Path folder;
  private final List<String> notes = new ArrayList<>();
  private final List<TrainingRun> runs = new ArrayList<>();
  private final List<Candidate> candidates = new ArrayList<>();
  private final List<Translation> translations = new ArrayList<>();
  private JsonNode summary = MissingNode.getInstance();
  private JsonNode predictor = MissingNode.getInstance();
  private JsonNode front = MissingNode.getInstance();
  private JsonNode routers = MissingNode.getInstance();
  private JsonNode evaluation = MissingNode.getInstance();
  private final List<Candidate> frontPoints = new ArrayList<>();
  private Candidate chosen;
  private SubTransformer architecture;
  private int known;

  private OutputFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Reads the known files of {@code folder}.
   *
   * @throws ConfigurationException when it is no folder or holds none of them
   */
  static OutputFolder read(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new ConfigurationException(folder + ": no such folder; need an experiment's output");
    }
    OutputFolder result = new OutputFolder(folder);
    result.summary = result.document(SUMMARY);
    result.predictor = result.document(PREDICTOR);
    result.front = result.document(FRONT);
    result.routers = result.document(ROUTERS);
    result.evaluation = result.document(EVALUATION);
    RUNS.forEach(result::run);
    result.lines(CANDIDATES, line -> Candidate.read(line, result.candidates));
    result.measuredLast();
    result.lines(TRANSLATIONS, result::translation);
    result.readArchitecture();
    if (result.known == 0) {
      throw new ConfigurationException(
          folder
              + ": holds no file of an experiment; need at least one of "
              + String.join(", ", SUMMARY, CANDIDATES, ARCHITECTURE, PREDICTOR, TRANSLATIONS)
              + ", "
              + String.join(", ", RUNS.keySet()));
    }
    return result;
  }

  /** Where the folder is, as it was named. */
  Path path() {
    return folder;
  }

  /** {@code summary.json}, a missing node where it is not there. */
  JsonNode summary() {
    return summary;
  }

  /** {@code latency/predictor.json}, a missing node where it is not there. */
  JsonNode predictor() {
    return predictor;
  }

  /** {@code search/front.json}, a missing node where it is not there. */
  JsonNode front() {
    return front;
  }

  /** The front's points that have figures, ascending in cost as they are in the file. */
  List<Candidate> frontPoints() {
    return frontPoints;
  }

  /** How the routers mix the experts, a missing node where it is not there. */
  JsonNode routers() {
    return routers;
  }

  /** What evaluate-supernet found, a missing node where it is not there. */
  JsonNode evaluation() {
    return evaluation;
  }

  /** The trainings that left figures. */
  List<TrainingRun> runs() {
    return runs;
  }

  List<Candidate> candidates() {
    return candidates;
  }

  /** The candidate that the search returned, or null where there is none. */
  Candidate chosen() {
    return chosen;
  }

  List<Translation> translations() {
    return translations;
  }

  /** The found architecture, or null where there is none. */
  SubTransformer architecture() {
    return architecture;
  }

  /** What was damaged or skipped, in sentences. */
  List<String> notes() {
    return notes;
  }

  private boolean exists(String name) {
    boolean exists = Files.isRegularFile(folder.resolve(name));
    known += exists ? 1 : 0;
    return exists;
  }

  private JsonNode document(String name) {
    if (exists(name)) {
      try {
        Path file = folder.resolve(name);
        if (Files.size(file) > LARGEST_DOCUMENT) {
          throw new MosException(file + ": larger than 64 MiB");
        }
        JsonNode node = Json.read(file);
        if (node.isObject()) {
          return node;
        }
        notes.add(name + " was left out: it is not a JSON object.");
      } catch (MosException | IOException e) {
        notes.add(name + " was left out: it is damaged or cannot be read.");
      }
    }
    return MissingNode.getInstance();
  }

  private void run(String name, String title) {
    TrainingRun run = new TrainingRun(title);
    lines(name, run::take);
    if (!run.isEmpty()) {
      runs.add(run);
    }
  }

  private void lines(String name, Predicate<JsonNode> reader) {
    if (!exists(name)) {
      return;
    }
    try {
      long bad = JsonLines.read(folder.resolve(name), reader);
      if (bad > 0) {
        String lines = bad == 1 ? " line was" : " lines were";
        notes.add(name + ": " + Numbers.count(bad) + lines + " damaged or without use; skipped.");
      }
    } catch (MosException e) {
      notes.add(name + " was left out: it cannot be read.");
    }
  }

  /** A model has one latency on the page: that which was measured last. */
  private void measuredLast() {
    front.path("points").forEach(point -> Candidate.read(point, frontPoints));
    candidates.replaceAll(this::asOnFront);
    for (int i = candidates.size() - 1; i >= 0 && chosen == null; i--) {
      if (candidates.get(i).chosen()) {
        chosen = candidates.get(i);
        double measured = RunSummary.of(summary).measuredIn(chosen.unit());
        if (chosen.timed() && Double.isFinite(measured)) {
          Candidate before = chosen;
          chosen = before.measuredAgain(measured);
          candidates.set(i, chosen);
          frontPoints.replaceAll(p -> p.isSameAs(before) ? p.measuredAgain(measured) : p);
        }
      }
    }
  }

  private Candidate asOnFront(Candidate candidate) {
    return frontPoints.stream()
        .filter(p -> p.isSameAs(candidate) && p.cost() != candidate.cost())
        .findFirst()
        .map(p -> candidate.measuredAgain(p.cost()))
        .orElse(candidate);
  }

  private boolean translation(JsonNode line) {
    Translation translation =
        new Translation(
            JsonLines.text(line, "source"),
            JsonLines.text(line, "reference"),
            JsonLines.text(line, "inherited"),
            JsonLines.text(line, "final"));
    return !translation.source().isEmpty() && translations.add(translation);
  }

  private void readArchitecture() {
    try {
      if (summary.path("architecture").isObject()) {
        architecture = HatArchitecture.of(summary.path("architecture"));
      }
      if (exists(ARCHITECTURE) && architecture == null) {
        architecture = HatArchitecture.read(folder.resolve(ARCHITECTURE));
      }
    } catch (MosException e) {
      notes.add("The found architecture was left out: " + e.getMessage() + ".");
    }
  }
}
