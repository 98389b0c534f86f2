package mos.tensor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * All parameters of a model in one flat fp32 buffer and their gradients in another, so that the
 * optimiser, the gradient norm, zeroing, reduction over processes and checkpoints each are a
 * handful of operations. Parameters are named views; consecutive parameters of equal shape can be
 * viewed as one stacked tensor.
 */
public final class ParameterArena implements AutoCloseable {
  private record Slot(long offset, long[] shape, long size) {}

  private final Map<String, Slot> slots = new LinkedHashMap<>();
  private final Tensor values;
  private final Tensor gradients;

  /**
   * Makes a zero-filled arena.
   *
   * @param shapes name to shape, in storage order
   * @param withGradients false for models that are never trained: {@link #gradients()} then is an
   *     empty tensor
   */
  public ParameterArena(Map<String, long[]> shapes, Device device, boolean withGradients) {
    Native.load();
    long offset = 0;
    for (Map.Entry<String, long[]> entry : shapes.entrySet()) {
      long size = 1;
      for (long extent : entry.getValue()) {
        size = Math.multiplyExact(size, extent);
      }
      slots.put(entry.getKey(), new Slot(offset, entry.getValue().clone(), size));
      offset = Math.addExact(offset, size);
    }
    try (Scope scope = Scope.open()) {
      values =
          Scope.own(torch.zeros(new long[] {offset}, Tensors.options(ScalarType.Float, device)));
      gradients =
          Scope.own(
              torch.zeros(
                  new long[] {withGradients ? offset : 0},
                  Tensors.options(ScalarType.Float, device)));
    }
  }

  /** Names in storage order. */
  public Set<String> names() {
    return slots.keySet();
  }

  public boolean contains(String name) {
    return slots.containsKey(name);
  }

  public long[] shape(String name) {
    return slot(name).shape.clone();
  }

  /** Number of all parameters. */
  public long size() {
    return values.numel();
  }

  public Device device() {
    return values.device();
  }

  /** All parameters, (N) float32, owned by the arena. */
  public Tensor values() {
    return values;
  }

  /** All gradients, (N) float32, owned by the arena. */
  public Tensor gradients() {
    return gradients;
  }

  /** A view of one parameter. */
  public Tensor value(String name) {
    return view(values, slot(name).offset, slot(name).shape);
  }

  /** A view of one parameter's gradient. */
  public Tensor gradient(String name) {
    return view(gradients, slot(name).offset, slot(name).shape);
  }

  /**
   * Views of equally shaped, consecutive parameters as one tensor with a new first dimension.
   *
   * @throws IllegalArgumentException if they are not consecutive or their shapes differ
   */
  public Tensor stackedValue(List<String> names) {
    return view(values, slot(names.get(0)).offset, stackedShape(names));
  }

  /** The gradients of {@link #stackedValue}. */
  public Tensor stackedGradient(List<String> names) {
    return view(gradients, slot(names.get(0)).offset, stackedShape(names));
  }

  private long[] stackedShape(List<String> names) {
    Slot first = slot(names.get(0));
    for (int i = 1; i < names.size(); i++) {
      if (slot(names.get(i)).offset != first.offset + i * first.size
          || slot(names.get(i)).size != first.size) {
        throw new IllegalArgumentException("not stacked in the arena: " + names);
      }
    }
    long[] shape = new long[first.shape.length + 1];
    shape[0] = names.size();
    System.arraycopy(first.shape, 0, shape, 1, first.shape.length);
    return shape;
  }

  private Slot slot(String name) {
    Slot slot = slots.get(name);
    if (slot == null) {
      throw new IllegalArgumentException("no parameter named " + name);
    }
    return slot;
  }

  private static Tensor view(Tensor flat, long offset, long[] shape) {
    long size = 1;
    for (long extent : shape) {
      size *= extent;
    }
    return flat.narrow(0, offset, size).view(shape);
  }

  @Override
  public void close() {
    values.close();
    gradients.close();
  }
}
