package mos.translate;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.List;
import mos.beam.SlotModel;
import mos.kernel.Slots;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A model in the host's memory, as beam search uses it: what it is told goes into tensors. */
final class CpuSlotModel implements SlotModel {
  private final TensorSlotModel model;
  private final int beam;
  private final Slots slots;
  private final IntBuffer step;
  private final IntBuffer length;
  private final IntBuffer tokens;
  private final IntBuffer ancestors;

  /** Of the last step, float32; null before the first. */
  private Tensor logits;

  /**
   * @param model owned by this
   */
  CpuSlotModel(TensorSlotModel model, int beam, int count, int steps) {
    this.model = model;
    this.beam = beam;
    slots = Slots.of(Tensors.cpu(), count, beam, steps);
    try (Scope scope = Scope.open()) {
      step = Tensors.ints(slots.step());
      length = Tensors.ints(slots.length());
      tokens = Tensors.ints(slots.tokens());
      ancestors = Tensors.ints(slots.ancestors());
      IntBuffer active = Tensors.ints(slots.active());
      IntBuffer place = Tensors.ints(slots.place());
      for (int i = 0; i < count; i++) {
        active.put(i, i);
        place.put(i, i);
      }
    }
  }

  @Override
  public void encode(List<int[]> sources, int[] places) {
    try (AutoGradMode off = new AutoGradMode(false)) {
      model.encode(sources, places);
    }
    for (int i = 0; i < places.length; i++) {
      length.put(places[i], sources.get(i).length);
    }
  }

  @Override
  public FloatBuffer step(int n, int[] taken, int[] read, int[] of, int stride) {
    step.put(0, taken, 0, n);
    tokens.put(0, read, 0, n * beam);
    for (int row = 0; row < n * beam; row++) {
      ancestors.put(row * slots.steps(), of, row * stride, taken[row / beam]);
    }
    free();
    try (Scope scope = Scope.open();
        AutoGradMode off = new AutoGradMode(false)) {
      logits = Scope.own(model.logits(slots, n).to(ScalarType.Float).contiguous());
      return Tensors.floats(logits);
    }
  }

  private void free() {
    if (logits != null) {
      logits.close();
      logits = null;
    }
  }

  @Override
  public void move(int from, int to) {
    try (AutoGradMode off = new AutoGradMode(false)) {
      model.move(from, to);
    }
    length.put(to, length.get(from));
  }

  @Override
  public void close() {
    free();
    slots.close();
    model.close();
  }
}
