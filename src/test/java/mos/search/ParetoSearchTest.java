package mos.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import mos.base.Json;
import mos.space.Dimension;
import mos.space.ModelCost;
import mos.space.Plain;
import mos.space.SearchSpace;
import mos.space.SubTransformer;
import org.junit.jupiter.api.Test;

class ParetoSearchTest {
  private static final List<Integer> FFN = List.of(384, 256, 192);
  static final SearchSpace SPACE =
      Plain.space(
          List.of(160, 128),
          List.of(160, 128),
          FFN,
          FFN,
          List.of(2),
          List.of(3, 2, 1),
          List.of(4, 2),
          List.of(4, 2),
          List.of(4, 2),
          List.of(-1, 1, 2));
  private static final ModelCost COST = new ModelCost(128, 1400, 1400, true);
  private static final List<Objective> OBJECTIVES =
      List.of(Objective.LOSS, Objective.cost("gflops"));

  private static double flops(SubTransformer a) {
    return COST.flops(a, 20, 20) / 1e9;
  }

  /** Depth matters most, sizes with diminishing returns, heads have a best value. */
  private static double loss(SubTransformer a) {
    double loss = 2 + 0.4 / a.decoderLayers();
    loss += 20.0 / a.decoderEmbedDim() + 15.0 / a.encoderEmbedDim();
    for (int i = 0; i < a.encoderLayers(); i++) {
      loss += 10.0 / a.value(Dimension.ENCODER_FFN, i) * (1 + i);
      loss += a.value(Dimension.ENCODER_HEADS, i) == 4 ? 0 : 0.01;
    }
    for (int i = 0; i < a.decoderLayers(); i++) {
      loss += 5.0 / a.value(Dimension.DECODER_FFN, i) / (1 + i);
      loss += a.value(Dimension.DECODER_HEADS, i) == 2 ? 0 : 0.01;
      loss += a.value(Dimension.ARBITRARY_ATTENTION, i) == 1 ? 0 : 0.02;
    }
    return loss;
  }

  private static double[] score(List<SubTransformer> batch) {
    return batch.stream().mapToDouble(ParetoSearchTest::loss).toArray();
  }

  private static Constraint limit(double gflops) {
    return Constraint.of(ParetoSearchTest::flops, gflops, "GFLOPs");
  }

  private static ParetoSearch pareto(EvolutionConfig settings) {
    return new ParetoSearch(
        SPACE, settings, ParetoSearchTest::score, limit(1).unlimited(), a -> Map.of(), OBJECTIVES);
  }

  private static EvolutionConfig settings(int seed) {
    return new EvolutionConfig(50, 10, 20, 20, 0.3, 25, 10_000, seed);
  }

  /**
   * What a user gets from the front under a constraint is no worse than what a search for that
   * constraint alone finds with the same budget, and better on average, although one front serves
   * all three.
   */
  @Test
  void frontHoldsOrBeatsWhatSingleSearchesFind() {
    double difference = 0;
    for (int seed = 1; seed <= 4; seed++) {
      SearchResult all = pareto(settings(seed)).run(SearchListener.NONE);
      List<Candidate> front = ParetoFront.of(all.evaluated(), OBJECTIVES);
      for (double gflops : new double[] {0.04, 0.048, 0.058}) {
        double single =
            new EvolutionarySearch(
                    SPACE, settings(seed), ParetoSearchTest::score, limit(gflops), a -> Map.of())
                .run(SearchListener.NONE)
                .best()
                .loss();
        double ofFront =
            front.stream()
                .filter(c -> c.cost() <= gflops)
                .mapToDouble(Candidate::loss)
                .min()
                .orElseThrow();
        assertThat(ofFront).as("seed %d, %s", seed, gflops).isLessThanOrEqualTo(single);
        difference += ofFront - single;
      }
    }
    assertThat(difference / 12).isLessThan(-0.001);
  }

  @Test
  void budgetIsThatOfASingleSearch() {
    List<SubTransformer> scored = new ArrayList<>();
    EvolutionConfig how = new EvolutionConfig(20, 4, 8, 8, 0.3, 4, 10_000, 1);
    new ParetoSearch(
            SPACE,
            how,
            batch -> {
              scored.addAll(batch);
              return score(batch);
            },
            limit(1).unlimited(),
            a -> Map.of(),
            OBJECTIVES)
        .run(SearchListener.NONE);
    Set<SubTransformer> distinct = new HashSet<>(scored);
    assertThat(scored).hasSameSizeAs(distinct);
    assertThat(scored.size()).isBetween(60, 20 + 3 * 16);
  }

  @Test
  void frontHasNoDominatedCandidateAndEveryOtherIsDominatedOrEqual() {
    SearchResult all = pareto(settings(4)).run(SearchListener.NONE);
    List<Candidate> front = ParetoFront.of(all.evaluated(), OBJECTIVES);
    assertThat(front).hasSizeGreaterThan(20);
    for (int i = 1; i < front.size(); i++) {
      assertThat(front.get(i).cost()).isGreaterThan(front.get(i - 1).cost());
      assertThat(front.get(i).loss()).isLessThan(front.get(i - 1).loss());
    }
    for (Candidate candidate : all.evaluated()) {
      assertThat(front).anyMatch(p -> p.loss() <= candidate.loss() && p.cost() <= candidate.cost());
    }
  }

  /** Two values sort; what that leaves is what no other one is at least as good as in both. */
  @Test
  void frontOfTwoValuesIsThatOfItsDefinition() {
    SplittableRandom random = new SplittableRandom(7);
    for (int run = 0; run < 200; run++) {
      List<double[]> all = new ArrayList<>();
      for (int i = 0; i < 1 + random.nextInt(12); i++) {
        double loss = random.nextInt(6) == 0 ? Double.POSITIVE_INFINITY : random.nextInt(5);
        all.add(new double[] {loss, random.nextInt(5)});
      }
      List<double[]> expected = new ArrayList<>();
      for (int i = 0; i < all.size(); i++) {
        double[] one = all.get(i);
        boolean beaten = all.stream().anyMatch(other -> ParetoFront.dominates(other, one));
        boolean repeated = all.subList(0, i).stream().anyMatch(o -> Arrays.equals(o, one));
        if (!beaten && !repeated) {
          expected.add(one);
        }
      }
      expected.sort(Comparator.comparingDouble(one -> one[1]));
      assertThat(ParetoFront.of(all, one -> one[0], one -> one[1]))
          .usingElementComparator((a, b) -> a == b ? 0 : 1)
          .containsExactlyElementsOf(expected);
    }
  }

  @Test
  void thirdObjectiveKeepsWhatTwoWouldDrop() {
    SearchResult all =
        new EvolutionarySearch(
                SPACE,
                settings(5),
                ParetoSearchTest::score,
                limit(9),
                a -> Map.of("params", (double) COST.parameters(a)))
            .run(SearchListener.NONE);
    List<Objective> three =
        List.of(Objective.LOSS, Objective.cost("gflops"), Objective.figure("params"));
    List<Candidate> two = ParetoFront.of(all.evaluated(), OBJECTIVES);
    List<Candidate> more = ParetoFront.of(all.evaluated(), three);
    assertThat(more).containsAll(two).hasSizeGreaterThan(two.size());
  }

  @Test
  void resumedEqualsUninterrupted() {
    List<SearchState> states = new ArrayList<>();
    EvolutionConfig how = new EvolutionConfig(20, 4, 8, 8, 0.3, 4, 10_000, 1);
    SearchListener saving =
        new SearchListener() {
          @Override
          public void iterationDone(SearchState state, Candidate best) {
            states.add(state);
          }
        };
    SearchResult whole = pareto(how).run(saving);
    for (SearchState state : states) {
      SearchState restored = SearchState.fromJson(Json.parse(Json.line(state.toJson()), "s"), "s");
      assertThat(pareto(how).resume(restored, SearchListener.NONE)).isEqualTo(whole);
    }
  }

  private static Candidate at(double loss, double cost) {
    SubTransformer any = SPACE.sample(new SplittableRandom(Double.hashCode(31 * loss + cost)));
    return new Candidate(any, loss, cost, 0, Map.of());
  }

  @Test
  void rankingIsByFrontThenByCrowding() {
    Candidate cheap = at(9, 1);
    Candidate middle = at(5, 5);
    Candidate near = at(4.8, 5.1);
    Candidate dear = at(1, 9);
    Candidate beaten = at(5.5, 5.5);
    Candidate broken = at(Double.NaN, 5.05);
    List<Candidate> ranked =
        ParetoFront.ranked(List.of(beaten, broken, near, middle, dear, cheap), OBJECTIVES);
    assertThat(ranked.subList(0, 2)).containsExactlyInAnyOrder(dear, cheap);
    assertThat(ranked.subList(2, 4)).containsExactlyInAnyOrder(near, middle);
    assertThat(ranked.subList(4, 6)).containsExactlyInAnyOrder(beaten, broken);
    assertThat(ParetoFront.of(ranked, OBJECTIVES)).containsExactly(cheap, middle, near, dear);
    assertThat(ParetoFront.of(List.of(cheap, at(9, 1)), OBJECTIVES)).hasSize(1);
  }
}
