package mos.latency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import mos.latency.DepthRidge.Solution;
import org.junit.jupiter.api.Test;

class DepthRidgeTest {
  private static final LatencyTerm DEPTH = new LatencyTerm.Product(List.of(5));
  private static final LatencyTerm DEPTH_FFN = new LatencyTerm.Product(List.of(5, 6));
  private static final LatencyTerm ENCODER_LAYERS =
      new LatencyTerm.Product(List.of(1)); // always 6 in these rows
  private static final List<LatencyRow> ROWS = LatencyRows.additive(40);

  private final DepthRidge ridge = new DepthRidge(ROWS, DEPTH, List.of(DEPTH_FFN, ENCODER_LAYERS));
  private final double[] equal = equal();
  private final double[] target =
      ROWS.stream()
          .map(LatencyRow::featureArray)
          .mapToDouble(f -> 4 + 3 * f[5] + 0.01 * f[5] * f[6])
          .toArray();

  private static double[] equal() {
    double[] weights = new double[ROWS.size()];
    Arrays.fill(weights, 1);
    return weights;
  }

  @Test
  void exactSumIsFound() {
    Solution solution = ridge.solve(target, equal, 0);
    assertThat(solution.intercept()).isCloseTo(4, within(1e-4));
    assertThat(solution.slope()).isCloseTo(3, within(1e-4));
    assertThat(solution.coefficients()[0]).isCloseTo(0.01, within(1e-7));
    assertThat(solution.coefficients()[1]).isZero();
    assertThat(ridge.predict(solution)).containsExactly(target, within(1e-4));
  }

  @Test
  void endlessPenaltyLeavesTheLineThroughDepth() {
    AdditiveModel depthOnly = AdditiveFit.depthOnly(ROWS);
    double[] line = ROWS.stream().mapToDouble(row -> depthOnly.ms(row.input())).toArray();
    double[] measured = ROWS.stream().mapToDouble(LatencyRow::ms).toArray();
    assertThat(ridge.predict(ridge.solve(measured, equal, 1e12)))
        .containsExactly(line, within(1e-6));
    assertThat(ridge.predict(ridge.solve(measured, equal, 0))[0]).isNotCloseTo(line[0], within(.1));
  }

  @Test
  void rowsOfWeightZeroAreLeftOut() {
    double[] weights = equal.clone();
    double[] spoilt = target.clone();
    weights[7] = 0;
    spoilt[7] = 1e6;
    assertThat(ridge.solve(spoilt, weights, 0).slope()).isCloseTo(3, within(1e-4));
  }
}
