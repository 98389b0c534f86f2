package mos.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mos.base.ConfigurationException;
import mos.base.Json;
import mos.base.MosException;
import mos.command.settings.EvolutionSettings;
import mos.config.Settings;
import mos.space.Dimension;
import mos.space.ModelCost;
import mos.space.Plain;
import mos.space.SearchSpace;
import mos.space.SubTransformer;
import org.junit.jupiter.api.Test;

class EvolutionarySearchTest {
  private static final List<Integer> FFN = List.of(3072, 2048, 1024);
  private static final SearchSpace SPACE =
      Plain.space(
          List.of(640, 512),
          List.of(640, 512),
          FFN,
          FFN,
          List.of(6),
          List.of(6, 5, 4, 3, 2, 1),
          List.of(8, 4),
          List.of(8, 4),
          List.of(8, 4),
          List.of(-1, 1, 2));
  private static final ModelCost COST = new ModelCost(512, 1000, 1000, true);
  private static final EvolutionConfig SMALL =
      new EvolutionConfig(25, 5, 10, 10, 0.3, 6, 10_000, 1);

  private final List<SubTransformer> scored = new ArrayList<>();

  /** Lower for more parameters, so that the optimum lies at the constraint. */
  private double[] score(List<SubTransformer> batch) {
    scored.addAll(batch);
    return batch.stream().mapToDouble(a -> 1e9 / COST.parameters(a)).toArray();
  }

  private static Constraint flops(double giga) {
    return Constraint.of(a -> COST.flops(a, 30, 30) / 1e9, giga, "GFLOPs");
  }

  private EvolutionarySearch search(EvolutionConfig settings, Constraint constraint) {
    return new EvolutionarySearch(
        SPACE,
        settings,
        this::score,
        constraint,
        a -> Map.of("params", (double) COST.parameters(a)));
  }

  @Test
  void everyCandidateMeetsTheConstraintAndTheBestComesFirst() {
    SearchResult found = search(SMALL, flops(2.5)).run(SearchListener.NONE);
    assertThat(found.evaluated()).allMatch(c -> c.cost() <= 2.5);
    assertThat(found.evaluated()).allMatch(c -> SPACE.contains(c.architecture()));
    assertThat(found.population()).hasSize(25);
    assertThat(found.population().get(0)).isEqualTo(found.best());
    assertThat(found.best().figures()).containsKey("params");
  }

  /** Layers by which an architecture differs from FFN 2048 and 8 heads everywhere. */
  private static double distance(SubTransformer a) {
    long ffn = a.values(Dimension.ENCODER_FFN).stream().filter(size -> size != 2048).count();
    long heads = a.values(Dimension.ENCODER_HEADS).stream().filter(count -> count != 8).count();
    return ffn
        + heads
        + a.values(Dimension.DECODER_FFN).stream().filter(size -> size != 2048).count();
  }

  @Test
  void evolutionBeatsRandomSearchWithTheSameBudget() {
    Fitness fitness =
        batch -> batch.stream().mapToDouble(EvolutionarySearchTest::distance).toArray();
    double evolved = 0;
    double random = 0;
    for (int seed = 0; seed < 5; seed++) {
      EvolutionConfig settings = new EvolutionConfig(25, 5, 10, 10, 0.3, 8, 10_000, seed);
      Constraint limit = flops(2.5);
      var evolution = new EvolutionarySearch(SPACE, settings, fitness, limit, a -> Map.of());
      var baseline = new RandomSearch(SPACE, settings, fitness, limit, a -> Map.of());
      evolved += evolution.run(SearchListener.NONE).best().loss();
      SearchResult drawn = baseline.run(SearchListener.NONE);
      random += drawn.best().loss();
      assertThat(drawn.evaluated().size()).isBetween(150, 25 + 7 * 20);
    }
    assertThat(evolved).isLessThan(random - 3);
  }

  @Test
  void everySubTransformerIsScoredAndCostedOnce() {
    List<SubTransformer> costed = new ArrayList<>();
    Constraint counting =
        Constraint.of(
            a -> {
              costed.add(a);
              return 1;
            },
            2,
            "ms");
    search(SMALL, counting).run(SearchListener.NONE);
    Set<SubTransformer> distinct = new HashSet<>(scored);
    assertThat(scored).hasSameSizeAs(distinct);
    assertThat(costed).hasSameSizeAs(new HashSet<>(costed));
    assertThat(scored.size()).isBetween(50, 125);
  }

  @Test
  void seedDecidesTheSearch() {
    SearchResult one = search(SMALL, flops(2.5)).run(SearchListener.NONE);
    SearchResult again = search(SMALL, flops(2.5)).run(SearchListener.NONE);
    EvolutionConfig other = new EvolutionConfig(25, 5, 10, 10, 0.3, 6, 10_000, 2);
    assertThat(again).isEqualTo(one);
    assertThat(search(other, flops(2.5)).run(SearchListener.NONE)).isNotEqualTo(one);
  }

  @Test
  void resumedFromJsonEqualsUninterruptedAfterEveryIteration() {
    List<SearchState> states = new ArrayList<>();
    SearchListener saving =
        new SearchListener() {
          @Override
          public void iterationDone(SearchState state, Candidate best) {
            states.add(state);
          }
        };
    SearchResult whole = search(SMALL, flops(2.5)).run(saving);
    assertThat(states).hasSize(6);
    for (SearchState state : states) {
      String json = Json.line(state.toJson());
      SearchState restored = SearchState.fromJson(Json.parse(json, "state"), "state");
      assertThat(restored).isEqualTo(state);
      scored.clear();
      assertThat(search(SMALL, flops(2.5)).resume(restored, SearchListener.NONE)).isEqualTo(whole);
      assertThat(scored).noneMatch(state.evaluated()::containsKey);
    }
  }

  @Test
  void infeasibleConstraintEndsWithTheLeastCostSeen() {
    Constraint latency = Constraint.of(a -> 61.26 + a.decoderLayers() - 1, 50, "ms");
    assertThatThrownBy(() -> search(SMALL, latency).run(SearchListener.NONE))
        .isInstanceOf(MosException.class)
        .hasMessage(
            "no SubTransformer under 50 ms in 10,000 samples; the fastest seen takes 61.3 ms");
    assertThat(scored).isEmpty();
    Constraint unknown = Constraint.of(a -> Double.NaN, 50, "ms");
    EvolutionConfig bounded = new EvolutionConfig(25, 5, 10, 10, 0.3, 3, 20, 1);
    assertThatThrownBy(() -> search(bounded, unknown).run(SearchListener.NONE))
        .isInstanceOf(MosException.class);
  }

  @Test
  void screensComeFirstAndAreNamedWhenNothingPasses() {
    List<SubTransformer> measured = new ArrayList<>();
    Constraint latency =
        Constraint.of(
                a -> {
                  measured.add(a);
                  return 10.0 * a.decoderLayers();
                },
                30,
                "ms")
            .screenedBy(List.of(flops(2.5)));
    SearchResult found = search(SMALL, latency).run(SearchListener.NONE);
    assertThat(measured).isNotEmpty().allMatch(a -> COST.flops(a, 30, 30) <= 2.5e9);
    assertThat(found.evaluated())
        .allMatch(c -> c.cost() <= 30 && COST.flops(c.architecture(), 30, 30) <= 2.5e9);
    EvolutionConfig bounded = new EvolutionConfig(25, 5, 10, 10, 0.3, 3, 200, 1);
    assertThatThrownBy(
            () -> search(bounded, latency.screenedBy(List.of(flops(0.5)))).run(SearchListener.NONE))
        .isInstanceOf(MosException.class)
        .hasMessageContaining(
            "under 0.500 GFLOPs and 30 ms in 200 samples; the smallest seen takes")
        .hasMessageContaining("GFLOPs");
  }

  @Test
  void fewFeasibleCandidatesAreSearchedAllTheSame() {
    EvolutionConfig bounded = new EvolutionConfig(25, 5, 10, 10, 0.3, 3, 200, 1);
    Constraint tight = flops(1.2);
    SearchResult found = search(bounded, tight).run(SearchListener.NONE);
    assertThat(found.evaluated()).isNotEmpty().allMatch(c -> c.cost() <= 1.2);
  }

  @Test
  void lossesThatAreNotNumbersLose() {
    Fitness broken =
        batch -> batch.stream().mapToDouble(a -> a.decoderLayers() == 6 ? 1 : Double.NaN).toArray();
    SearchResult found =
        new EvolutionarySearch(SPACE, SMALL, broken, flops(100), a -> Map.of())
            .run(SearchListener.NONE);
    assertThat(found.best().architecture().decoderLayers()).isEqualTo(6);
    Fitness never = batch -> batch.stream().mapToDouble(a -> Double.NaN).toArray();
    EvolutionarySearch hopeless =
        new EvolutionarySearch(SPACE, SMALL, never, flops(100), a -> Map.of());
    assertThatThrownBy(() -> hopeless.run(SearchListener.NONE))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("finite loss");
  }

  @Test
  void brokenStatesAreRefused() {
    for (String json :
        List.of(
            "{}",
            "[]",
            "{\"iteration\":1,\"population\":[]}",
            "{\"iteration\":-1,\"population\":[[1]]}",
            "{\"iteration\":1,\"population\":[[1]],\"candidates\":[{}],\"costs\":[]}",
            "{\"iteration\":1,\"population\":[[1]],\"candidates\":[],\"costs\":[]}")) {
      assertThatThrownBy(
              () ->
                  search(SMALL, flops(2))
                      .resume(
                          SearchState.fromJson(Json.parse(json, "s"), "s"), SearchListener.NONE))
          .as(json)
          .isInstanceOf(MosException.class);
    }
  }

  @Test
  void sizesMustAddUp() {
    Settings defaults = Settings.parse("", "a.yml", EvolutionSettings.settings());
    assertThat(EvolutionSettings.of(defaults, 7))
        .isEqualTo(new EvolutionConfig(125, 25, 50, 50, 0.3, 30, 10_000, 7));
    Settings wrong = Settings.parse("population-size: 6", "a.yml", EvolutionSettings.settings());
    assertThatThrownBy(() -> EvolutionSettings.of(wrong, 7))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("population-size: got 6")
        .hasMessageContaining("a.yml:1");
  }
}
