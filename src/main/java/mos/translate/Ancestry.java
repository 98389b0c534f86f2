package mos.translate;

import java.util.Arrays;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Which cached entries of its sentence each beam descends from, as an additive attention mask. All
 * beams of a sentence attend to all its entries at once, masked; so reordering beams moves rows of
 * this small mask instead of keys and values.
 */
final class Ancestry implements AutoCloseable {
  private final int beam;

  /**
   * (N, capacity), 0 or −∞. From the first unused entry on every row holds its own beam's pattern.
   */
  private Tensor mask;

  Ancestry(long sentences, int beam, long steps, ScalarType type, Device device) {
    this.beam = beam;
    try (Scope scope = Scope.open()) {
      mask = Scope.own(unused(sentences, steps, type, device));
    }
  }

  private Tensor unused(long sentences, long steps, ScalarType type, Device device) {
    return ownEntry(beam, type, device).repeat(sentences, steps);
  }

  /** (beam, beam), 0 on the diagonal, −∞ elsewhere: of one step a beam sees its own entry. */
  private static Tensor ownEntry(int beam, ScalarType type, Device device) {
    float[] block = new float[beam * beam];
    Arrays.fill(block, Float.NEGATIVE_INFINITY);
    for (int b = 0; b < beam; b++) {
      block[b * beam + b] = 0;
    }
    return Tensors.of(block, device, beam, beam).to(type);
  }

  /** The mask for the first {@code filled} entries, (B, 1, beam, filled); null for one beam. */
  Tensor mask(long filled) {
    if (beam == 1) {
      return null;
    }
    return mask.narrow(1, 0, filled).view(mask.size(0) / beam, 1, beam, filled);
  }

  /** Row i continues what was row {@code order[i]}. */
  void reorder(Tensor order, long filled) {
    if (beam > 1) {
      Tensor used = mask.narrow(1, 0, filled);
      used.copy_(used.index_select(0, order));
    }
  }

  /** Keeps whole sentences; {@code rows} is (B') int64. */
  void keep(Tensor rows) {
    Tensor kept =
        mask.view(mask.size(0) / beam, beam, mask.size(1))
            .index_select(0, rows)
            .view(-1, mask.size(1));
    replace(kept);
  }

  void grow(long filled, long steps) {
    Tensor larger = unused(mask.size(0) / beam, steps, mask.scalar_type(), mask.device());
    larger.narrow(1, 0, filled).copy_(mask.narrow(1, 0, filled));
    replace(larger);
  }

  private void replace(Tensor fresh) {
    mask.close();
    mask = Scope.own(fresh);
  }

  @Override
  public void close() {
    mask.close();
  }
}
