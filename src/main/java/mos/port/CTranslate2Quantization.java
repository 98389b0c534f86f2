package mos.port;

import java.util.List;
import java.util.Locale;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * How a CTranslate2 model stores its matrices. The engine computes in the stored type where the
 * device can, whatever it is told of when it loads.
 *
 * <p>Source: CTranslate2's documentation, "Quantization": the scales are those of its converters.
 */
public enum CTranslate2Quantization {
  /** As they are, float32. */
  NONE,
  /** Everything in 16-bit floating point, for GPUs. */
  FLOAT16,
  /** Matrices as 16-bit integers of at most 10 bits and a sign, one scale a matrix. */
  INT16,
  /** Matrices as 8-bit integers, one scale a row. */
  INT8;

  /** The largest number that a matrix of int16 holds: products of two then sum without overflow. */
  private static final double INT16_LIMIT = 1 << 10;

  private static final double INT8_LIMIT = Byte.MAX_VALUE;

  /** By its name in lower case. */
  public static CTranslate2Quantization of(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /**
   * The variables of a matrix: itself and, where it is stored in integers, its scale.
   *
   * @param name ends in "weight"
   * @param matrix (out, in) float32
   */
  List<CTranslate2Variable> matrix(String name, Tensor matrix) {
    return switch (this) {
      case NONE, FLOAT16 -> List.of(new CTranslate2Variable(name, floating(matrix)));
      case INT16 -> {
        Tensor most = matrix.abs().max();
        yield scaled(name, matrix, limitOver(most, INT16_LIMIT), ScalarType.Short);
      }
      case INT8 -> {
        Tensor most = matrix.abs().amax(new long[] {1}, false);
        yield scaled(name, matrix, limitOver(most, INT8_LIMIT), ScalarType.Char);
      }
    };
  }

  /** What is no matrix, biases for example, in the floating-point type. */
  Tensor floating(Tensor value) {
    return this == FLOAT16 ? value.to(ScalarType.Half) : value;
  }

  /** What rows of zeros are multiplied by does not matter: 1. */
  private static Tensor limitOver(Tensor most, double limit) {
    Tensor filled = most.masked_fill(most.eq(new Scalar(0)), new Scalar(limit));
    return torch.reciprocal(filled).mul(new Scalar(limit));
  }

  private static List<CTranslate2Variable> scaled(
      String name, Tensor matrix, Tensor scale, ScalarType type) {
    Tensor rows = scale.dim() == 0 ? scale : scale.unsqueeze(1);
    return List.of(
        new CTranslate2Variable(name, matrix.mul(rows).round().to(type)),
        new CTranslate2Variable(name + "_scale", scale));
  }
}
