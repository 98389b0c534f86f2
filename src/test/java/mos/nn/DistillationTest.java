package mos.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import mos.base.ConfigurationException;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DistillationTest {
  private static final int TOKENS = 40;
  private static final int WORDS = 7;

  private final float[] student = numbers(1);
  private final float[] teacher = numbers(2);
  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static float[] numbers(long seed) {
    Random random = new Random(seed);
    float[] numbers = new float[TOKENS * WORDS];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) (2 * random.nextGaussian());
    }
    return numbers;
  }

  private static float[] scaled(float[] numbers) {
    float[] scaled = numbers.clone();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] *= 0.3f;
    }
    return scaled;
  }

  private static Tensor tensor(float[] values) {
    return Tensors.of(values, Tensors.cpu(), TOKENS, WORDS);
  }

  private static double[] distribution(float[] logits, int token) {
    double[] p = new double[WORDS];
    double sum = 0;
    for (int v = 0; v < WORDS; v++) {
      p[v] = Math.exp(logits[token * WORDS + v]);
      sum += p[v];
    }
    for (int v = 0; v < WORDS; v++) {
      p[v] /= sum;
    }
    return p;
  }

  /** D_α of the definition, the importance weights of α = −1 clipped at {@code clip}. */
  private static double divergence(double[] p, double[] q, double alpha, double clip) {
    double sum = 0;
    for (int v = 0; v < WORDS; v++) {
      sum +=
          alpha == 1
              ? p[v] * Math.log(p[v] / q[v])
              : q[v] * Math.min(clip, Math.pow(p[v] / q[v], alpha));
    }
    return alpha == 1 ? sum : (sum - 1) / (alpha * (alpha - 1));
  }

  @Test
  void divergencesAreThoseOfTheDefinitions() {
    float[] kl =
        Tensors.toFloats(
            new Distillation(Distillation.Kind.KL, 1)
                .slope(tensor(student), tensor(teacher))
                .divergence());
    float[] alpha =
        Tensors.toFloats(
            new Distillation(Distillation.Kind.ALPHA, 1)
                .slope(tensor(student), tensor(teacher))
                .divergence());
    int reverse = 0;
    for (int n = 0; n < TOKENS; n++) {
      double[] p = distribution(teacher, n);
      double[] q = distribution(student, n);
      double forwards = divergence(p, q, 1, 5);
      double backwards = divergence(p, q, -1, 5);
      assertThat((double) kl[n]).isCloseTo(forwards, within(1e-5));
      assertThat((double) alpha[n]).isCloseTo(Math.max(forwards, backwards), within(1e-5));
      reverse += backwards > forwards ? 1 : 0;
    }
    assertThat(reverse).isBetween(1, TOKENS - 1);
  }

  @ParameterizedTest
  @CsvSource({"KL", "ALPHA"})
  void closedFormIsWhatAutogradGives(Distillation.Kind kind) {
    Distillation distillation = new Distillation(kind, 1);
    Tensor logits = tensor(student).requires_grad_(true);
    Tensor taught = tensor(teacher).requires_grad_(true);
    Tensor divergence = distillation.divergence(logits, taught);
    divergence.sum().backward();
    Distillation.Slope slope = distillation.slope(logits.detach(), taught.detach());
    assertThat(taught.grad().defined()).isFalse();
    assertThat(Tensors.toFloats(slope.gradient()))
        .containsExactly(Tensors.toFloats(logits.grad()), within(2e-6f));
    assertThat(Tensors.toFloats(slope.divergence()))
        .containsExactly(Tensors.toFloats(divergence.detach()), within(2e-6f));
  }

  /** Where no weight is clipped and α = −1 is the larger, the gradient is D_−1's slope. */
  @ParameterizedTest
  @CsvSource({"KL", "ALPHA"})
  void gradientIsTheSlopeOfTheDivergence(Distillation.Kind kind) {
    // Close to each other, so that few importance weights are clipped.
    float[] student = scaled(this.student);
    float[] teacher = scaled(this.teacher);
    float[] gradient =
        Tensors.toFloats(
            new Distillation(kind, 1).slope(tensor(student), tensor(teacher)).gradient());
    int compared = 0;
    for (int n = 0; n < TOKENS; n++) {
      double[] p = distribution(teacher, n);
      double[] q = distribution(student, n);
      boolean reverse =
          kind == Distillation.Kind.ALPHA && divergence(p, q, -1, 5) > divergence(p, q, 1, 5);
      boolean clipped = false;
      for (int v = 0; v < WORDS; v++) {
        clipped |= q[v] / p[v] > 5;
      }
      if (reverse && clipped) {
        continue;
      }
      compared += kind == Distillation.Kind.KL || reverse ? 1 : 0;
      for (int v = 0; v < WORDS; v++) {
        double slope = 0;
        for (int sign = -1; sign <= 1; sign += 2) {
          float[] moved = student.clone();
          moved[n * WORDS + v] += sign * 0.01f;
          slope += sign * divergence(p, distribution(moved, n), reverse ? -1 : 1, 1e9) / 0.02;
        }
        assertThat((double) gradient[n * WORDS + v]).isCloseTo(slope, within(2e-3));
      }
    }
    assertThat(compared).isPositive();
  }

  @ParameterizedTest
  @CsvSource({"KL", "ALPHA"})
  void equalsTeachNothing(Distillation.Kind kind) {
    Distillation.Slope slope = new Distillation(kind, 1).slope(tensor(student), tensor(student));
    for (float g : Tensors.toFloats(slope.gradient())) {
      assertThat(g).isCloseTo(0, within(1e-6f));
    }
    for (float d : Tensors.toFloats(slope.divergence())) {
      assertThat(d).isCloseTo(0, within(1e-6f));
    }
  }

  @Test
  void weightsOutsideOfTheUnitIntervalAreRefused() {
    assertThatThrownBy(() -> new Distillation(Distillation.Kind.KL, 1.5))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("distill-weight: got 1.5");
  }
}
