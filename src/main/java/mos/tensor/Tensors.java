package mos.tensor;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Conversions between Java values and tensors. Every tensor returned belongs to the innermost open
 * {@link Scope}.
 */
public final class Tensors {
  /** "No tensor" for optional arguments; lives as long as the program. */
  private static final ThreadLocal<TensorOptional> NONE =
      ThreadLocal.withInitial(() -> Scope.own(new TensorOptional()));

  private Tensors() {}

  public static TensorOptional none() {
    return NONE.get();
  }

  /** An optional that holds {@code tensor}, or none for null. */
  public static TensorOptional optional(Tensor tensor) {
    return tensor == null ? none() : new TensorOptional(tensor);
  }

  public static TensorOptions options(ScalarType type, Device device) {
    return new TensorOptions()
        .dtype(new ScalarTypeOptional(type))
        .device(new DeviceOptional(device));
  }

  /** Uninitialised. */
  public static Tensor empty(ScalarType type, Device device, long... shape) {
    return torch.empty(shape, options(type, device), null);
  }

  /** All 0. */
  public static Tensor zeros(ScalarType type, Device device, long... shape) {
    return torch.zeros(shape, options(type, device));
  }

  /** (count) int64: 0, 1, … */
  public static Tensor range(long count, Device device) {
    return torch.arange(new Scalar(count), options(ScalarType.Long, device));
  }

  public static Device cpu() {
    return new Device(torch.DeviceType.CPU);
  }

  static Device copy(Device device) {
    return new Device(device.type(), device.index());
  }

  /** A copy of {@code values} with the given shape. */
  public static Tensor of(float[] values, Device device, long... shape) {
    Tensor host = host(ScalarType.Float, device, shape);
    new FloatPointer(host.data_ptr_float()).put(values, 0, values.length);
    return toDevice(host, device);
  }

  /** A copy of {@code values} with the given shape, as 64-bit integers. */
  public static Tensor of(long[] values, Device device, long... shape) {
    Tensor host = host(ScalarType.Long, device, shape);
    new LongPointer(host.data_ptr_long()).put(values, 0, values.length);
    return toDevice(host, device);
  }

  /** A copy of {@code values} with the given shape, as 32-bit integers. */
  public static Tensor of(int[] values, Device device, long... shape) {
    Tensor host = host(ScalarType.Int, device, shape);
    new IntPointer(host.data_ptr_int()).put(values, 0, values.length);
    return toDevice(host, device);
  }

  /**
   * Uninitialised memory of the host, page-locked where {@code device} is a GPU: copies between
   * them then wait for nothing.
   */
  public static Tensor host(ScalarType type, Device device, long... shape) {
    Native.load();
    TensorOptions options = options(type, cpu());
    return torch.empty(
        shape, device.is_cpu() ? options : options.pinned_memory(new BoolOptional(true)), null);
  }

  /** The elements of a contiguous int32 tensor of the host, to read and write; no copy. */
  public static IntBuffer ints(Tensor host) {
    return host.data_ptr_int().capacity(host.numel()).asBuffer();
  }

  /** The elements of a contiguous float32 tensor of the host, to read and write; no copy. */
  public static FloatBuffer floats(Tensor host) {
    return host.data_ptr_float().capacity(host.numel()).asBuffer();
  }

  private static Tensor toDevice(Tensor host, Device device) {
    return device.is_cpu() ? host : host.to(device, host.scalar_type(), true, false, null);
  }

  /** The elements of a tensor of any device and floating-point type, in row-major order. */
  public static float[] toFloats(Tensor tensor) {
    Tensor host = tensor.to(cpu(), ScalarType.Float).contiguous();
    float[] values = new float[Math.toIntExact(host.numel())];
    host.data_ptr_float().get(values);
    return values;
  }

  /** The elements of a tensor of any device and type, in row-major order. */
  public static double[] toDoubles(Tensor tensor) {
    Tensor host = tensor.to(cpu(), ScalarType.Double).contiguous();
    double[] values = new double[Math.toIntExact(host.numel())];
    host.data_ptr_double().get(values);
    return values;
  }

  /** The elements of an integer tensor, in row-major order. */
  public static long[] toLongs(Tensor tensor) {
    Tensor host = tensor.to(cpu(), ScalarType.Long).contiguous();
    long[] values = new long[Math.toIntExact(host.numel())];
    host.data_ptr_long().get(values);
    return values;
  }

  /** Concatenates along {@code dimension}. */
  public static Tensor cat(long dimension, Tensor... parts) {
    return parts.length == 1 ? parts[0] : torch.cat(new TensorVector(parts), dimension);
  }

  /**
   * Backpropagates from several tensors at once, accumulating into the leaves.
   *
   * @param tensors roots with a graph
   * @param gradients of the same shapes
   */
  public static void backward(TensorVector tensors, TensorVector gradients) {
    torch.backward(tensors, gradients, new BoolOptional(false), false, new TensorVector());
  }
}
