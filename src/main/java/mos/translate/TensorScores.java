package mos.translate;

import java.util.List;
import mos.beam.StepScores;
import mos.data.Dictionary;
import mos.kernel.BestOfRow;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Finds the best continuations of every row on the device of its logits. Only k entries of each row
 * are normalised; one copy brings all of them to the host.
 */
final class TensorScores {
  private TensorScores() {}

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
    return scores(Tensors.toDoubles(all), (int) scores.size(0), k);
  }

  /** Of rows (1 + 2k): the end, values, columns. */
  private static StepScores scores(double[] data, int rows, int k) {
    StepScores read = new StepScores(k, new float[rows], new float[rows * k], new int[rows * k]);
    for (int row = 0; row < rows; row++) {
      int at = row * (1 + 2 * k);
      read.ends()[row] = (float) data[at];
      for (int i = 0; i < k; i++) {
        read.scores()[row * k + i] = (float) data[at + 1 + i];
        read.tokens()[row * k + i] = (int) data[at + 1 + k + i];
      }
    }
    return read;
  }
}
