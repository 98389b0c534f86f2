package mos.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
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
import mos.base.Json;
import mos.experiment.Scorer;
import mos.results.RouterWeights;
import mos.search.Candidate;
import mos.search.SearchResult;
import mos.space.ConfigurationDictionary;
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
record SearchOutput(Path target, SearchSpace space, String fitness, Map<String, String> made) {

  /** What others read; the last ones are not always there. */
  static List<Path> files(Path target) {
    return Stream.of(
            target.getFileName().toString(),
            "candidates.jsonl",
            "population.json",
            RouterWeights.FILE_NAME,
            "front.csv",
            "front.json",
            "front")
        .map(target::resolveSibling)
        .toList();
  }

  /**
   * Writes the files and returns the search's figures.
   *
   * @param points the front's, empty where there is none
   */
  ObjectNode write(
      SearchResult result, Finalists finalists, Finalists.Choice choice, List<Candidate> points) {
    String unit = finalists.constraint().unit();
    Map<SubTransformer, Checked> refused = new HashMap<>();
    choice.refused().forEach(one -> refused.put(one.candidate().architecture(), one.checked()));
    Set<SubTransformer> front = new HashSet<>();
    points.forEach(point -> front.add(point.architecture()));
    // A finalist of a baseline's is no candidate of the search, but was measured beside them.
    Map<SubTransformer, Candidate> all = new LinkedHashMap<>();
    result.evaluated().forEach(one -> all.put(one.architecture(), one));
    choice
        .refused()
        .forEach(one -> all.putIfAbsent(one.candidate().architecture(), one.candidate()));
    if (choice.candidate() != null) {
      all.putIfAbsent(choice.candidate().architecture(), choice.candidate());
    }
    Set<SubTransformer> searched =
        result.evaluated().stream().map(Candidate::architecture).collect(Collectors.toSet());
    GeneCodec codec = new GeneCodec(space);
    StringBuilder lines = new StringBuilder();
    all.forEach(
        (architecture, candidate) -> {
          ObjectNode line = candidate(candidate, unit, codec);
          boolean chosen =
              choice.candidate() != null && architecture.equals(choice.candidate().architecture());
          line.put("chosen", chosen);
          if (chosen || refused.containsKey(architecture)) {
            line.put("refused", !chosen);
            Checked checked = chosen ? choice.checked() : refused.get(architecture);
            if (checked.latency() != null) {
              line.put("measured_again", cost(checked, finalists.limits()));
            }
          }
          if (!searched.contains(architecture)) {
            line.put("origin", "baseline");
          }
          if (!points.isEmpty()) {
            line.put("front", front.contains(architecture));
          }
          lines.append(Json.line(line)).append('\n');
        });
    List<ObjectNode> population = new ArrayList<>();
    result.population().stream()
        .distinct()
        .sorted(Comparator.comparingDouble(Candidate::loss))
        .forEach(candidate -> population.add(candidate(candidate, unit, codec)));
    AtomicFile.writeString(target.resolveSibling("candidates.jsonl"), lines.toString());
    AtomicFile.writeString(target.resolveSibling("population.json"), Json.pretty(population));
    return figures(result, finalists, choice);
  }

  /** The latency as the search's costs have it. */
  static double cost(Checked checked, Limits limits) {
    return limits.timedAgainstLargest() ? 100 * checked.latency().share() : checked.ms();
  }

  private ObjectNode figures(SearchResult result, Finalists finalists, Finalists.Choice choice) {
    ObjectNode figures = Json.object();
    if (choice.candidate() != null) {
      SubTransformer found = choice.candidate().architecture();
      List<String> comment = new ArrayList<>();
      comment.add("Found by evo-search; settings are in state.json beside this file.");
      made.forEach((key, value) -> comment.add(key + ": " + value));
      SubTransformerFile.write(target, found, comment);
      figures.set("architecture", ConfigurationDictionary.toJson(found));
      figures.put("write_config_path", target.toString());
      figures.put("loss", choice.candidate().loss());
      putBleu(figures, choice.candidate().loss());
      figures.put("searched_cost", choice.candidate().cost());
    } else {
      removeOld();
      figures.putNull("architecture");
    }
    figures.put("fitness", fitness);
    figures.put("constraint", finalists.constraint().limit());
    figures.put("constraint_unit", finalists.constraint().unit());
    figures.put("aim", finalists.aim().limit());
    figures.put("evaluated", result.evaluated().size());
    figures.put("rejected_finalists", choice.refused().size());
    if (choice.candidate() == null) {
      figures.put("constraint_met", false);
    } else {
      choice.checked().put(figures);
      if (choice.checked().latency() != null) {
        choice.checked().latency().candidate().put(figures);
        choice.checked().machine().put(figures);
      }
    }
    return figures;
  }

  /** What an earlier search found must not pass for this one's. */
  private void removeOld() {
    AtomicFile.delete(target);
  }

  private void putBleu(ObjectNode node, double loss) {
    if (fitness.equals("bleu")) {
      node.put("bleu", 100 - loss);
    }
  }

  private ObjectNode candidate(Candidate candidate, String unit, GeneCodec codec) {
    ObjectNode line = Json.object();
    line.put("generation", candidate.generation());
    line.put("loss", candidate.loss());
    putBleu(line, candidate.loss());
    if (unit.equals("ms")) {
      line.put("latency_ms", candidate.cost());
    }
    line.put("cost", candidate.cost());
    line.put("cost_unit", unit);
    candidate.figures().forEach(line::put);
    line.set("gene", Json.tree(codec.encode(candidate.architecture())));
    line.set("architecture", ConfigurationDictionary.toJson(candidate.architecture()));
    return line;
  }
}
