package mos.latency;

import mos.host.Hardware;
import mos.model.ModelConfig;
import mos.onnx.OnnxModel;
import mos.onnx.OnnxOptions;
import mos.onnx.RandomWeights;
import mos.space.SubTransformer;

/** Latency of ONNX Runtime on the CPU. Needs no libtorch. */
final class OnnxSource extends RuntimeSource {
  private final LatencyConfig how;
  private final String spec;
  private final OnnxOptions options;

  /** Shared by all models: making one writes no weights. */
  private final RandomWeights weights = new RandomWeights();

  OnnxSource(LatencySourceProvider.Request request, OnnxOptions options) {
    super(request, Timer.MONOTONIC);
    this.options = options;
    how = request.how();
    spec = request.hardwareSpec();
  }

  @Override
  SentenceWork open(ModelConfig config, SubTransformer architecture) {
    return new OnnxSentenceWork(
        OnnxModel.random(
            config.graphSizes(architecture), options.precision(), options.threads(), weights),
        how,
        options.threads());
  }

  @Override
  public Hardware hardware() {
    return Hardware.ofOnnx(
        spec, options.precision().label(), options.threads(), OnnxModel.runtimeVersion());
  }

  @Override
  public boolean disturbable() {
    return true;
  }
}
