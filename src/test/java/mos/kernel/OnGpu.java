package mos.kernel;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import mos.tensor.Devices;
import mos.tensor.Native;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Tests of what only a GPU can show; elsewhere they are skipped. */
abstract class OnGpu {
  Device device;
  private Scope scope;

  @BeforeEach
  void needGpu() {
    assumeTrue(Native.hasGpu(), "no GPU");
    scope = Scope.open();
    device = Devices.of("cuda");
    torch.manual_seed(1);
  }

  @AfterEach
  void close() {
    if (scope != null) {
      scope.close();
    }
  }

  Tensor random(ScalarType type, long... shape) {
    return torch.randn(shape, Tensors.options(ScalarType.Float, device)).to(type);
  }

  /** The error's norm by the expected one's. */
  static double relative(Tensor got, Tensor expected) {
    Tensor e = expected.to(ScalarType.Float);
    return got.to(ScalarType.Float).sub(e).norm().item_double() / e.norm().item_double();
  }
}
