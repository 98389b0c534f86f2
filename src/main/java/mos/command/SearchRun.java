package mos.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import mos.base.MosException;
import mos.base.StopSignal;
import mos.command.settings.EvolutionSettings;
import mos.command.settings.MachineSettings;
import mos.command.settings.SearchSettings;
import mos.config.Settings;
import mos.latency.LatencySource;
import mos.report.Progress;
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
import mos.space.ArchitectureCost;
import mos.space.SearchSpace;
import mos.space.SubTransformer;

/**
 * One search: runs or continues it, measures again what it found, and writes its files.
 *
 * @param target the architecture file
 * @param fitness what candidates are worth, from the cache where it knows
 * @param made what the result is made from and with: {@link Provenance#of} and the seed
 */
record SearchRun(
    Settings settings,
    SearchSpace space,
    Path target,
    Finalists finalists,
    LatencySource source,
    ArchitectureCost cost,
    Fitness fitness,
    Map<String, String> made) {
  private static final String STATE = "state.json";

  /**
   * Searches.
   *
   * @param decisive what a saved state must have been begun with
   * @return the command's figures
   */
  ObjectNode run(BegunWith decisive) {
    boolean wholeFront = settings.get(SearchSettings.FRONT);
    FrontOutput front =
        new FrontOutput(
            target,
            finalists,
            source,
            settings.get(SearchSettings.FRONT_PARAMS),
            settings.get(SearchSettings.FITNESS),
            made);
    EvolutionConfig evolution = EvolutionSettings.of(settings, settings.get(MachineSettings.SEED));
    Constraint limit = finalists.constraint();
    Constraint aim = finalists.aim();
    ArchitectureSearch search =
        wholeFront
            ? new ParetoSearch(
                space, evolution, fitness, limit.unlimited(), costs(), front.objectives())
            : new EvolutionarySearch(space, evolution, fitness, aim, costs());
    SearchStateFile state = new SearchStateFile(target.resolveSibling(STATE), decisive, made);
    try (StopSignal.Saving saving = StopSignal.saving()) {
      SearchResult result = resume(search, state, evolution);
      Map<String, Baselines.Found> baselines =
          new Baselines(space, limit, fitness, costs(), () -> stopIfAsked(target))
              .search(
                  settings.get(SearchSettings.BASELINES),
                  new RandomSearch(space, evolution, fitness, aim, costs()),
                  evolution.populationSize() * evolution.iterations());
      SearchOutput output =
          new SearchOutput(target, space, settings.get(SearchSettings.FITNESS), made);
      Map<SubTransformer, Candidate> all = new LinkedHashMap<>();
      result.evaluated().forEach(one -> all.put(one.architecture(), one));
      baselines
          .values()
          .forEach(
              found -> found.candidates().forEach(one -> all.putIfAbsent(one.architecture(), one)));
      Finalists.Choice choice =
          wholeFront ? finalists.find(all.values()) : finalists.choose(all.values());
      List<Candidate> points = wholeFront ? front.of(result.evaluated()) : List.of();
      ObjectNode figures = output.write(result, finalists, choice, points);
      if (wholeFront) {
        figures.set("front", front.write(points));
      }
      figures.put("seed", settings.get(MachineSettings.SEED));
      figures.set("baselines", Baselines.figures(baselines, finalists));
      return figures;
    }
  }

  private Function<SubTransformer, Map<String, Double>> costs() {
    return a ->
        Map.of(
            "params", (double) cost.parameters(a),
            "params_without_embedding", (double) cost.parametersWithoutEmbedding(a),
            "flops", (double) cost.flops(a));
  }

  private SearchResult resume(
      ArchitectureSearch search, SearchStateFile state, EvolutionConfig evolution) {
    long wanted = (long) evolution.iterations() * evolution.populationSize();
    try (Progress progress = Progress.start("search", wanted)) {
      return search.resume(state.load(), new Follower(progress, state, evolution, target));
    }
  }

  static void stopIfAsked(Path target) {
    if (StopSignal.requested()) {
      throw new MosException(
          "stopped; what was scored and measured is saved beside "
              + target
              + ", the same command continues");
    }
  }

  /** Shows progress and saves the state after every iteration. */
  private record Follower(
      Progress progress, SearchStateFile state, EvolutionConfig evolution, Path target)
      implements SearchListener {
    @Override
    public void drawn(int found, int wanted, int tries) {
      stopIfAsked(target);
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
