package mos.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import mos.base.Json;
import mos.base.MosException;
import mos.base.StopSignal;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.report.Progress;
import mos.search.Candidate;
import mos.search.RandomSearch;
import mos.search.SearchListener;
import mos.search.SearchState;
import mos.space.SearchSpace;
import mos.space.SubTransformer;

/**
 * What simpler ways to choose find under the same constraint, so that a report shows what evolution
 * brought: random search with the same budget, and decoder depth alone, which takes the largest
 * SubTransformer of each decoder depth.
 *
 * @param target the search's result, beside which all that a stopped search had found is kept
 */
record Baselines(SearchSpace space, Finalists finalists, Path target) {
  static final Setting<String> BASELINES =
      Setting.ofChoice("baselines", "all", "depth", "none")
          .in(SettingGroup.SEARCH)
          .defaultsTo("all")
          .doc(
              "Compare with random search of the same budget and with decoder depth alone (all),"
                  + " with the latter, which is cheap (depth), or with nothing (none)");

  /**
   * Searches, and chooses as the real search does.
   *
   * @param which of {@link #BASELINES}
   * @return per baseline its figures; with {@code none} why there are none
   */
  ObjectNode of(String which, RandomSearch random, Function<List<SubTransformer>, double[]> score) {
    ObjectNode all = Json.object();
    if (which.equals("all")) {
      String name = "random search, same budget";
      try (Progress progress = Progress.start(name, random.candidates())) {
        all.set(name, chosen(() -> random.run(listener(progress)).evaluated()));
      }
    }
    if (!which.equals("none")) {
      String name = "decoder depth alone";
      try (Progress progress = Progress.start(name, space.largestOfEachDepth().size())) {
        all.set(name, chosen(() -> depths(score, progress)));
      }
    }
    return all;
  }

  private interface Source {
    List<Candidate> candidates();
  }

  private ObjectNode chosen(Source source) {
    ObjectNode figures = Json.object();
    try {
      List<Candidate> candidates = source.candidates();
      Finalists.Choice choice = finalists.choose(candidates);
      figures.put("loss", choice.candidate().loss());
      figures.put("cost", choice.candidate().cost());
      if (choice.latency() != null) {
        figures.put("latency_ms", choice.latency().ms());
      }
      figures.put("decoder_layers", choice.candidate().architecture().decoderLayers());
      figures.put("evaluated", candidates.size());
    } catch (MosException e) {
      if (StopSignal.requested()) {
        throw e;
      }
      figures.put("none", e.getMessage());
    }
    return figures;
  }

  private List<Candidate> depths(
      Function<List<SubTransformer>, double[]> score, Progress progress) {
    List<SubTransformer> within = new ArrayList<>();
    List<Double> costs = new ArrayList<>();
    List<SubTransformer> all = space.largestOfEachDepth();
    int looked = 0;
    for (SubTransformer one : all) {
      SearchRun.stopIfAsked(target);
      progress.update(looked++, "");
      if (finalists.constraint().passesScreens(one)) {
        double cost = finalists.constraint().cost(one);
        if (finalists.constraint().allows(cost)) {
          within.add(one);
          costs.add(cost);
        }
      }
    }
    if (within.isEmpty()) {
      throw new MosException("none of the largest of each decoder depth meets the constraint");
    }
    progress.update(all.size(), "");
    double[] losses = score.apply(within);
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < losses.length; i++) {
      candidates.add(new Candidate(within.get(i), losses[i], costs.get(i), 0, Map.of()));
    }
    return candidates;
  }

  private SearchListener listener(Progress progress) {
    return new SearchListener() {
      private int before;

      @Override
      public void drawn(int found, int wanted, int tries) {
        SearchRun.stopIfAsked(target);
        progress.update(before + found, tries + " drawn");
      }

      @Override
      public void iterationDone(SearchState state, Candidate best) {
        before = state.evaluated().size();
      }
    };
  }
}
