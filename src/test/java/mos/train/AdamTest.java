package mos.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.SplittableRandom;
import mos.tensor.ParameterArena;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdamTest {
  private static final int SIZE = 37;
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.98;
  private static final double EPSILON = 1e-8;

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1})
  void equalsTheFormulaOverTwentySteps(double weightDecay) {
    SplittableRandom random = new SplittableRandom(4);
    double[] x = random.doubles(SIZE, -1, 1).toArray();
    double[] m = new double[SIZE];
    double[] v = new double[SIZE];
    try (Scope scope = Scope.open();
        ParameterArena arena =
            new ParameterArena(Map.of("x", new long[] {SIZE}), Tensors.cpu(), true);
        Adam adam = new Adam(arena, new AdamConfig(BETA1, BETA2, EPSILON, weightDecay))) {
      arena.value("x").copy_(Tensors.of(floats(x), Tensors.cpu(), SIZE));
      for (int t = 1; t <= 20; t++) {
        double rate = 0.01 * t;
        double[] g = random.doubles(SIZE, -2, 2).toArray();
        g[0] = 0; // A parameter that no SubTransformer uses: it only decays.
        arena.gradient("x").copy_(Tensors.of(floats(g), Tensors.cpu(), SIZE));
        adam.step(rate, t, scalar(1), scalar(0));
        for (int i = 0; i < SIZE; i++) {
          x[i] -= rate * weightDecay * x[i];
          m[i] = BETA1 * m[i] + (1 - BETA1) * g[i];
          v[i] = BETA2 * v[i] + (1 - BETA2) * g[i] * g[i];
          double mean = m[i] / (1 - Math.pow(BETA1, t));
          double square = v[i] / (1 - Math.pow(BETA2, t));
          x[i] -= rate * mean / (Math.sqrt(square) + EPSILON);
        }
        float[] values = Tensors.toFloats(arena.values());
        float[] first = Tensors.toFloats(adam.firstMoment());
        float[] second = Tensors.toFloats(adam.secondMoment());
        for (int i = 0; i < SIZE; i++) {
          assertThat((double) values[i]).as("x %d, step %d", i, t).isCloseTo(x[i], within(5e-6));
          assertThat((double) first[i]).isCloseTo(m[i], within(1e-6));
          assertThat((double) second[i]).isCloseTo(v[i], within(1e-6));
        }
      }
    }
  }

  private static Tensor scalar(float value) {
    return Tensors.of(new float[] {value}, Tensors.cpu());
  }

  @Test
  void gradientsAreDividedAndUnusableOnesChangeNothing() {
    try (Scope scope = Scope.open();
        ParameterArena arena =
            new ParameterArena(Map.of("x", new long[] {SIZE}), Tensors.cpu(), true);
        Adam adam = new Adam(arena, new AdamConfig(BETA1, BETA2, EPSILON, 0))) {
      arena.gradient("x").fill_(new Scalar(6.0));
      adam.step(0.1, 1, scalar(3), scalar(1));
      assertThat(Tensors.toFloats(arena.value("x"))).containsOnly(0);
      assertThat(Tensors.toFloats(adam.firstMoment())).containsOnly(0);
      arena.gradient("x").fill_(new Scalar(6.0));
      adam.step(0.1, 1, scalar(3), scalar(0));
      assertThat((double) Tensors.toFloats(adam.firstMoment())[0])
          .isCloseTo((1 - BETA1) * 2, within(1e-6));
    }
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
