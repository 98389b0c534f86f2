package mos.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import mos.base.Limit;
import mos.base.MosException;
import mos.host.HostLoad;
import mos.latency.Latency;
import mos.latency.PairedLatency;
import mos.results.Quantity;
import mos.results.ResultJson;
import mos.search.Candidate;
import mos.search.Constraint;
import mos.space.Plain;
import mos.space.SearchSpace;
import mos.space.SubTransformer;
import org.junit.jupiter.api.Test;

/** The final check, on a machine that does as the test says. */
class ConstraintCheckTest {
  private static final SearchSpace SPACE =
      Plain.space(
          List.of(16, 8),
          List.of(16, 8),
          List.of(24),
          List.of(24),
          List.of(2),
          List.of(4, 3, 2, 1),
          List.of(2),
          List.of(2),
          List.of(2),
          List.of(-1));
  private static final HostLoad QUIET = new HostLoad(0.01, Double.NaN, Double.NaN);
  private static final HostLoad BUSY = new HostLoad(1.9, Double.NaN, Double.NaN);

  private final Map<SubTransformer, Double> ms = new HashMap<>();
  private final Deque<Double> slower = new ArrayDeque<>();
  private final Deque<HostLoad> states = new ArrayDeque<>();
  private final List<Integer> slept = new ArrayList<>();
  private int measured;

  private static SubTransformer layers(int decoderLayers) {
    return SPACE.largestOfEachDepth().stream()
        .filter(a -> a.decoderLayers() == decoderLayers)
        .findFirst()
        .orElseThrow();
  }

  /** 10 ms a layer, or as told; all as many times slower as the next of {@code slower} says. */
  private PairedLatency measure(SubTransformer a) {
    measured++;
    double factor = slower.isEmpty() ? 1 : slower.pop();
    return new PairedLatency(
        latency(factor * ms.getOrDefault(a, 10.0 * a.decoderLayers())), latency(factor * 40));
  }

  private static Latency latency(double ms) {
    return new Latency(0, ms, 0, 0, 0);
  }

  private ConstraintCheck check(Map<Quantity, Limit> limits) {
    return new ConstraintCheck(
        new Limits(limits, 5),
        (quantity, a) -> a.decoderLayers() * (quantity == Quantity.FLOPS ? 0.5 : 1),
        SPACE.largest(),
        this::measure,
        () -> () -> states.isEmpty() ? QUIET : states.pop(),
        new Pauses(slept::add));
  }

  private ConstraintCheck latency(Limit limit) {
    return check(Map.of(Quantity.LATENCY, limit));
  }

  private static JsonNode json(Checked checked) {
    return ResultJson.tree(checked.constraints());
  }

  @Test
  void shareDecidesHoweverSlowTheMachineIs() {
    slower.addAll(List.of(3.0, 2.0, 5.0));
    states.add(BUSY);
    Checked checked = latency(Limit.percent(60)).check(layers(2));
    assertThat(checked.met()).isTrue();
    JsonNode one = json(checked).path("constraints").path(0);
    assertThat(one.path("quantity").asText()).isEqualTo("latency");
    assertThat(one.path("limit").asDouble()).isEqualTo(60);
    assertThat(one.path("limit_unit").asText()).isEqualTo("%");
    assertThat(one.path("share").asDouble()).isCloseTo(0.5, within(1e-12));
    assertThat(one.path("measured").asDouble())
        .isLessThanOrEqualTo(one.path("limit_value").asDouble());
    assertThat(one.path("met").asBoolean()).isTrue();
    assertThat(one.path("other_load").asDouble()).isEqualTo(1.9);
    assertThat(one.path("measured_at").asText()).endsWith("Z");
    assertThat(json(checked).path("speed_up").asDouble()).isCloseTo(2, within(1e-12));
    assertThat(slept).isEmpty();
  }

  @Test
  void millisecondsMissedUnderLoadAreMeasuredAgainAfterPauses() {
    ms.put(layers(1), 10.0);
    slower.addAll(List.of(2.0, 1.8, 1.0, 1.0, 1.0));
    states.addAll(List.of(BUSY, BUSY));
    Checked checked = latency(Limit.of(15)).check(layers(1));
    assertThat(checked.met()).isTrue();
    assertThat(slept).containsExactly(5, 15);
  }

  @Test
  void missedUnderLoadToTheEndIsUndecidedAndTheFastestIsTold() {
    slower.addAll(List.of(2.0, 1.8, 1.9, 2.5));
    states.addAll(List.of(BUSY, BUSY, BUSY, BUSY));
    ConstraintCheck check = latency(Limit.of(15));
    Checked checked = check.check(layers(1));
    assertThat(checked.met()).isFalse();
    assertThat(checked.undecided()).isTrue();
    assertThat(checked.ms()).isEqualTo(18);
    assertThat(slept).containsExactly(5, 15, 30);
    assertThat(checked.constraints().describe())
        .contains("*** CONSTRAINT NOT MET: latency 18 ms, limit 15 ms ***")
        .contains("not met now: other programs used 1.90 cores");
    assertThat(checked.constraints().missedUnderLoad()).isTrue();
    // The pauses are used up for all: nothing waits without end.
    check.check(layers(2));
    assertThat(slept).hasSize(3);
  }

  @Test
  void missedOnAQuietMachineIsRefusedAtOnce() {
    Checked checked = latency(Limit.of(15)).check(layers(2));
    assertThat(checked.met()).isFalse();
    assertThat(checked.undecided()).isFalse();
    assertThat(measured).isEqualTo(1);
    assertThat(slept).isEmpty();
  }

  @Test
  void bothLimitsAreTold() {
    Checked checked =
        check(Map.of(Quantity.LATENCY, Limit.percent(60), Quantity.FLOPS, Limit.of(0.4)))
            .check(layers(1));
    assertThat(checked.met()).isFalse();
    assertThat(checked.describe())
        .isEqualTo(
            "FLOPs 0.5 GFLOPs, limit 0.4 GFLOPs; latency 25.0% of the largest's (10 of 40 ms),"
                + " limit 60% of the largest's latency");
    Checked counted = check(Map.of(Quantity.FLOPS, Limit.percent(50))).check(layers(2));
    assertThat(counted.met()).isTrue();
    assertThat(counted.describe())
        .isEqualTo(
            "FLOPs 50.0% of the largest's (1 of 2 GFLOPs), limit 50% of the largest's FLOPs");
    assertThat(json(counted).path("constraints").path(0).path("other_load").isNull()).isTrue();
  }

  @Test
  void whatNoSubTransformerMeetsIsToldWithTheSmallests() {
    assertThatThrownBy(() -> latency(Limit.percent(10)).requireFeasible(SPACE.smallest()))
        .isInstanceOf(MosException.class)
        .hasMessage(
            "no SubTransformer under 10% of the largest's latency: the smallest of the search space"
                + " takes 25.0% of the largest's (10 of 40 ms)");
    states.add(BUSY);
    assertThatThrownBy(() -> latency(Limit.of(0.01)).requireFeasible(SPACE.smallest()))
        .hasMessageContaining("no SubTransformer under 0.01 ms: the smallest of the search space")
        .hasMessageContaining("other programs used 1.90 cores: try again when they use fewer")
        .hasMessageContaining("such as 60%");
    assertThat(slept).isEmpty();
    assertThatThrownBy(
            () -> check(Map.of(Quantity.PARAMS, Limit.of(0.5))).requireFeasible(SPACE.smallest()))
        .hasMessageContaining("under 0.5 M parameters")
        .hasMessageContaining("takes 1 M parameters");
    latency(Limit.percent(25)).requireFeasible(SPACE.smallest());
  }

  private static Candidate candidate(int layers, double loss) {
    return new Candidate(layers(layers), loss, 25.0 * layers, 0, Map.of());
  }

  private Finalists finalists(Limit limit, double costLimit) {
    return new Finalists(
        Constraint.of(a -> 25.0 * a.decoderLayers(), costLimit, "any"), latency(limit), () -> {});
  }

  @Test
  void nextFinalistIsTakenAndNoneIsBehindABaseline() {
    // Measured again, three layers take more than in the search.
    ms.put(layers(3), 33.0);
    Candidate baseline = candidate(2, 1.31);
    Finalists finalists = finalists(Limit.percent(80), 80);
    Finalists.Choice choice =
        finalists.choose(
            List.of(candidate(1, 1.5), candidate(3, 1.30), baseline, candidate(4, 1.1)));
    assertThat(choice.candidate()).isEqualTo(baseline);
    assertThat(choice.refused())
        .singleElement()
        .satisfies(one -> assertThat(one.candidate().architecture()).isEqualTo(layers(3)));
    int before = measured;
    assertThat(finalists.find(List.of(baseline)).checked()).isSameAs(choice.checked());
    assertThat(measured).isEqualTo(before);
  }

  @Test
  void undecidedFinalistIsChosenAndSaidNotToBeMet() {
    for (int i = 0; i < 8; i++) {
      slower.add(3.0);
      states.add(BUSY);
    }
    Finalists.Choice choice =
        finalists(Limit.of(25), 80).choose(List.of(candidate(2, 1.3), candidate(1, 1.5)));
    assertThat(choice.candidate().architecture()).isEqualTo(layers(2));
    assertThat(choice.checked().met()).isFalse();
  }

  @Test
  void whenAllAreRefusedTheNearestIsTold() {
    ms.put(layers(1), 17.0);
    assertThatThrownBy(
            () -> finalists(Limit.of(15), 80).choose(List.of(candidate(2, 1), candidate(1, 2))))
        .hasMessage(
            "none of the 2 candidates meets the constraint when measured again; nearest: latency 17"
                + " ms, limit 15 ms");
  }

  @Test
  void stopsBetweenTwoFinalists() {
    Finalists told =
        new Finalists(
            Constraint.of(a -> 1, 80, "any"),
            latency(Limit.of(1)),
            () -> {
              if (measured == 1) {
                throw new MosException("stopped");
              }
            });
    assertThatThrownBy(() -> told.find(List.of(candidate(1, 1), candidate(2, 2))))
        .hasMessage("stopped");
  }

  @Test
  void theSearchAimsBelowALatencyAndNothingElse() {
    assertThat(finalists(Limit.percent(80), 80).aim().limit()).isEqualTo(76);
    assertThat(finalists(Limit.percent(80), 80).aim().limitText())
        .isEqualTo("80 any less a margin (76)");
    Finalists counted =
        new Finalists(
            Constraint.of(a -> 1, 2, "GFLOPs"),
            check(Map.of(Quantity.FLOPS, Limit.of(2))),
            () -> {});
    assertThat(counted.aim()).isSameAs(counted.constraint());
  }
}
