package mos.run;

import com.fasterxml.jackson.core.type.TypeReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import mos.base.ConfigurationException;
import mos.base.Json;
import mos.base.Limit;
import mos.base.MosException;
import mos.base.Sha256;
import mos.results.ConstraintResult;
import mos.results.Constraints;
import mos.results.CostUnit;
import mos.results.Front;
import mos.results.FrontPoint;
import mos.results.ResultJson;
import mos.results.ResultLines;
import mos.results.SearchedCandidate;
import mos.space.ConfigurationDictionary;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;

/** All that a finished search knows: its front, its last population and every candidate. */
final class SearchedAnswers {
  private static final String POPULATION = "population.json";
  private static final String SUFFIX = ".yml";

  /**
   * An architecture that the search knows.
   *
   * @param name that its folder gets
   * @param origin the file in the search's folder that tells of it
   * @param loss NaN where the search did not score it
   * @param cost in {@code unit}, as measured last; NaN where the search did not ask
   * @param unit null likewise
   */
  record Known(
      String name,
      String origin,
      SubTransformer architecture,
      double loss,
      double cost,
      CostUnit unit) {}

  private final Path folder;
  private final Map<SubTransformer, Known> known = new LinkedHashMap<>();
  private final List<String> points = new ArrayList<>();

  private SearchedAnswers(Path folder) {
    this.folder = folder;
  }

  /**
   * Reads what a search left.
   *
   * @param folder of the search
   * @throws ConfigurationException where no search was finished there
   */
  static SearchedAnswers read(Path folder) {
    Path candidates = folder.resolve(SearchedCandidate.FILE_NAME);
    Path population = folder.resolve(POPULATION);
    Path front = folder.resolve(Front.FILE_NAME);
    if (!Files.isRegularFile(candidates) && !Files.isRegularFile(population)) {
      throw new ConfigurationException(
          folder + ": no finished search: there is no " + SearchedCandidate.FILE_NAME + " in it");
    }
    SearchedAnswers all = new SearchedAnswers(folder);
    if (Files.isRegularFile(front)) {
      ResultJson.read(front, Front.class).points().forEach(all::point);
    }
    if (Files.isRegularFile(candidates)) {
      ResultLines.read(
          candidates,
          SearchedCandidate.class,
          one -> all.candidate(one, SearchedCandidate.FILE_NAME));
    }
    if (Files.isRegularFile(population)) {
      ResultJson.as(
              Json.read(population),
              new TypeReference<List<SearchedCandidate>>() {},
              population.toString())
          .forEach(one -> all.candidate(one, POPULATION));
    }
    return all;
  }

  private void point(FrontPoint point) {
    points.add(point.file());
    known.put(
        point.architecture(),
        new Known(
            name(Path.of(point.file())),
            point.file(),
            point.architecture(),
            point.loss(),
            point.cost(),
            point.costUnit()));
  }

  private boolean candidate(SearchedCandidate one, String origin) {
    if (one.architecture() == null) {
      return false;
    }
    Double again = one.verdict() == null ? null : one.verdict().measuredAgain();
    Double cost = again != null ? again : one.cost() != null ? one.cost() : one.latencyMs();
    CostUnit unit = one.costUnit() == null ? CostUnit.MS : one.costUnit();
    known.putIfAbsent(
        one.architecture(),
        new Known(
            nameOf(one.architecture()),
            origin,
            one.architecture(),
            one.loss(),
            cost == null ? Double.NaN : cost,
            unit));
    return true;
  }

  private static String nameOf(SubTransformer architecture) {
    String told = Json.line(ConfigurationDictionary.toJson(architecture));
    return "candidate-" + Sha256.of(told).substring(0, 8);
  }

  private static String name(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
  }

  /**
   * The architecture that a word names: the number of a point, or a file of the search's folder, by
   * its path in there or from here.
   *
   * @throws ConfigurationException where there is none
   */
  Known named(String word) {
    Path file = file(word);
    SubTransformer architecture = SubTransformerFile.read(file);
    Known searched = known.get(architecture);
    String origin = folder.toAbsolutePath().normalize().relativize(file).toString();
    return searched != null && points.contains(searched.origin())
        ? searched
        : new Known(
            name(file),
            origin.replace('\\', '/'),
            architecture,
            searched == null ? Double.NaN : searched.loss(),
            searched == null ? Double.NaN : searched.cost(),
            searched == null ? null : searched.unit());
  }

  private Path file(String word) {
    Path root = folder.toAbsolutePath().normalize();
    List<Path> places = new ArrayList<>();
    if (word.matches("\\d{1,6}")) {
      places.add(
          folder.resolve(String.format(Locale.ROOT, "front/%03d.yml", Integer.parseInt(word))));
    }
    places.addAll(List.of(folder.resolve(word), Path.of(word)));
    return places.stream()
        .map(place -> place.toAbsolutePath().normalize())
        .filter(place -> place.startsWith(root) && place.toString().endsWith(SUFFIX))
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseThrow(
            () ->
                new ConfigurationException(
                    "point: got "
                        + word
                        + ", which is no architecture of "
                        + folder
                        + "; "
                        + need()));
  }

  /** What may be asked for. */
  String need() {
    return "need "
        + (points.isEmpty()
            ? "--constraint, since this search made no front (--front 1)"
            : (points.size() == 1
                    ? points.get(0)
                    : "one of " + points.get(0) + " to " + points.get(points.size() - 1))
                + ", or --constraint");
  }

  /** The unit of the search's costs. */
  CostUnit unit() {
    return known.values().stream()
        .map(Known::unit)
        .findFirst()
        .orElseThrow(() -> new ConfigurationException(folder + ": the search scored no candidate"));
  }

  /**
   * All that meet a limit as far as the search knows, the best first.
   *
   * @param limit in ms, 10^9 FLOPs or 10^6 parameters, or a share of the largest's
   * @param run what became of the run's own limits
   * @throws MosException where none does
   */
  List<Known> meeting(Limit limit, Constraints run) {
    double most = inCostUnit(limit, run);
    List<Known> meeting =
        known.values().stream()
            .filter(one -> one.cost() <= most && !Double.isNaN(one.loss()))
            .sorted(Comparator.comparingDouble(Known::loss).thenComparingDouble(Known::cost))
            .collect(Collectors.toList());
    if (meeting.isEmpty()) {
      Optional<Known> least = known.values().stream().min(Comparator.comparingDouble(Known::cost));
      throw new MosException(
          folder
              + ": nothing that the search knows meets the constraint "
              + text(limit)
              + least
                  .map(
                      one ->
                          String.format(
                              Locale.ROOT, "; the least is %.4g %s", one.cost(), one.unit()))
                  .orElse(""));
    }
    return meeting;
  }

  private String text(Limit limit) {
    return limit.relative()
        ? limit + " of the largest's " + unit().quantity().word()
        : ConstraintResult.number(limit.number()) + " " + unit().quantity().words();
  }

  private double inCostUnit(Limit limit, Constraints run) {
    if (unit() == CostUnit.SHARE) {
      return limit.relative() ? limit.number() : 100 * limit.number() / largest(run);
    }
    return limit.relative() ? limit.value(largest(run)) : limit.number();
  }

  /** What the largest SubTransformer takes, in the quantity's unit. */
  private double largest(Constraints run) {
    return run.all().stream()
        .filter(one -> one.quantity() == unit().quantity() && one.share() != null)
        .mapToDouble(one -> one.measured() / one.share())
        .findFirst()
        .orElseThrow(
            () ->
                new ConfigurationException(
                    "constraint: this run's summary does not tell what its largest SubTransformer"
                        + " takes; need a limit of the same kind as the run's"));
  }
}
