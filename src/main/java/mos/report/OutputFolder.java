package mos.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.console.Numbers;
import mos.results.ExampleTranslation;
import mos.results.Front;
import mos.results.FrontPoint;
import mos.results.MetricsLine;
import mos.results.PredictorDocument;
import mos.results.ResultJson;
import mos.results.ResultLines;
import mos.results.RouterWeights;
import mos.results.RunSummary;
import mos.results.SearchedCandidate;
import mos.results.SupernetEvaluationFigures;
import mos.results.TakenFigures;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;

/**
 * What an experiment left in its output folder, as far as it is there and readable. Every file is
 * optional; what was damaged is said in {@link #notes}.
 */
final class OutputFolder {
  private static final String CANDIDATES = "search/" + SearchedCandidate.FILE_NAME;
  private static final String ARCHITECTURE = "search/architecture.yml";
  private static final String PREDICTOR = "latency/predictor.json";
  private static final Map<String, String> RUNS = new LinkedHashMap<>();
  private static final long LARGEST_DOCUMENT = 64L << 20;

  /** Deeper ones make no drawing. */
  private static final int MOST_LAYERS = 64;

  static {
    RUNS.put("supernet/" + MetricsLine.FILE_NAME, "SuperTransformer");
    RUNS.put("subtransformer/" + MetricsLine.FILE_NAME, "SubTransformer");
  }

  private final Path folder;
  private final List<String> notes = new ArrayList<>();
  private final List<TrainingRun> runs = new ArrayList<>();
  private final List<SearchPoint> candidates = new ArrayList<>();
  private final List<ExampleTranslation> translations = new ArrayList<>();
  private RunSummary summary;
  private PredictorDocument predictor;
  private Front front;
  private RouterWeights routers;
  private SupernetEvaluationFigures evaluation;
  private final List<FrontPoint> frontFiles = new ArrayList<>();
  private final List<SearchPoint> frontPoints = new ArrayList<>();
  private SearchPoint chosen;
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
    result.summary = result.document(RunSummary.FILE_NAME, RunSummary.class);
    result.predictor = result.document(PREDICTOR, PredictorDocument.class);
    result.front = result.document("search/" + Front.FILE_NAME, Front.class);
    result.routers = result.document("search/" + RouterWeights.FILE_NAME, RouterWeights.class);
    result.evaluation =
        result.document(
            "supernet-evaluation/" + SupernetEvaluationFigures.FILE_NAME,
            SupernetEvaluationFigures.class);
    RUNS.forEach(result::run);
    for (TakenFigures one : result.run().summary().others()) {
      String file = Known.text(one.folder()) + "/subtransformer/" + MetricsLine.FILE_NAME;
      result.run(file, "SubTransformer " + Known.text(one.folder()));
    }
    result.lines(CANDIDATES, SearchedCandidate.class, result::candidate);
    result.measuredLast();
    result.lines(ExampleTranslation.FILE_NAME, ExampleTranslation.class, result::translation);
    result.readArchitecture();
    if (result.known == 0) {
      throw new ConfigurationException(
          folder
              + ": holds no file of an experiment; need at least one of "
              + String.join(
                  ", ",
                  RunSummary.FILE_NAME,
                  CANDIDATES,
                  ARCHITECTURE,
                  PREDICTOR,
                  ExampleTranslation.FILE_NAME)
              + ", "
              + String.join(", ", RUNS.keySet()));
    }
    return result;
  }

  /** Where the folder is, as it was named. */
  Path path() {
    return folder;
  }

  /** Whether there is a summary. */
  boolean finished() {
    return summary != null;
  }

  /** What the run found, as far as it is told. */
  RunFigures run() {
    return RunFigures.of(finished() ? summary : RunSummary.NOTHING);
  }

  /** The latency predictor, null where it is not there. */
  PredictorDocument predictor() {
    return predictor;
  }

  /** The front, null where it is not there. */
  Front front() {
    return front;
  }

  /** The front's points that can be drawn, ascending in cost as they are in the file. */
  List<SearchPoint> frontPoints() {
    return frontPoints;
  }

  /** The same as the file has them. */
  List<FrontPoint> frontFiles() {
    return frontFiles;
  }

  /** How the routers mix the experts, null where it is not there. */
  RouterWeights routers() {
    return routers;
  }

  /** What evaluate-supernet found, null where it is not there. */
  SupernetEvaluationFigures evaluation() {
    return evaluation;
  }

  /** The trainings that left figures. */
  List<TrainingRun> runs() {
    return runs;
  }

  List<SearchPoint> candidates() {
    return candidates;
  }

  /** The candidate that the search returned, or null where there is none. */
  SearchPoint chosen() {
    return chosen;
  }

  List<ExampleTranslation> translations() {
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

  private <T> T document(String name, Class<T> type) {
    if (exists(name)) {
      try {
        Path file = folder.resolve(name);
        if (Files.size(file) > LARGEST_DOCUMENT) {
          throw new MosException(file + ": larger than 64 MiB");
        }
        return ResultJson.read(file, type);
      } catch (MosException | IOException e) {
        String why = Known.text(e.getMessage()).replace(folder.resolve(name) + ": ", "");
        notes.add(name + " was left out: it is damaged or cannot be read (" + why + ").");
      }
    }
    return null;
  }

  private void run(String name, String title) {
    TrainingRun run = new TrainingRun(title);
    lines(name, MetricsLine.class, run::take);
    if (!run.isEmpty()) {
      runs.add(run);
    }
  }

  private <T> void lines(String name, Class<T> type, Predicate<T> reader) {
    if (!exists(name)) {
      return;
    }
    try {
      long bad = ResultLines.read(folder.resolve(name), type, reader);
      if (bad > 0) {
        String lines = bad == 1 ? " line was" : " lines were";
        notes.add(name + ": " + Numbers.count(bad) + lines + " damaged or without use; skipped.");
      }
    } catch (MosException e) {
      notes.add(name + " was left out: it cannot be read.");
    }
  }

  private boolean candidate(SearchedCandidate line) {
    SearchPoint point = SearchPoint.of(line);
    return point != null && candidates.add(point);
  }

  /** A model has one latency on the page: that which was measured last. */
  private void measuredLast() {
    for (FrontPoint one : front == null ? List.<FrontPoint>of() : front.points()) {
      SearchPoint point = SearchPoint.of(one);
      if (point != null) {
        frontFiles.add(one);
        frontPoints.add(point);
      }
    }
    candidates.replaceAll(this::asOnFront);
    for (int i = candidates.size() - 1; i >= 0 && chosen == null; i--) {
      if (candidates.get(i).chosen()) {
        chosen = candidates.get(i);
        double measured = run().measuredIn(chosen.unit());
        if (chosen.unit().timed() && Double.isFinite(measured)) {
          SearchPoint before = chosen;
          chosen = before.measuredAgain(measured);
          candidates.set(i, chosen);
          frontPoints.replaceAll(p -> p.isSameAs(before) ? p.measuredAgain(measured) : p);
        }
      }
    }
  }

  private SearchPoint asOnFront(SearchPoint candidate) {
    return frontPoints.stream()
        .filter(p -> p.isSameAs(candidate) && p.cost() != candidate.cost())
        .findFirst()
        .map(p -> candidate.measuredAgain(p.cost()))
        .orElse(candidate);
  }

  private boolean translation(ExampleTranslation line) {
    ExampleTranslation whole =
        new ExampleTranslation(
            Known.text(line.source()),
            Known.text(line.reference()),
            Known.text(line.inherited()),
            Known.text(line.finished()));
    return !whole.source().isEmpty() && translations.add(whole);
  }

  private void readArchitecture() {
    try {
      SubTransformer found = null;
      if (finished() && summary.architecture() != null) {
        found = SubTransformerFile.of(summary.architecture(), RunSummary.FILE_NAME);
      }
      if (exists(ARCHITECTURE) && found == null) {
        found = SubTransformerFile.read(folder.resolve(ARCHITECTURE));
      }
      if (found != null && Math.max(found.encoderLayers(), found.decoderLayers()) > MOST_LAYERS) {
        throw new MosException("more than " + MOST_LAYERS + " layers make no drawing");
      }
      architecture = found;
    } catch (MosException e) {
      notes.add("The found architecture was left out: " + e.getMessage() + ".");
    }
  }
}
