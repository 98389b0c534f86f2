package mos.tensor;

import mos.base.ConfigurationException;
import mos.base.MosException;
import org.bytedeco.cuda.cudart.cudaDeviceProp;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch_cuda;

/** Where tensors are computed. */
public final class Devices {
  private Devices() {}

  /**
   * A device by its name.
   *
   * @param name cpu, cuda, cuda:N, or auto for a GPU where there is one
   * @return owned by the innermost scope, or by nobody outside of one
   * @throws ConfigurationException for another name
   * @throws MosException when there is no such GPU
   */
  public static Device of(String name) {
    if (!name.matches("auto|cpu|cuda(:\\d{1,2})?")) {
      throw new ConfigurationException(
          "device: got " + name + ", must be cpu, cuda, cuda:N or auto");
    }
    Native.load();
    boolean gpu = Native.hasGpu();
    if (name.equals("cpu") || (name.equals("auto") && !gpu)) {
      return Scope.own(Tensors.cpu());
    }
    if (!gpu) {
      throw new MosException(
          "device: got "
              + name
              + ", but no GPU can be used here; `mos doctor` says what is missing");
    }
    int index = name.contains(":") ? Integer.parseInt(name.substring(name.indexOf(':') + 1)) : 0;
    int count = Native.gpus();
    if (index >= count) {
      throw new MosException(
          "device: got " + name + ", must be below cuda:" + count + ", there are " + count);
    }
    return Scope.own(new Device(torch.DeviceType.CUDA, (byte) index));
  }

  /** Makes a GPU the one that operations without a device of their own go to. */
  public static void use(Device device) {
    if (!device.is_cpu()) {
      torch_cuda.set_device(device.index());
    }
  }

  /** What is stored with measurements: cpu, or the GPU's name. */
  public static String describe(Device device) {
    if (device.is_cpu()) {
      return "cpu";
    }
    try (cudaDeviceProp properties = new cudaDeviceProp()) {
      cudart.cudaGetDeviceProperties(properties, device.index());
      return properties.name().getString();
    }
  }

  /** The precision that a device is fast and accurate with: bf16 on GPUs, fp32 on CPUs. */
  public static Precision defaultPrecision(Device device) {
    return device.is_cpu() ? Precision.FP32 : Precision.BF16;
  }
}
