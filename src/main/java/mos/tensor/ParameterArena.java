package mos.tensor;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * All parameters of a model in one flat fp32 buffer and their gradients in another, so that the
 * optimiser, the gradient norm, zeroing, reduction over processes and checkpoints each are a
 * handful of operations. Parameters are named views; consecutive parameters of equal shape can be
 * viewed as one stacked tensor.
 */
public final class ParameterArena implements AutoCloseable {
  /** Parameters start at multiples of so many numbers, for kernels that load several at once. */
  private static final long ALIGNMENT = 32;

  private record Slot(long offset, long[] shape, long size) {
    /** Distance to the next parameter. */
    long stride() {
      return aligned(size);
    }
  }

  private final Map<String, Slot> slots = new LinkedHashMap<>();
  private final Device device;
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
      Slot slot = new Slot(offset, entry.getValue().clone(), size);
      slots.put(entry.getKey(), slot);
      offset = Math.addExact(offset, slot.stride());
    }
    try (Scope scope = Scope.open()) {
      this.device = Scope.own(Tensors.copy(device));
      values = Scope.own(Tensors.zeros(ScalarType.Float, device, offset));
      gradients = Scope.own(Tensors.zeros(ScalarType.Float, device, withGradients ? offset : 0));
    }
  }

  /** The distance that {@code size} numbers take so that what follows is aligned too. */
  public static long aligned(long size) {
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
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
    return slots.values().stream().mapToLong(Slot::size).sum();
  }

  /** Where a parameter begins in {@link #values()}. */
  public long offset(String name) {
    return slot(name).offset;
  }

  public Device device() {
    return device;
  }

  /** All parameters, (N) float32, with unused zeros between them; owned by the arena. */
  public Tensor values() {
    return values;
  }

  /** All gradients, (N) float32, owned by the arena. */
  public Tensor gradients() {
    return gradients;
  }

  /** A view of one parameter. */
  public Tensor value(String name) {
    return view(values, name);
  }

  /** A view of one parameter's gradient. */
  public Tensor gradient(String name) {
    return view(gradients, name);
  }

  /**
   * A parameter's place in another tensor of this arena's layout.
   *
   * @param flat (N) or a beginning of it that holds the parameter, of any type
   */
  public Tensor view(Tensor flat, String name) {
    Slot slot = slot(name);
    return flat.narrow(0, slot.offset, slot.size).view(slot.shape);
  }

  /**
   * Views of equally shaped, consecutive parameters as one tensor with a new first dimension.
   *
   * @throws IllegalArgumentException if they are not consecutive or their shapes differ
   */
  public Tensor stackedValue(List<String> names) {
    return stacked(values, names);
  }

  /** The gradients of {@link #stackedValue}. */
  public Tensor stackedGradient(List<String> names) {
    return stacked(gradients, names);
  }

  private Tensor stacked(Tensor flat, List<String> names) {
    Slot first = slot(names.get(0));
    for (int i = 1; i < names.size(); i++) {
      Slot slot = slot(names.get(i));
      if (slot.offset != first.offset + i * first.stride()
          || !Arrays.equals(slot.shape, first.shape)) {
        throw new IllegalArgumentException("not stacked in the arena: " + names);
      }
    }
    int dimensions = first.shape.length;
    long[] shape = new long[dimensions + 1];
    long[] strides = new long[dimensions + 1];
    long stride = 1;
    for (int d = dimensions; d > 0; d--) {
      shape[d] = first.shape[d - 1];
      strides[d] = stride;
      stride *= shape[d];
    }
    shape[0] = names.size();
    strides[0] = first.stride();
    return flat.as_strided(shape, strides, new LongOptional(first.offset));
  }

  private Slot slot(String name) {
    Slot slot = slots.get(name);
    if (slot == null) {
      throw new IllegalArgumentException("no parameter named " + name);
    }
    return slot;
  }

  @Override
  public void close() {
    values.close();
    gradients.close();
    device.close();
  }
}
