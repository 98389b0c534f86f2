package mos.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import mos.base.MosException;
import mos.base.StopSignal;
import mos.config.Settings;
import mos.latency.MachineState;
import mos.report.Progress;
import mos.search.ArchitectureSearch;
import mos.search.Candidate;
import mos.search.EvolutionSettings;
import mos.search.EvolutionarySearch;
import mos.search.Fitness;
import mos.search.ParetoSearch;
import mos.search.RandomSearch;
import mos.search.SearchListener;
import mos.search.SearchResult;
import mos.search.SearchState;
import mos.space.SearchSpace;
import mos.space.SubTransformer;
import mos.train.TrainingSettings;

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
    boolean wholeFront = settings.get(FrontOutput.FRONT);
    FrontOutput front =
        new FrontOutput(
            target,
            finalists,
            settings.get(FrontOutput.FRONT_PARAMS),
            settings.get(Scorer.FITNESS),
            made);
    EvolutionSettings evolution =
        EvolutionSettings.fromSettings(settings, settings.get(TrainingSettings.SEED));
    ArchitectureSearch search =
        wholeFront
            ? new ParetoSearch(
                space,
                evolution,
                fitness,
                finalists.constraint().unlimited(),
                costs(),
                front.objectives())
            : new EvolutionarySearch(space, evolution, fitness, finalists.constraint(), costs());
    SearchStateFile state = new SearchStateFile(target.resolveSibling(STATE), decisive, made);
    try (StopSignal.Saving saving = StopSignal.saving()) {
      SearchResult result = resume(search, state, evolution);
      MachineState.Watch watch = MachineState.watch();
      Finalists.Choice choice =
          wholeFront ? finalists.find(result.evaluated()) : finalists.choose(result.evaluated());
      List<Candidate> points = wholeFront ? front.of(result.evaluated()) : List.of();
      MachineState machine = watch.stop();
      Set<Candidate> onFront = new HashSet<>();
      Set<SubTransformer> architectures = new HashSet<>();
      points.forEach(point -> architectures.add(point.architecture()));
      result.evaluated().stream()
          .filter(c -> architectures.contains(c.architecture()))
          .forEach(onFront::add);
      ObjectNode figures =
          new SearchOutput(target, space, settings.get(Scorer.FITNESS), made)
              .write(result, choice, onFront);
      if (wholeFront) {
        figures.set("front", front.write(points));
      }
      if (finalists.timed() && finalists.measurement().here()) {
        machine.put(figures);
      }
      figures.put("seed", settings.get(TrainingSettings.SEED));
      RandomSearch random =
          new RandomSearch(space, evolution, fitness, finalists.constraint(), costs());
      figures.set(
          "baselines",
          new Baselines(space, finalists, target)
              .of(settings.get(Baselines.BASELINES), random, fitness::score));
      return figures;
    }
  }

  private Function<SubTransformer, Map<String, Double>> costs() {
    Measurement measurement = finalists.measurement();
    return a ->
        Map.of(
            "params", measurement.parameters(a),
            "params_without_embedding", measurement.parametersWithoutEmbedding(a),
            "flops", measurement.flops(a));
  }

  private SearchResult resume(
      ArchitectureSearch search, SearchStateFile state, EvolutionSettings evolution) {
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
      Progress progress, SearchStateFile state, EvolutionSettings evolution, Path target)
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
