package mos.tensor;

import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * How fast a device multiplies large matrices: the limit of everything that is made of products.
 */
public final class MatrixSpeed {
  private static final int GPU_SIZE = 8192;
  private static final int CPU_SIZE = 1024;
  private static final int RUNS = 10;

  private MatrixSpeed() {}

  /** FLOPs per second of a square product of random numbers, the mean of ten after three. */
  public static double flops(Device device, Precision precision) {
    int size = device.is_cpu() ? CPU_SIZE : GPU_SIZE;
    try (Scope scope = Scope.open();
        DeviceEvent start = DeviceEvent.of(device);
        DeviceEvent end = DeviceEvent.of(device)) {
      long[] shape = {size, size};
      Tensor a = torch.randn(shape, Tensors.options(precision.scalarType(), device));
      Tensor b = torch.randn(shape, Tensors.options(precision.scalarType(), device));
      Tensor out = a.mul(new Scalar(0));
      for (int i = -3; i < RUNS; i++) {
        if (i == 0) {
          start.record();
        }
        torch.mm_out(out, a, b);
      }
      end.record();
      end.synchronize();
      return 2.0 * size * size * size * RUNS / end.msSince(start) * 1e3;
    }
  }
}
