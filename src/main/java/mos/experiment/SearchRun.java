package mos.experiment;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import mos.base.StopSignal;
import mos.console.Progress;
import mos.latency.LatencySource;
import mos.results.BaselineFigures;
import mos.results.Constraints;
import mos.results.FrontPoint;
import mos.results.LatencyFigures;
import mos.results.LoadFigures;
import mos.results.SearchFigures;
import mos.search.ArchitectureSearch;
import mos.search.Candidate;
import mos.search.Constraint;
import mos.search.EvolutionConfig;
import mos.search.EvolutionarySearch;
import mos.search.Fitness;
import mos.search.ParetoSearch;
import mos.search.RandomSearch;
import mos.search.SearchListener;
import mos.search.SearchResult;
import mos.search.SearchState;
import mos.space.SubTransformer;

/**
 * One search: runs or continues it, measures again what it found, and writes its files.
 *
 * @param search what is searched for
 * @param source that measures points of a front again
 * @param costs further numbers to keep of a candidate
 * @param fitness what candidates are worth, from the cache where it knows
 * @param made what the result is made from and with: {@link Provenance#of} and the seed
 */
record SearchRun(
    Search search,
    Finalists finalists,
    LatencySource source,
    Function<SubTransformer, Map<String, Double>> costs,
    Fitness fitness,
    Map<String, String> made) {
  private static final String STATE = "state.json";

  /**
   * Searches.
   *
   * @param begun what a saved state must have been begun with
   */
  SearchFigures run(BegunWith begun) {
    boolean wholeFront = search.goal().front();
    Path target = search.output().architecture();
    String fitnessName = search.scoring().fitness();
    FrontOutput front =
        new FrontOutput(
            target, finalists, source, search.goal().frontParameters(), fitnessName, made);
    EvolutionConfig evolution = search.evolution();
    Constraint limit = finalists.constraint();
    Constraint aim = finalists.aim();
    ArchitectureSearch way =
        wholeFront
            ? new ParetoSearch(
                search.space(), evolution, fitness, limit.unlimited(), costs, front.objectives())
            : new EvolutionarySearch(search.space(), evolution, fitness, aim, costs);
    SearchStateFile state = new SearchStateFile(target.resolveSibling(STATE), begun, made);
    try (StopSignal.Saving saving = StopSignal.saving()) {
      SearchResult result = resume(way, state, evolution, target);
      Map<String, Baselines.Found> baselines =
          new Baselines(search.space(), limit, fitness, costs, () -> Stop.ifAsked(target))
              .search(
                  search.baselines(),
                  new RandomSearch(search.space(), evolution, fitness, aim, costs),
                  evolution.populationSize() * evolution.iterations());
      Map<SubTransformer, Candidate> all = new LinkedHashMap<>();
      result.evaluated().forEach(one -> all.put(one.architecture(), one));
      baselines
          .values()
          .forEach(
              found -> found.candidates().forEach(one -> all.putIfAbsent(one.architecture(), one)));
      Finalists.Choice choice =
          wholeFront ? finalists.find(all.values()) : finalists.choose(all.values());
      List<Candidate> points = wholeFront ? front.of(result.evaluated()) : List.of();
      SearchOutput output = new SearchOutput(target, search.space(), fitnessName, made);
      output.write(result, finalists, choice, points);
      List<FrontPoint> written = wholeFront ? front.write(points) : null;
      return figures(result, choice, output, written, Baselines.figures(baselines, finalists));
    }
  }

  private SearchFigures figures(
      SearchResult result,
      Finalists.Choice choice,
      SearchOutput output,
      List<FrontPoint> front,
      Map<String, BaselineFigures> baselines) {
    Candidate chosen = choice.candidate();
    boolean timed = chosen != null && choice.checked().latency() != null;
    return new SearchFigures(
        chosen == null ? null : chosen.architecture(),
        chosen == null
            ? SearchFigures.Chosen.NONE
            : new SearchFigures.Chosen(
                output.target().toString(),
                chosen.loss(),
                output.bleu(chosen.loss()),
                chosen.cost()),
        output.fitness(),
        finalists.constraint().limit(),
        finalists.costUnit(),
        finalists.aim().limit(),
        result.evaluated().size(),
        choice.refused().size(),
        chosen == null ? new Constraints(false, null, null) : choice.checked().constraints(),
        timed ? Figures.of(choice.checked().latency().candidate()) : LatencyFigures.NONE,
        timed ? Figures.of(choice.checked().load()) : LoadFigures.UNKNOWN,
        front,
        search.evolution().seed(),
        baselines);
  }

  private static SearchResult resume(
      ArchitectureSearch search, SearchStateFile state, EvolutionConfig evolution, Path target) {
    long wanted = (long) evolution.iterations() * evolution.populationSize();
    try (Progress progress = Progress.start("search", wanted)) {
      return search.resume(state.load(), new Follower(progress, state, evolution, target));
    }
  }

  /** Shows progress and saves the state after every iteration. */
  private record Follower(
      Progress progress, SearchStateFile state, EvolutionConfig evolution, Path target)
      implements SearchListener {
    @Override
    public void drawn(int found, int wanted, int tries) {
      Stop.ifAsked(target);
    }

    @Override
    public void iterationDone(SearchState now, Candidate best) {
      state.save(now);
      progress.update(
          (long) now.iteration() * evolution.populationSize(),
          String.format(Locale.ROOT, "best loss %.4f", best.loss()));
    }
  }
}
