package mos.latency;

import mos.host.Hardware;
import mos.model.ModelConfig;
import mos.space.SubTransformer;

/**
 * Latency of this program's own translation on this machine, see {@link LatencyMeter}; of models
 * with random weights, which take as long as trained ones.
 */
public abstract class RuntimeSource implements LatencySource {
  private final ModelConfig model;
  private final LatencyMeter meter;

  RuntimeSource(LatencySourceProvider.Request request, Timer timer) {
    model = request.model();
    meter = new LatencyMeter(request.how(), timer);
  }

  /** The provider of this program's runtimes. */
  public static final class Provider implements LatencySourceProvider {
    /** Its name. */
    public static final String NAME = "runtime";

    @Override
    public String name() {
      return NAME;
    }

    @Override
    public LatencySource open(Request request) {
      return request.onnx().isPresent()
          ? new OnnxSource(request, request.onnx().get())
          : new TorchSource(request);
    }
  }

  /** A model with random weights, ready to run. */
  abstract SentenceWork open(ModelConfig config, SubTransformer architecture);

  @Override
  public Latency measure(SubTransformer architecture) {
    try (SentenceWork work = open(model, architecture)) {
      return meter.measure(work);
    }
  }

  @Override
  public PairedLatency compare(SubTransformer architecture, SubTransformer reference) {
    if (architecture.equals(reference)) {
      Latency both = measure(architecture);
      return new PairedLatency(both, both);
    }
    try (SentenceWork work = open(model, architecture);
        SentenceWork other = open(model, reference)) {
      return meter.compare(work, other);
    }
  }

  @Override
  public abstract Hardware hardware();

  @Override
  public boolean alternates() {
    return true;
  }
}
