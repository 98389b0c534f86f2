package mos.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import mos.space.Dimension;
import mos.space.SearchSpace;
import mos.space.SubTransformer;
import org.junit.jupiter.api.Test;

class CandidateSurrogateTest {
  private static final SearchSpace SPACE = ParetoSearchTest.SPACE;

  private static double cost(SubTransformer a) {
    return a.decoderEmbedDim()
        + a.values(Dimension.DECODER_FFN).stream().mapToInt(ffn -> ffn).sum() / 10.0;
  }

  /** A size counts the more, the fewer layers there are: no sum over choices. */
  private static double loss(SubTransformer a) {
    double ofLayers = a.values(Dimension.DECODER_FFN).stream().mapToDouble(f -> 50.0 / f).sum();
    double layers = a.decoderLayers();
    return 3 - 0.5 * layers + ofLayers / (layers * layers) + 20.0 / a.encoderEmbedDim();
  }

  private static List<Candidate> candidates(int count, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return Stream.generate(() -> SPACE.sample(random))
        .limit(count)
        .map(a -> new Candidate(a, loss(a), cost(a), 0, Map.of()))
        .toList();
  }

  @Test
  void advantageIsTheDistanceBelowTheFrontAtTheSameCost() {
    List<Candidate> scored = candidates(400, 1);
    CandidateSurrogate surrogate = CandidateSurrogate.of(scored);
    for (Candidate other : candidates(50, 2)) {
      // As far as the cost is met: the front is a staircase.
      double least = leastLoss(scored, other.cost() + 2);
      double most = leastLoss(scored, other.cost() - 2);
      assertThat(surrogate.advantage(other.architecture()))
          .isBetween(least - other.loss() - 0.02, most - other.loss() + 0.02);
    }
  }

  /** Where nothing is as cheap, the cheapest counts. */
  private static double leastLoss(List<Candidate> scored, double cost) {
    double cheapest = scored.stream().mapToDouble(Candidate::cost).min().orElseThrow();
    return scored.stream()
        .filter(c -> c.cost() <= Math.max(cost, cheapest))
        .mapToDouble(Candidate::loss)
        .min()
        .orElseThrow();
  }

  @Test
  void choicesThatWereNeverScoredMakeNoDifference() {
    SubTransformer one = SPACE.smallest();
    CandidateSurrogate surrogate =
        CandidateSurrogate.of(List.of(new Candidate(one, 2, cost(one), 0, Map.of())));
    assertThat(surrogate.advantage(SPACE.largest())).isCloseTo(0, within(1e-9));
  }

  @Test
  void candidatesWithoutALossAreLeftOut() {
    List<Candidate> some = candidates(40, 3);
    SubTransformer broken = SPACE.largest();
    List<Candidate> more =
        Stream.concat(
                some.stream(),
                Stream.of(new Candidate(broken, Double.NaN, cost(broken), 0, Map.of())))
            .toList();
    SubTransformer other = SPACE.smallest();
    assertThat(CandidateSurrogate.of(more).advantage(other))
        .isEqualTo(CandidateSurrogate.of(some).advantage(other));
  }
}
