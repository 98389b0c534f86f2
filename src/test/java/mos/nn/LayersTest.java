package mos.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.assertj.core.data.Offset;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The layers against loops over the formulas of the papers. */
class LayersTest {
  private static final Offset<Double> CLOSE = within(2e-5);

  private final SplittableRandom random = new SplittableRandom(8);
  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private double[][] matrix(int rows, int columns) {
    double[][] matrix = new double[rows][columns];
    for (double[] row : matrix) {
      for (int i = 0; i < columns; i++) {
        row[i] = (float) random.nextDouble(-1, 1);
      }
    }
    return matrix;
  }

  private static Tensor tensor(double[][] matrix, long... shape) {
    float[] values = new float[matrix.length * matrix[0].length];
    int i = 0;
    for (double[] row : matrix) {
      for (double value : row) {
        values[i++] = (float) value;
      }
    }
    return Tensors.of(values, Tensors.cpu(), shape);
  }

  private static Tensor tensor(double[] vector) {
    return tensor(new double[][] {vector}, vector.length);
  }

  private static double[] affine(double[][] weight, double[] bias, double[] x) {
    double[] y = bias.clone();
    for (int o = 0; o < y.length; o++) {
      for (int i = 0; i < x.length; i++) {
        y[o] += weight[o][i] * x[i];
      }
    }
    return y;
  }

  private static double[] softmax(double[] x) {
    double sum = 0;
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = Math.exp(x[i]);
      sum += y[i];
    }
    for (int i = 0; i < x.length; i++) {
      y[i] /= sum;
    }
    return y;
  }

  /** One sentence of attention; {@code seen[t]} memory positions are visible to position t. */
  private static double[][] attention(
      double[][] queries, double[][] keys, double[][] values, int heads, int[] seen) {
    int width = queries[0].length;
    int size = width / heads;
    double[][] result = new double[queries.length][width];
    for (int t = 0; t < queries.length; t++) {
      for (int h = 0; h < heads; h++) {
        double[] scores = new double[seen[t]];
        for (int s = 0; s < seen[t]; s++) {
          for (int k = h * size; k < (h + 1) * size; k++) {
            scores[s] += queries[t][k] * keys[s][k] / Math.sqrt(size);
          }
        }
        double[] weights = softmax(scores);
        for (int s = 0; s < seen[t]; s++) {
          for (int k = h * size; k < (h + 1) * size; k++) {
            result[t][k] += weights[s] * values[s][k];
          }
        }
      }
    }
    return result;
  }

  private static double[][] part(double[][] rows, int part, int width) {
    double[][] result = new double[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      result[i] = Arrays.copyOfRange(rows[i], part * width, (part + 1) * width);
    }
    return result;
  }

  private static double[][] affineAll(double[][] weight, double[] bias, double[][] rows) {
    double[][] result = new double[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      result[i] = affine(weight, bias, rows[i]);
    }
    return result;
  }

  private static void assertRows(Tensor found, int firstRow, double[][] expected) {
    float[] values = Tensors.toFloats(found);
    int width = expected[0].length;
    for (int t = 0; t < expected.length; t++) {
      for (int k = 0; k < width; k++) {
        assertThat((double) values[(firstRow + t) * width + k])
            .as("position %d, column %d", t, k)
            .isCloseTo(expected[t][k], CLOSE);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void selfAttentionEqualsTheLoop(int heads) {
    int width = 6;
    int qkv = 8;
    double[][] in = matrix(3 * qkv, width);
    double[] inBias = matrix(1, 3 * qkv)[0];
    double[][] out = matrix(width, qkv);
    double[] outBias = matrix(1, width)[0];
    // Two sentences of three positions, the second with one position of padding.
    double[][] x = matrix(6, width);
    Tensor input = tensor(x, 2, 3, width);
    MultiHeadAttention attention =
        new MultiHeadAttention(
            null,
            Linear.of(tensor(in, 3L * qkv, width), tensor(inBias)),
            Linear.of(tensor(out, width, qkv), tensor(outBias)),
            heads);
    Tensor mask =
        Tensors.of(new long[] {1, 1, 1, 1, 1, 0}, Tensors.cpu(), 2, 1, 1, 3).to(ScalarType.Bool);
    Tensor masked = attention.self(input, mask, false, 0);
    Tensor causal = attention.self(input, null, true, 0);
    int[][] lengths = {{3, 3, 3}, {2, 2, 2}};
    for (int b = 0; b < 2; b++) {
      double[][] sentence = {x[3 * b], x[3 * b + 1], x[3 * b + 2]};
      double[][] projected = affineAll(in, inBias, sentence);
      double[][] q = part(projected, 0, qkv);
      double[][] k = part(projected, 1, qkv);
      double[][] v = part(projected, 2, qkv);
      assertRows(masked, 3 * b, affineAll(out, outBias, attention(q, k, v, heads, lengths[b])));
      assertRows(
          causal, 3 * b, affineAll(out, outBias, attention(q, k, v, heads, new int[] {1, 2, 3})));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void crossAttentionEqualsTheLoop(int heads) {
    int width = 6;
    int memoryWidth = 10;
    int qkv = 8;
    double[][] query = matrix(qkv, width);
    double[] queryBias = matrix(1, qkv)[0];
    double[][] keyValue = matrix(2 * qkv, memoryWidth);
    double[] keyValueBias = matrix(1, 2 * qkv)[0];
    double[][] out = matrix(width, qkv);
    double[] outBias = matrix(1, width)[0];
    double[][] x = matrix(2, width);
    double[][] memory = matrix(5, memoryWidth);
    MultiHeadAttention attention =
        new MultiHeadAttention(
            Linear.of(tensor(query, qkv, width), tensor(queryBias)),
            Linear.of(tensor(keyValue, 2L * qkv, memoryWidth), tensor(keyValueBias)),
            Linear.of(tensor(out, width, qkv), tensor(outBias)),
            heads);
    Tensor found =
        attention.cross(tensor(x, 1, 2, width), tensor(memory, 1, 5, memoryWidth), null, 0);
    double[][] projected = affineAll(keyValue, keyValueBias, memory);
    assertRows(
        found,
        0,
        affineAll(
            out,
            outBias,
            attention(
                affineAll(query, queryBias, x),
                part(projected, 0, qkv),
                part(projected, 1, qkv),
                heads,
                new int[] {5, 5})));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1, 0.5})
  void labelSmoothedCrossEntropyEqualsTheFormula(double epsilon) {
    int pad = 1;
    double[][] logits = matrix(5, 7);
    long[] target = {3, 1, 0, 6, 1};
    double likelihood = 0;
    double loss = 0;
    for (int n = 0; n < target.length; n++) {
      if (target[n] == pad) {
        continue;
      }
      double[] p = softmax(logits[n]);
      likelihood -= Math.log(p[(int) target[n]]);
      for (int v = 0; v < p.length; v++) {
        double q = epsilon / p.length + (v == target[n] ? 1 - epsilon : 0);
        loss -= q * Math.log(p[v]);
      }
    }
    LabelSmoothedCrossEntropy.Sums sums =
        new LabelSmoothedCrossEntropy(epsilon, pad)
            .sums(tensor(logits, 5, 7), Tensors.of(target, Tensors.cpu(), 5));
    assertThat(sums.loss().item_double()).isCloseTo(loss, CLOSE);
    assertThat(sums.negativeLogLikelihood().item_double()).isCloseTo(likelihood, CLOSE);
  }

  @Test
  void paddingHasNoGradient() {
    Tensor logits = tensor(matrix(2, 4), 2, 4).requires_grad_(true);
    new LabelSmoothedCrossEntropy(0.1, 1)
        .sums(logits, Tensors.of(new long[] {1, 2}, Tensors.cpu(), 2))
        .loss()
        .backward();
    float[] gradient = Tensors.toFloats(logits.grad());
    for (int v = 0; v < 4; v++) {
      assertThat(gradient[v]).isZero();
      assertThat(gradient[4 + v]).isNotZero();
    }
  }

  @Test
  void positionsEqualTheFormula() {
    int width = 8;
    int half = width / 2;
    float[] table = Tensors.toFloats(SinusoidalPositions.table(2, 50, width, Tensors.cpu()));
    for (int p = 0; p < 50; p++) {
      for (int i = 0; i < half; i++) {
        double angle = (p + 2) / Math.pow(10_000, i / (half - 1.0));
        assertThat((double) table[p * width + i]).isCloseTo(Math.sin(angle), CLOSE);
        assertThat((double) table[p * width + half + i]).isCloseTo(Math.cos(angle), CLOSE);
      }
    }
  }

  @Test
  void layerNormHasMeanZeroAndUnitVarianceBeforeItsWeights() {
    double[] x = matrix(1, 6)[0];
    double[] weight = matrix(1, 6)[0];
    double[] bias = matrix(1, 6)[0];
    double mean = Arrays.stream(x).average().orElseThrow();
    double variance = Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    float[] found = Tensors.toFloats(LayerNorm.of(tensor(weight), tensor(bias)).apply(tensor(x)));
    for (int i = 0; i < x.length; i++) {
      double expected = weight[i] * (x[i] - mean) / Math.sqrt(variance + 1e-5) + bias[i];
      assertThat((double) found[i]).isCloseTo(expected, CLOSE);
    }
  }
}
