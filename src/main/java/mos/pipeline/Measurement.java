package mos.pipeline;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import mos.latency.Latency;
import mos.latency.LatencyMeter;
import mos.latency.LatencySettings;
import mos.latency.Timer;
import mos.model.ModelConfig;
import mos.space.ArchitectureFeatures;
import mos.space.ModelCost;
import mos.space.SubTransformer;

/** What a SubTransformer costs: latency on this machine, parameters, FLOPs. */
final class Measurement {
  private final ModelConfig config;
  private final Machine machine;
  private final LatencySettings settings;
  private final LatencyMeter meter;
  private final ModelCost cost;

  /**
   * @param config the SuperTransformer
   */
  Measurement(ModelConfig config, Machine machine, LatencySettings settings) {
    this.config = config;
    this.machine = machine;
    this.settings = settings;
    this.meter = new LatencyMeter(settings, machine == null ? Timer.MONOTONIC : machine.timer());
    this.cost =
        new ModelCost(
            config.qkvDim(),
            config.sourceVocabulary(),
            config.targetVocabulary(),
            config.shareAllEmbeddings());
  }

  Latency latency(SubTransformer architecture) {
    return meter.measure(config, architecture, machine.device(), machine.precision());
  }

  double flops(SubTransformer architecture) {
    return cost.flops(architecture, settings.sourceTokens(), settings.targetSteps());
  }

  double parameters(SubTransformer architecture) {
    return cost.parameters(architecture);
  }

  static void put(ObjectNode figures, Latency latency) {
    figures.put("latency_ms", latency.ms());
    figures.put("encoder_ms", latency.encoderMs());
    figures.put("decoder_ms", latency.decoderMs());
    figures.put("encoder_std_ms", latency.encoderStdMs());
    figures.put("decoder_std_ms", latency.decoderStdMs());
    figures.put("interquartile_ms", latency.interquartileMs());
  }

  /** All figures that need no measuring. */
  void putCosts(ObjectNode figures, SubTransformer architecture) {
    int source = settings.sourceTokens();
    int target = settings.targetSteps();
    figures.put("flops", cost.flops(architecture, source, target));
    figures.put(
        "flops_without_output_layer", cost.flopsWithoutOutputLayer(architecture, source, target));
    figures.put("params", cost.parameters(architecture));
    figures.put("params_without_embedding", cost.parametersWithoutEmbedding(architecture));
    ArrayNode features = figures.putArray("features");
    for (double feature : ArchitectureFeatures.aggregate(architecture)) {
      features.add(feature);
    }
  }
}
