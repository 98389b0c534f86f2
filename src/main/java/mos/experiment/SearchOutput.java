package mos.experiment;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mos.base.AtomicFile;
import mos.results.CostUnit;
import mos.results.CountFigures;
import mos.results.Front;
import mos.results.ResultJson;
import mos.results.RouterWeights;
import mos.results.SearchedCandidate;
import mos.search.Candidate;
import mos.search.SearchResult;
import mos.space.GeneCodec;
import mos.space.SearchSpace;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;

/**
 * What a search leaves beside its architecture file: every candidate and the last population.
 *
 * @param target the architecture file
 * @param fitness of {@link Scorer#FITNESS}
 * @param made what it is made with and from
 */
public record SearchOutput(
    Path target, SearchSpace space, String fitness, Map<String, String> made) {
  private static final String CANDIDATES = "candidates.jsonl";
  private static final String POPULATION = "population.json";

  /** What others read; the last ones are not always there. */
  public static List<Path> files(Path target) {
    return Stream.of(
            target.getFileName().toString(),
            CANDIDATES,
            POPULATION,
            RouterWeights.FILE_NAME,
            Front.CSV_NAME,
            Front.FILE_NAME,
            "front")
        .map(target::resolveSibling)
        .toList();
  }

  /**
   * Writes the candidates, the population and the chosen architecture.
   *
   * @param points the front's, empty where there is none
   */
  void write(
      SearchResult result, Finalists finalists, Finalists.Choice choice, List<Candidate> points) {
    Map<SubTransformer, Checked> refused = new HashMap<>();
    choice.refused().forEach(one -> refused.put(one.candidate().architecture(), one.checked()));
    Set<SubTransformer> front = new HashSet<>();
    points.forEach(point -> front.add(point.architecture()));
    Set<SubTransformer> searched =
        result.evaluated().stream().map(Candidate::architecture).collect(Collectors.toSet());
    CostUnit unit = finalists.costUnit();
    StringBuilder lines = new StringBuilder();
    all(result, choice)
        .forEach(
            (architecture, candidate) -> {
              boolean chosen =
                  choice.candidate() != null
                      && architecture.equals(choice.candidate().architecture());
              Checked checked = chosen ? choice.checked() : refused.get(architecture);
              boolean timed = checked != null && checked.latency() != null;
              lines
                  .append(
                      ResultJson.line(
                          line(
                              candidate,
                              unit,
                              new SearchedCandidate.Finalist(
                                  chosen,
                                  checked == null ? null : (Boolean) !chosen,
                                  timed ? (Double) cost(checked, finalists.limits()) : null,
                                  searched.contains(architecture)
                                      ? null
                                      : SearchedCandidate.Finalist.BASELINE,
                                  points.isEmpty()
                                      ? null
                                      : (Boolean) front.contains(architecture)))))
                  .append('\n');
            });
    AtomicFile.writeString(target.resolveSibling(CANDIDATES), lines.toString());
    ResultJson.write(
        target.resolveSibling(POPULATION),
        result.population().stream()
            .distinct()
            .sorted(Comparator.comparingDouble(Candidate::loss))
            .map(candidate -> line(candidate, unit, SearchedCandidate.Finalist.NONE))
            .toList());
    if (choice.candidate() != null) {
      List<String> comment = new ArrayList<>();
      comment.add("Found by evo-search; settings are in state.json beside this file.");
      made.forEach((key, value) -> comment.add(key + ": " + value));
      SubTransformerFile.write(target, choice.candidate().architecture(), comment);
    } else {
      // What an earlier search found must not pass for this one's.
      AtomicFile.delete(target);
    }
  }

  /** A finalist of a baseline's is no candidate of the search, but was measured beside them. */
  private static Map<SubTransformer, Candidate> all(SearchResult result, Finalists.Choice choice) {
    Map<SubTransformer, Candidate> all = new LinkedHashMap<>();
    result.evaluated().forEach(one -> all.put(one.architecture(), one));
    choice
        .refused()
        .forEach(one -> all.putIfAbsent(one.candidate().architecture(), one.candidate()));
    if (choice.candidate() != null) {
      all.putIfAbsent(choice.candidate().architecture(), choice.candidate());
    }
    return all;
  }

  /** The latency as the search's costs have it. */
  private static double cost(Checked checked, Limits limits) {
    return limits.timedAgainstLargest() ? 100 * checked.latency().share() : checked.ms();
  }

  /** BLEU of a loss where that is the fitness, else null. */
  Double bleu(double loss) {
    return fitness.equals("bleu") ? (Double) (100 - loss) : null;
  }

  private SearchedCandidate line(
      Candidate candidate, CostUnit unit, SearchedCandidate.Finalist finalist) {
    return new SearchedCandidate(
        candidate.generation(),
        candidate.loss(),
        bleu(candidate.loss()),
        unit == CostUnit.MS ? (Double) candidate.cost() : null,
        candidate.cost(),
        unit,
        counts(candidate),
        Arrays.stream(new GeneCodec(space).encode(candidate.architecture())).boxed().toList(),
        candidate.architecture(),
        finalist);
  }

  /** What the search noted of a candidate. */
  static CountFigures counts(Candidate candidate) {
    Map<String, Double> figures = candidate.figures();
    return new CountFigures(
        figures.get(Search.PARAMS),
        figures.get(Search.PARAMS_WITHOUT_EMBEDDING),
        figures.get(Search.FLOPS));
  }
}
