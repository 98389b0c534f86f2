package mos.packed;

import mos.kernel.Products;
import mos.kernel.TrainingKernels;
import mos.nn.Distillation;
import mos.nn.Teacher;
import mos.tensor.Scope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The output layer of a pass with its loss, for a chunk of tokens at a time.
 *
 * @param weights (V, D)
 * @param gradients (V, D) float32, added to; null in evaluation
 */
record OutputLayer(TrainingKernels kernels, Tensor weights, Tensor gradients, PackedTensors batch) {
  /** Scores that are in memory at a time: 2^28 numbers, half a gigabyte in 16 bits. */
  private static final long MAX_LOGITS = 1L << 28;

  /** The same of a student, for which several float32 tensors of the size are needed. */
  private static final long MAX_STUDENT_LOGITS = 1L << 26;

  /** See {@link PackedPass#loss}. */
  Tensor loss(Tensor decoded, Tensor sums, double smoothing, double scale) {
    Tensor gradient = gradients == null ? null : torch.empty_like(decoded);
    long chunk = Math.max(1, MAX_LOGITS / weights.size(0));
    for (long start = 0; start < decoded.size(0); start += chunk) {
      try (Scope scope = Scope.open()) {
        long count = Math.min(chunk, decoded.size(0) - start);
        Tensor rows = decoded.narrow(0, start, count);
        Tensor logits = torch.linear(rows, weights);
        kernels.crossEntropy(
            logits, batch.target().narrow(0, start, count), sums, smoothing, scale);
        if (gradients != null) {
          torch.mm_out(gradient.narrow(0, start, count), logits, weights);
          Products.addWeightGradient(logits, rows, gradients);
        }
      }
    }
    return gradient;
  }

  /** See {@link PackedPass#taughtLoss}. */
  Tensor taughtLoss(Tensor decoded, Teacher teacher, Tensor sums, double smoothing, double scale) {
    double w = teacher.distillation().weight();
    Tensor gradient = torch.zeros_like(decoded);
    Tensor references = torch.zeros_like(sums);
    long chunk = Math.max(1, MAX_STUDENT_LOGITS / weights.size(0));
    for (long start = 0; start < batch.targets(); start += chunk) {
      try (Scope scope = Scope.open()) {
        long count = Math.min(chunk, batch.targets() - start);
        Tensor rows = decoded.narrow(0, start, count);
        Tensor logits = torch.linear(rows, weights);
        Distillation.Slope slope =
            teacher.distillation().slope(logits, teacher.logits(start, count));
        kernels.crossEntropy(
            logits, batch.target().narrow(0, start, count), references, smoothing, (1 - w) * scale);
        logits.add_(slope.gradient().to(logits.scalar_type()), new Scalar(w * scale));
        sums.select(0, 0).add_(slope.divergence().sum(), new Scalar(w));
        torch.mm_out(gradient.narrow(0, start, count), logits, weights);
        Products.addWeightGradient(logits, rows, gradients);
      }
    }
    sums.select(0, 0).add_(references.select(0, 0), new Scalar(1 - w));
    sums.select(0, 1).add_(references.select(0, 1));
    return gradient;
  }
}
