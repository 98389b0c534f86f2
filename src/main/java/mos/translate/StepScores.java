package mos.translate;

import java.util.List;
import mos.data.Dictionary;
import mos.kernel.BestOfRow;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The best continuations of every row after one decoder step, on the host. Only k entries of each
 * row are normalised; one copy brings all of them.
 */
final class StepScores {
  private static final int END = 0;
  private static final int VALUES = 1;

  private final double[] data;
  private final int columns;
  private final int count;

  private StepScores(double[] data, int columns, int count) {
    this.data = data;
    this.columns = columns;
    this.count = count;
  }

  /**
   * Reads the scores of one step.
   *
   * @param logits (N, V); overwritten
   * @param count k, continuations wanted per row; fewer if V is smaller
   * @param banned flat positions in {@code logits} that may not be continued with
   */
  static StepScores read(Tensor logits, int count, double unkPenalty, List<Long> banned) {
    Tensor scores = logits.to(ScalarType.Float);
    int k = (int) Math.min(count, scores.size(1));
    Tensor total = torch.logsumexp(scores, new long[] {1}, true);
    Scalar never = new Scalar(Double.NEGATIVE_INFINITY);
    Tensor end = scores.narrow(1, Dictionary.EOS, 1).clone();
    scores.select(1, Dictionary.PAD).fill_(never);
    if (unkPenalty != 0) {
      scores.select(1, Dictionary.UNK).sub_(new Scalar(unkPenalty));
    }
    if (!banned.isEmpty()) {
      long[] positions = banned.stream().mapToLong(Long::longValue).toArray();
      scores
          .view(-1)
          .index_fill_(0, Tensors.of(positions, scores.device(), positions.length), never);
    }
    BestOfRow best = BestOfRow.of(scores, k);
    Tensor all =
        Tensors.cat(
            1,
            end.sub(total).to(ScalarType.Double),
            best.values().sub(total).to(ScalarType.Double),
            best.columns().to(ScalarType.Double));
    return new StepScores(Tensors.toDoubles(all), 1 + 2 * k, k);
  }

  /** Continuations per row. */
  int count() {
    return count;
  }

  /** Log-probability of ending now, whether that is allowed or not. */
  float end(int row) {
    return (float) data[row * columns + END];
  }

  /** Log-probability of the row's {@code rank}-th best continuation; −∞ if it is not allowed. */
  float score(int row, int rank) {
    return (float) data[row * columns + VALUES + rank];
  }

  /** The row's {@code rank}-th best continuation. */
  int token(int row, int rank) {
    return (int) data[row * columns + VALUES + count + rank];
  }
}
