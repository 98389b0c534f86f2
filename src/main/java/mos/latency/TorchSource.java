package mos.latency;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import mos.host.Hardware;
import mos.model.ModelConfig;
import mos.space.SubTransformer;
import mos.tensor.Compute;
import mos.tensor.Devices;
import mos.tensor.Native;

/** Latency of libtorch. No expert is mixed while the clock runs. */
final class TorchSource extends RuntimeSource {
  private final LatencyConfig how;
  private final Compute compute;
  private final String spec;
  private final Optional<Integer> threads;

  TorchSource(LatencySourceProvider.Request request) {
    this(request, request.compute().get());
  }

  private TorchSource(LatencySourceProvider.Request request, Compute compute) {
    super(request, Timer.of(compute.device()));
    this.compute = compute;
    how = request.how();
    spec = request.hardwareSpec();
    threads = request.threads();
  }

  @Override
  SentenceWork open(ModelConfig config, SubTransformer architecture) {
    return new RandomTorchWork(config, architecture, compute, how);
  }

  @Override
  public Latency measure(SubTransformer architecture) {
    return withThreads(() -> super.measure(architecture));
  }

  @Override
  public PairedLatency compare(SubTransformer architecture, SubTransformer reference) {
    return withThreads(() -> super.compare(architecture, reference));
  }

  @Override
  public Hardware hardware() {
    return withThreads(
        () ->
            Hardware.here(
                spec,
                Devices.describe(compute.device()),
                compute.precision().name().toLowerCase(Locale.ROOT),
                Native.threads(),
                Native.version()));
  }

  /** On a CPU. */
  @Override
  public boolean disturbable() {
    return compute.device().is_cpu();
  }

  private <T> T withThreads(Supplier<T> work) {
    int before = Native.threads();
    if (threads.isEmpty() || threads.get() == before) {
      return work.get();
    }
    Native.setThreads(threads.get());
    try {
      return work.get();
    } finally {
      Native.setThreads(before);
    }
  }
}
