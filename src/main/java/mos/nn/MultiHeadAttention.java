package mos.nn;

import mos.tensor.Tensors;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Multi-head attention whose queries, keys and values have the same total width Q whatever the
 * number of heads, so that heads change the head size K = Q / H only. Projections may be wider, P:
 * then the first Q of the queries, of the keys and of the values are used.
 *
 * <p>Source: Vaswani et al. (2017), section 3.2.2; HAT (2020), section 3.1 for the fixed Q.
 *
 * @param query D → P; for self-attention null, and {@code keyValue} then makes all three
 * @param keyValue D → 2P: keys, then values; for self-attention D → 3P: queries, keys, values
 * @param output Q → D
 * @param heads H, must divide Q
 */
public record MultiHeadAttention(Linear query, Linear keyValue, Linear output, int heads) {

  /**
   * Self-attention.
   *
   * @param x (B, T, D)
   * @param mask (B, 1, 1, T), or null when every position may be attended to
   * @param causal true to let position t attend to 0…t only; then {@code mask} must be null
   * @return (B, T, D)
   */
  public Tensor self(Tensor x, Tensor mask, boolean causal, double dropout) {
    Tensor projected = keyValue.apply(x);
    return attend(
        heads(part(projected, 3, 0)),
        heads(part(projected, 3, 1)),
        heads(part(projected, 3, 2)),
        mask,
        causal,
        dropout);
  }

  /**
   * Attention to another sequence.
   *
   * @param x (B, T, D)
   * @param memory (B, S, D')
   * @param mask (B, 1, 1, S) or null
   * @return (B, T, D)
   */
  public Tensor cross(Tensor x, Tensor memory, Tensor mask, double dropout) {
    Tensor projected = keyValue.apply(memory);
    return attend(
        heads(part(query.apply(x), 1, 0)),
        heads(part(projected, 2, 0)),
        heads(part(projected, 2, 1)),
        mask,
        false,
        dropout);
  }

  /** Q, the width of what is attended with. */
  public long width() {
    return output.weight().size(1);
  }

  /**
   * Queries, keys or values.
   *
   * @param projected (…, parts·P)
   * @return (…, Q), a view
   */
  public Tensor part(Tensor projected, int parts, int index) {
    long each = projected.size(-1) / parts;
    return parts == 1 && each == width() ? projected : projected.narrow(-1, index * each, width());
  }

  /** (B, T, Q) → (B, H, T, K), a view. */
  public Tensor heads(Tensor x) {
    return x.view(x.size(0), x.size(1), heads, x.size(2) / heads).transpose(1, 2);
  }

  /**
   * In fp32 on the CPU: its 16-bit attention kernels set up a matrix product per sentence and head,
   * which for short sentences made forward and backward 20 times slower than this (measured with 64
   * sentences of 16 tokens, 4 heads of 32: 20 ms against 1 ms).
   */
  private Tensor attend(
      Tensor query, Tensor key, Tensor value, Tensor mask, boolean causal, double dropout) {
    boolean widen = query.is_cpu() && query.scalar_type().intern() != ScalarType.Float;
    Tensor attended =
        torch.scaled_dot_product_attention(
            widen ? query.to(ScalarType.Float) : query,
            widen ? key.to(ScalarType.Float) : key,
            widen ? value.to(ScalarType.Float) : value,
            Tensors.optional(mask),
            dropout,
            causal,
            new DoubleOptional(),
            false);
    attended = widen ? attended.to(query.scalar_type()) : attended;
    return output.apply(merge(attended));
  }

  /** (B, H, T, K) → (B, T, Q). */
  public static Tensor merge(Tensor attended) {
    return attended
        .transpose(1, 2)
        .reshape(attended.size(0), attended.size(2), attended.size(1) * attended.size(3));
  }
}
