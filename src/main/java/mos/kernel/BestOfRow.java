package mos.kernel;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The largest numbers of every row, the largest first.
 *
 * @param values (N, k)
 * @param columns (N, k) int64
 */
public record BestOfRow(Tensor values, Tensor columns) {
  private static final int FEW_ROWS = 64;
  private static final int LONG_ROW = 1 << 16;

  /**
   * Finds them. A GPU that gives a whole row to one block is idle when there are few rows, and a
   * CPU's caches do not hold a long one; such a row is cut into parts, and the best of the parts'
   * best are taken, which is the same but for the order of equal numbers.
   *
   * @param scores contiguous (N, V)
   * @param k at most V
   */
  public static BestOfRow of(Tensor scores, int k) {
    long rows = scores.size(0);
    long width = scores.size(1);
    boolean whole = scores.is_cpu() ? width < LONG_ROW : rows > FEW_ROWS;
    return of(scores, k, whole ? 1 : parts(width, k));
  }

  /** In so many parts, a divisor of V. */
  static BestOfRow of(Tensor scores, int k, long parts) {
    long rows = scores.size(0);
    long width = scores.size(1);
    if (parts == 1) {
      T_TensorTensor_T best = torch.topk(scores, k, -1, true, true);
      return new BestOfRow(best.get0(), best.get1());
    }
    T_TensorTensor_T first =
        torch.topk(scores.view(rows * parts, width / parts), k, -1, true, true);
    T_TensorTensor_T second = torch.topk(first.get0().view(rows, parts * k), k, -1, true, true);
    Tensor within = first.get1().view(rows, parts * k).gather(1, second.get1());
    Tensor part = second.get1().floor_divide(new Scalar((long) k));
    return new BestOfRow(second.get0(), within.add(part, new Scalar(width / parts)));
  }

  /** The largest divisor of {@code width} that balances the two rounds. */
  static long parts(long width, int k) {
    long parts = Math.max(1, (long) Math.sqrt((double) width / k));
    while (width % parts != 0) {
      parts--;
    }
    return parts;
  }
}
