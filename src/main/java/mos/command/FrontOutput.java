package mos.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mos.base.AtomicFile;
import mos.base.Json;
import mos.base.MosException;
import mos.console.Progress;
import mos.experiment.Scorer;
import mos.latency.LatencySource;
import mos.latency.UndisturbedMeter;
import mos.search.Candidate;
import mos.search.Objective;
import mos.search.ParetoFront;
import mos.space.ConfigurationDictionary;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;

/**
 * The front that a search for loss against cost found: {@code front.csv}, {@code front.json} and a
 * YAML file of each point in the folder {@code front}. Latencies of its points are measured again;
 * what is dominated then is left out.
 *
 * @param target the search's architecture file, beside which the front lies
 * @param source of latencies of points, again
 * @param fitness of {@link Scorer#FITNESS}
 * @param made what it is made with and from
 */
record FrontOutput(
    Path target,
    Finalists finalists,
    LatencySource source,
    boolean withParameters,
    String fitness,
    Map<String, String> made) {
  private static final String PARAMS = "params_without_embedding";

  /** What the search minimises. */
  List<Objective> objectives() {
    List<Objective> all = new ArrayList<>(List.of(Objective.LOSS, Objective.cost(costName())));
    if (withParameters) {
      all.add(Objective.figure(PARAMS));
    }
    return all;
  }

  private String costName() {
    return switch (finalists.constraint().unit()) {
      case "ms" -> "latency_ms";
      case SearchConstraint.SHARE -> "latency_percent";
      case "GFLOPs" -> "gflops";
      default -> "mparams";
    };
  }

  /**
   * The front of {@code evaluated}, ascending in cost, each with its cost measured again where it
   * is latency.
   */
  List<Candidate> of(List<Candidate> evaluated) {
    List<Candidate> front = ParetoFront.of(evaluated, objectives());
    if (!finalists.limits().timed()) {
      return front;
    }
    List<Candidate> again = new ArrayList<>();
    try (Progress progress = Progress.start("front, measured again", front.size())) {
      for (Candidate candidate : front) {
        SearchRun.stopIfAsked(target);
        again.add(measuredAgain(candidate));
        progress.step();
      }
    }
    return ParetoFront.of(again, objectives());
  }

  private Candidate measuredAgain(Candidate candidate) {
    SubTransformer a = candidate.architecture();
    double cost =
        finalists.limits().timedAgainstLargest()
            ? 100 * source.compare(a, finalists.largest()).share()
            : new UndisturbedMeter(SearchConstraint.RETRIES)
                .measure(() -> source.measure(a), source::watch)
                .latency()
                .ms();
    return new Candidate(
        a,
        candidate.loss(),
        Math.max(cost, candidate.cost()),
        candidate.generation(),
        candidate.figures());
  }

  /** Writes the files and returns the points as JSON. */
  ArrayNode write(List<Candidate> front) {
    Path folder = target.resolveSibling("front");
    clear(folder);
    ObjectNode json = Json.object();
    json.set("objectives", Json.tree(objectives().stream().map(Objective::name).toList()));
    json.put("fitness", fitness);
    json.put("cost_unit", finalists.constraint().unit());
    json.put("constraint", finalists.constraint().limit());
    json.set("provenance", Json.tree(made));
    ArrayNode points = json.putArray("points");
    StringBuilder csv = new StringBuilder();
    csv.append("point,loss,").append(costName()).append(",params,").append(PARAMS);
    csv.append(",flops,file\n");
    for (int i = 0; i < front.size(); i++) {
      Candidate one = front.get(i);
      String name = String.format(Locale.ROOT, "%03d.yml", i + 1);
      List<String> comment = new ArrayList<>();
      comment.add(
          String.format(
              Locale.ROOT,
              "Point %d of the front: loss %.4f, %.4g %s",
              i + 1,
              one.loss(),
              one.cost(),
              finalists.constraint().unit()));
      made.forEach((key, value) -> comment.add(key + ": " + value));
      SubTransformerFile.write(folder.resolve(name), one.architecture(), comment);
      ObjectNode point = points.addObject();
      point.put("point", i + 1);
      point.put("loss", one.loss());
      point.put(costName(), one.cost());
      point.put("cost", one.cost());
      point.put("cost_unit", finalists.constraint().unit());
      point.put("within", finalists.constraint().allows(one.cost()));
      one.figures().forEach(point::put);
      point.put("file", "front/" + name);
      point.set("architecture", ConfigurationDictionary.toJson(one.architecture()));
      Map<String, Double> figures = one.figures();
      csv.append(
          Stream.of(
                  i + 1,
                  one.loss(),
                  one.cost(),
                  figures.get("params").longValue(),
                  figures.get(PARAMS).longValue(),
                  figures.get("flops").longValue(),
                  "front/" + name)
              .map(Object::toString)
              .collect(Collectors.joining(",")));
      csv.append('\n');
    }
    AtomicFile.writeString(target.resolveSibling("front.csv"), csv.toString());
    AtomicFile.writeString(target.resolveSibling("front.json"), Json.pretty(json));
    return points;
  }

  /** Points of an earlier search must not stay among the new. */
  private static void clear(Path folder) {
    try {
      if (Files.isDirectory(folder)) {
        try (Stream<Path> files = Files.list(folder)) {
          Set<Path> old =
              files
                  .filter(f -> f.getFileName().toString().matches("\\d{3,}\\.yml"))
                  .collect(Collectors.toSet());
          for (Path file : old) {
            Files.delete(file);
          }
        }
      }
    } catch (IOException e) {
      throw new MosException("cannot clear " + folder + ": " + AtomicFile.describe(e), e);
    }
  }
}
