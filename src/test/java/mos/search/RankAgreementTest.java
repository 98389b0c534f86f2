package mos.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import mos.base.MosException;
import org.junit.jupiter.api.Test;

class RankAgreementTest {
  @Test
  void tauAndErrorAreThoseOfTheFormulas() {
    double[] one = {1, 2, 2, 3};
    double[] other = {1, 3, 2, 2};
    // 3 concordant, 1 discordant pair; one tie on each side: 2 / sqrt(5 · 5).
    RankAgreement found = RankAgreement.of(one, other, 1);
    assertThat(found.kendallTau()).isCloseTo(0.4, within(1e-12));
    assertThat(found.meanAbsoluteError()).isCloseTo(0.5, within(1e-12));
    assertThat(found.count()).isEqualTo(4);
  }

  @Test
  void intervalHoldsTheTruthAndShrinksWithTheSample() {
    double wide = 0;
    for (int n : new int[] {10, 160}) {
      SplittableRandom random = new SplittableRandom(3);
      double[] one = new double[n];
      double[] other = new double[n];
      for (int i = 0; i < n; i++) {
        one[i] = random.nextDouble();
        other[i] = one[i] + 0.3 * random.nextDouble();
      }
      RankAgreement found = RankAgreement.of(one, other, 1);
      assertThat(found.errorInterval().low()).isLessThan(0.15);
      assertThat(found.errorInterval().high()).isGreaterThan(0.15);
      assertThat(found.tauInterval().low()).isLessThan(found.kendallTau());
      assertThat(found.tauInterval().high()).isGreaterThan(found.kendallTau());
      double width = found.tauInterval().high() - found.tauInterval().low();
      if (n == 10) {
        wide = width;
      } else {
        assertThat(width).isLessThan(0.5 * wide);
      }
      assertThat(RankAgreement.of(one, other, 1)).isEqualTo(found);
    }
  }

  @Test
  void oneArchitectureIsTooFew() {
    assertThatThrownBy(() -> RankAgreement.of(new double[] {1}, new double[] {1}, 1))
        .isInstanceOf(MosException.class);
  }
}
