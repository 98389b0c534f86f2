package mos.translate;

import mos.nn.MultiHeadAttention;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The keys and values that one decoder layer's encoder-decoder attention reads, projected once per
 * sentence and shared by its beams.
 */
final class EncoderAttentionCache implements AutoCloseable {
  /** (2, B, H, S', K): keys, then values. */
  private Tensor data;

  private Tensor keys;
  private Tensor values;

  /** Additive, (B, 1, 1, S'); null without padding. */
  private Tensor mask;

  /**
   * @param memory (B, S', D), the encoder layers' outputs that this decoder layer attends to
   * @param mask (B, 1, 1, S') boolean, or null
   */
  EncoderAttentionCache(MultiHeadAttention attention, Tensor memory, Tensor mask) {
    Tensor split = keysAndValues(attention, memory).contiguous();
    own(split, mask == null ? null : additive(mask, split.scalar_type()));
  }

  /**
   * What is read of encoder outputs, a view of its projection.
   *
   * @param memory (B, S', D)
   * @return (2, B, H, S', K)
   */
  static Tensor keysAndValues(MultiHeadAttention attention, Tensor memory) {
    Tensor projected = attention.keyValue().apply(memory);
    long heads = attention.heads();
    return projected
        .view(projected.size(0), projected.size(1), 2, heads, projected.size(2) / 2 / heads)
        .permute(2, 0, 3, 1, 4);
  }

  private static Tensor additive(Tensor mask, ScalarType type) {
    Tensor zeros = Tensors.zeros(type, mask.device(), mask.sizes().vec().get());
    return zeros.masked_fill(mask.logical_not(), new Scalar(Double.NEGATIVE_INFINITY));
  }

  private void own(Tensor split, Tensor additive) {
    data = Scope.own(split);
    keys = Scope.own(split.select(0, 0));
    values = Scope.own(split.select(0, 1));
    mask = additive == null ? null : Scope.own(additive);
  }

  /** (B, H, S', K). */
  Tensor keys() {
    return keys;
  }

  /** (B, H, S', K). */
  Tensor values() {
    return values;
  }

  /** Additive, (B, 1, 1, S'), or null. */
  Tensor mask() {
    return mask;
  }

  /** Keeps the sentences of {@code rows}, (B') int64. */
  void keep(Tensor rows) {
    Tensor split = data.index_select(1, rows);
    Tensor additive = mask == null ? null : mask.index_select(0, rows);
    close();
    own(split, additive);
  }

  @Override
  public void close() {
    data.close();
    keys.close();
    values.close();
    if (mask != null) {
      mask.close();
    }
  }
}
