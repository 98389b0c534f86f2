package mos.experiment;

import java.util.Optional;
import mos.distributed.Launch;
import mos.tensor.Compute;
import mos.tensor.Devices;
import mos.tensor.Native;
import mos.tensor.Precision;
import mos.tensor.Scope;
import org.bytedeco.pytorch.Device;

/**
 * Where and how precisely to compute, before it is known what is here.
 *
 * @param device cpu, cuda, cuda:N, or auto: a GPU where there is one
 * @param precision empty: bf16 on a GPU, fp32 on the CPU
 * @param threads of the CPU; 0: as many as there are physical cores
 */
public record ComputeChoice(String device, Optional<Precision> precision, int threads) {
  /** A GPU where there is one, the usual precision, all cores. */
  public static final ComputeChoice AUTO = new ComputeChoice("auto", Optional.empty(), 0);

  /**
   * Fails for a device that is not here, before anything is done.
   *
   * @throws mos.base.ConfigurationException naming it
   */
  public void check() {
    if (!device.matches("auto|cpu")) {
      try (Scope scope = Scope.open()) {
        Devices.of(device);
      }
    }
  }

  /** Sets this process up. */
  public Compute setUp() {
    return setUp(Optional.empty());
  }

  /** The same for one of several processes: each of a host has the GPU of its place. */
  public Compute setUp(Optional<Launch> place) {
    Native.setThreads(threads);
    String name =
        place.isPresent() && device.matches("auto|cuda") && Native.hasGpu()
            ? "cuda:" + place.get().localRank()
            : device;
    Device chosen = Devices.of(name);
    Devices.use(chosen);
    Precision exact = precision.orElseGet(() -> Devices.defaultPrecision(chosen));
    exact.apply();
    return new Compute(chosen, exact);
  }
}
