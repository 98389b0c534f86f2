package mos.latency;

import java.util.Optional;
import java.util.function.Supplier;
import mos.model.ModelConfig;
import mos.onnx.OnnxOptions;
import mos.tensor.Compute;

/**
 * Opens latency sources of one kind. Found by {@link java.util.ServiceLoader}: a class with a
 * constructor without arguments, named in {@code
 * META-INF/services/mos.latency.LatencySourceProvider} of a jar on the class path.
 */
public interface LatencySourceProvider {
  /** The name by which settings choose it: lower-case letters, digits and hyphens. */
  String name();

  /**
   * A source for the SubTransformers of one model.
   *
   * @throws mos.base.ConfigurationException when the request lacks what it needs
   */
  LatencySource open(Request request);

  /**
   * What is to be measured, and how.
   *
   * @param model the SuperTransformer that architectures are cut from
   * @param how one gold measurement
   * @param hardwareSpec the user's name for the hardware
   * @param threads CPU threads while it is measured; empty: as many as are set
   * @param compute sets up this program's device and precision; unasked, no native code is loaded
   * @param onnx ONNX Runtime, where it is what is measured; empty: libtorch
   * @param runner the user's command, where one is given
   * @param argument what the user gave after the source's name and a colon; empty without
   */
  record Request(
      ModelConfig model,
      LatencyConfig how,
      String hardwareSpec,
      Optional<Integer> threads,
      Supplier<Compute> compute,
      Optional<OnnxOptions> onnx,
      Optional<CommandRunner> runner,
      String argument) {}
}
