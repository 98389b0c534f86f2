package mos.translate;

import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The self-attention keys and values of one decoder layer. Entries of a sentence stand in the order
 * in which they were made, step by step and within a step beam by beam, and never move: which of
 * them a beam descends from is the {@link Ancestry}'s business.
 */
final class SelfAttentionCache implements AutoCloseable {
  private final int heads;
  private final int headSize;

  /** (2, B, H, capacity, K): keys, then values. */
  private Tensor data;

  /** Views of {@code data}, (B, H, capacity, K). */
  private Tensor keys;

  private Tensor values;

  SelfAttentionCache(
      long sentences, int heads, int headSize, long capacity, ScalarType type, Device device) {
    this.heads = heads;
    this.headSize = headSize;
    try (Scope scope = Scope.open()) {
      replace(Tensors.empty(type, device, 2, sentences, heads, capacity, headSize));
    }
  }

  long capacity() {
    return data.size(3);
  }

  /**
   * Adds the entries of one step.
   *
   * @param projected contiguous (B·beam, 3Q): queries, keys, values
   * @param filled entries so far
   */
  void append(Tensor projected, long filled, long beam) {
    data.narrow(3, filled, beam).copy_(keysAndValues(projected, beam, heads));
  }

  /**
   * Keys and values of one step, a view.
   *
   * @param projected contiguous (B·beam, 3Q): queries, keys, values
   * @return (2, B, H, beam, K)
   */
  static Tensor keysAndValues(Tensor projected, long beam, long heads) {
    long width = projected.size(1) / 3;
    long headSize = width / heads;
    return projected.as_strided(
        new long[] {2, projected.size(0) / beam, heads, beam, headSize},
        new long[] {width, beam * 3 * width, headSize, 3 * width, 1},
        new LongOptional(width));
  }

  /** The first {@code filled} keys, (B, H, filled, K). */
  Tensor keys(long filled) {
    return keys.narrow(2, 0, filled);
  }

  /** The first {@code filled} values, (B, H, filled, K). */
  Tensor values(long filled) {
    return values.narrow(2, 0, filled);
  }

  /** Makes room for more entries. */
  void grow(long filled, long capacity) {
    move(data.narrow(3, 0, filled), capacity);
  }

  /** Keeps the sentences of {@code rows}, (B') int64. */
  void keep(Tensor rows, long filled) {
    move(data.narrow(3, 0, filled).index_select(1, rows), capacity());
  }

  private void move(Tensor used, long capacity) {
    Tensor larger =
        Tensors.empty(
            used.scalar_type(), used.device(), 2, used.size(1), heads, capacity, headSize);
    larger.narrow(3, 0, used.size(3)).copy_(used);
    close();
    replace(larger);
  }

  private void replace(Tensor fresh) {
    data = Scope.own(fresh);
    keys = Scope.own(fresh.select(0, 0));
    values = Scope.own(fresh.select(0, 1));
  }

  @Override
  public void close() {
    data.close();
    keys.close();
    values.close();
  }
}
