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

/** Latency of this program's own translation on this machine, see {@link LatencyMeter}. */
public final class RuntimeSource implements LatencySource {
  private final ModelConfig model;
  private final Compute compute;
  private final String spec;
  private final Optional<Integer> threads;
  private final LatencyMeter meter;

  private RuntimeSource(LatencySourceProvider.Request request) {
    model = request.model();
    compute = request.compute().get();
    spec = request.hardwareSpec();
    threads = request.threads();
    meter = new LatencyMeter(request.how(), Timer.of(compute.device()));
  }

  /** The provider of this program's runtime. */
  public static final class Provider implements LatencySourceProvider {
    /** Its name. */
    public static final String NAME = "runtime";

    @Override
    public String name() {
      return NAME;
    }

    @Override
    public LatencySource open(Request request) {
      return new RuntimeSource(request);
    }
  }

  @Override
  public Latency measure(SubTransformer architecture) {
    return withThreads(
        () -> meter.measure(model, architecture, compute.device(), compute.precision()));
  }

  @Override
  public PairedLatency compare(SubTransformer architecture, SubTransformer reference) {
    return withThreads(
        () -> meter.compare(model, architecture, reference, compute.device(), compute.precision()));
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

  @Override
  public boolean alternates() {
    return true;
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
