package mos.experiment;

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
import mos.base.MosException;
import mos.console.Progress;
import mos.latency.LatencySource;
import mos.latency.UndisturbedMeter;
import mos.results.CostUnit;
import mos.results.Front;
import mos.results.FrontPoint;
import mos.search.Candidate;
import mos.search.Objective;
import mos.search.ParetoFront;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;

/**
 * The front that a search for loss against cost found: {@code front.csv}, {@code front.json} and a
 * YAML file of each point in the folder {@code front}. Latencies of its points are measured again;
 * what is dominated then is left out.
 *
 * @param target the search's architecture file, beside which the front lies
 * @param source of latencies of points, again
 * @param fitness of {@link Scoring#fitness}
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
    List<Objective> all =
        new ArrayList<>(List.of(Objective.LOSS, Objective.cost(unit().objective())));
    if (withParameters) {
      all.add(Objective.figure(PARAMS));
    }
    return all;
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
        Stop.ifAsked(target);
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

  /** Writes the files and returns the points. */
  List<FrontPoint> write(List<Candidate> front) {
    Path folder = target.resolveSibling("front");
    clear(folder);
    List<FrontPoint> points = new ArrayList<>();
    for (Candidate one : front) {
      FrontPoint point = point(points.size() + 1, one);
      List<String> comment = new ArrayList<>();
      comment.add(
          String.format(
              Locale.ROOT,
              "Point %d of the front: loss %.4f, %.4g %s",
              point.point(),
              point.loss(),
              point.cost(),
              unit()));
      made.forEach((key, value) -> comment.add(key + ": " + value));
      SubTransformerFile.write(target.resolveSibling(point.file()), one.architecture(), comment);
      points.add(point);
    }
    new Front(
            objectives().stream().map(Objective::name).toList(),
            fitness,
            unit(),
            finalists.constraint().limit(),
            made,
            points)
        .write(target.toAbsolutePath().getParent());
    return points;
  }

  private FrontPoint point(int number, Candidate one) {
    return new FrontPoint(
        number,
        one.loss(),
        FrontPoint.NamedCost.of(unit(), one.cost()),
        one.cost(),
        unit(),
        finalists.constraint().allows(one.cost()),
        SearchOutput.counts(one),
        String.format(Locale.ROOT, "front/%03d.yml", number),
        one.architecture());
  }

  private CostUnit unit() {
    return finalists.costUnit();
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
