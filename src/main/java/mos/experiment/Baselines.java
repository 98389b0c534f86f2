package mos.experiment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import mos.base.MosException;
import mos.base.StopSignal;
import mos.console.Progress;
import mos.results.BaselineFigures;
import mos.search.Candidate;
import mos.search.Constraint;
import mos.search.Fitness;
import mos.search.RandomSearch;
import mos.search.SearchListener;
import mos.search.SearchState;
import mos.space.SearchSpace;
import mos.space.SubTransformer;

/**
 * What simpler ways to choose find under the same constraint, so that a report shows what evolution
 * brought, and so that no search is behind them: random search with the same budget, and decoder
 * depth alone, which takes the largest SubTransformer of each decoder depth. Their candidates, and
 * the smallest and the largest SubTransformer, stand among the finalists.
 *
 * @param constraint with the limit that decides in the end
 * @param figures further numbers to keep of a candidate
 * @param stop throws when the process was told to end; asked between measurements
 */
public record Baselines(
    SearchSpace space,
    Constraint constraint,
    Fitness fitness,
    Function<SubTransformer, Map<String, Double>> figures,
    Runnable stop) {
  /** Which ways to compare with. */
  public enum Kind {
    /** Random search of the same budget, and decoder depth alone. */
    ALL,
    /** Decoder depth alone, which is cheap. */
    DEPTH,
    /** None. */
    NONE
  }

  /** Where a candidate comes from that is none of a baseline's. */
  static final String ENDS = "smallest and largest";

  /**
   * Candidates of one baseline.
   *
   * @param none why there are none; null where there are some
   */
  record Found(List<Candidate> candidates, String none) {}

  /**
   * Searches.
   *
   * @return what each baseline found, by its name, and the {@link #ENDS}
   */
  Map<String, Found> search(Kind which, RandomSearch random, int budget) {
    Map<String, Found> all = new LinkedHashMap<>();
    if (which == Kind.ALL) {
      String name = "random search, same budget";
      try (Progress progress = Progress.start(name, budget)) {
        all.put(name, found(() -> random.run(listener(progress)).evaluated()));
      }
    }
    if (which != Kind.NONE) {
      String name = "decoder depth alone";
      all.put(name, found(() -> scored(name, space.largestOfEachDepth())));
    }
    all.put(ENDS, found(() -> scored(ENDS, List.of(space.smallest(), space.largest()))));
    return all;
  }

  private static Found found(Supplier<List<Candidate>> source) {
    try {
      return new Found(source.get(), null);
    } catch (MosException e) {
      if (StopSignal.requested()) {
        throw e;
      }
      return new Found(List.of(), e.getMessage());
    }
  }

  /** Each baseline's own choice. */
  static Map<String, BaselineFigures> figures(Map<String, Found> all, Finalists finalists) {
    Map<String, BaselineFigures> figures = new LinkedHashMap<>();
    all.forEach(
        (name, found) -> {
          if (!name.equals(ENDS)) {
            figures.put(name, chosen(found, finalists));
          }
        });
    return figures;
  }

  private static BaselineFigures chosen(Found found, Finalists finalists) {
    if (found.none() != null) {
      return BaselineFigures.none(found.none());
    }
    Finalists.Choice choice = finalists.find(found.candidates());
    if (choice.candidate() == null) {
      return BaselineFigures.none(Finalists.none(choice.refused()));
    }
    boolean timed = choice.checked().latency() != null;
    return new BaselineFigures(
        null,
        choice.candidate().loss(),
        choice.candidate().cost(),
        timed ? (Double) choice.checked().ms() : null,
        timed ? (Double) choice.checked().latency().share() : null,
        choice.checked().met(),
        choice.candidate().architecture().decoderLayers(),
        found.candidates().size());
  }

  /** Those of {@code some} that meet the constraint. */
  private List<Candidate> scored(String name, List<SubTransformer> some) {
    List<SubTransformer> within = new ArrayList<>();
    List<Double> costs = new ArrayList<>();
    try (Progress progress = Progress.start(name, some.size())) {
      for (SubTransformer one : some) {
        stop.run();
        if (constraint.passesScreens(one)) {
          double cost = constraint.cost(one);
          if (constraint.allows(cost)) {
            within.add(one);
            costs.add(cost);
          }
        }
        progress.step();
      }
    }
    if (within.isEmpty()) {
      throw new MosException("none meets the constraint");
    }
    double[] losses = fitness.score(within);
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < losses.length; i++) {
      SubTransformer one = within.get(i);
      candidates.add(new Candidate(one, losses[i], costs.get(i), 0, figures.apply(one)));
    }
    return candidates;
  }

  private SearchListener listener(Progress progress) {
    return new SearchListener() {
      private int before;

      @Override
      public void drawn(int found, int wanted, int tries) {
        stop.run();
      }

      @Override
      public void iterationDone(SearchState state, Candidate best) {
        progress.update(
            state.evaluated().size(), String.format(Locale.ROOT, "best loss %.4f", best.loss()));
      }
    };
  }
}
