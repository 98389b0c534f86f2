package mos.experiment;

import java.util.Arrays;
import mos.host.HostLoad;
import mos.latency.Latency;
import mos.results.CostFigures;
import mos.results.CountFigures;
import mos.results.LatencyFigures;
import mos.results.LoadFigures;
import mos.results.LossFigures;
import mos.results.Quantity;
import mos.space.ArchitectureCost;
import mos.space.ArchitectureFeatures;
import mos.space.SubTransformer;
import mos.train.ValidationLoss;

/** Measured and counted values as results. */
final class Figures {
  private Figures() {}

  static LatencyFigures of(Latency latency) {
    return new LatencyFigures(
        latency.ms(),
        latency.encoderMs(),
        latency.decoderMs(),
        latency.encoderStdMs(),
        latency.decoderStdMs(),
        latency.interquartileMs());
  }

  static LoadFigures of(HostLoad load) {
    return new LoadFigures(
        known(load.otherCores()), known(load.clockMhz()), known(load.loadAverage()));
  }

  /**
   * @param skipped sentence pairs that were too long; null where it is told elsewhere
   */
  static LossFigures of(ValidationLoss loss, Integer skipped) {
    return new LossFigures(loss.loss(), loss.nllLoss(), loss.perplexity(), loss.bleu(), skipped);
  }

  /** Null where it is not known. */
  private static Double known(double value) {
    return Double.isNaN(value) ? null : (Double) value;
  }

  static CostFigures costs(ArchitectureCost cost, SubTransformer architecture) {
    return new CostFigures(
        cost.flops(architecture),
        cost.flopsWithoutOutputLayer(architecture),
        cost.parameters(architecture),
        cost.parametersWithoutEmbedding(architecture),
        architecture.tokenRouted()
            ? (Long) cost.model().activeParametersWithoutEmbedding(architecture)
            : null,
        Arrays.stream(ArchitectureFeatures.averages(architecture)).boxed().toList());
  }

  static CountFigures counts(ArchitectureCost cost, SubTransformer architecture) {
    return new CountFigures(
        (double) cost.parameters(architecture),
        (double) cost.parametersWithoutEmbedding(architecture),
        (double) cost.flops(architecture));
  }

  /** Of what is counted, in the quantity's unit. */
  static double count(Quantity quantity, ArchitectureCost cost, SubTransformer architecture) {
    return switch (quantity) {
      case FLOPS -> cost.flops(architecture) / 1e9;
      case PARAMS -> cost.parametersWithoutEmbedding(architecture) / 1e6;
      case LATENCY -> throw new IllegalArgumentException("latency is not counted");
    };
  }
}
