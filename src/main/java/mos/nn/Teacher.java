package mos.nn;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * What a student needs of its teacher's pass over the same tokens. Kept are the numbers that the
 * teacher's output layer read, D a token where the logits are V; the logits are made again for a
 * chunk of tokens at a time.
 *
 * @param distillation how much and by which divergence it teaches
 * @param decoded (N, D), the output of the teacher's decoder, without a graph
 * @param outputEmbedding (V, D) of the same type, without a graph
 */
public record Teacher(Distillation distillation, Tensor decoded, Tensor outputEmbedding) {
  /** The logits of tokens {@code start}…, (count, V). */
  public Tensor logits(long start, long count) {
    return torch.linear(decoded.narrow(0, start, count), outputEmbedding);
  }
}
