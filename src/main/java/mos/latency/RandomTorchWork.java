package mos.latency;

import mos.model.ModelConfig;
import mos.model.SuperTransformer;
import mos.space.SubTransformer;
import mos.tensor.Compute;
import mos.tensor.Scope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.global.torch;

/** libtorch's work with a plain Transformer of random weights, which it owns. */
final class RandomTorchWork implements SentenceWork {
  /** Standard deviation of random weights; time does not depend on it. */
  private static final double WEIGHT_STD = 0.02;

  private final SuperTransformer plain;
  private final AutoGradMode off;
  private final Scope scope;
  private final TorchSentenceWork work;

  /**
   * @param config of the SuperTransformer it is cut from; its experts are left out
   * @throws mos.base.ConfigurationException when the architecture does not fit the model
   */
  RandomTorchWork(
      ModelConfig config, SubTransformer architecture, Compute compute, LatencyConfig how) {
    plain = new SuperTransformer(config.standalone(architecture), compute.device(), false);
    scope = Scope.open();
    off = new AutoGradMode(false);
    try {
      fill();
      work = new TorchSentenceWork(plain.derive(architecture, compute.precision()), how);
    } catch (RuntimeException e) {
      free();
      throw e;
    }
  }

  private void fill() {
    torch.manual_seed(1);
    for (String name : plain.parameters().names()) {
      try (Scope each = Scope.open()) {
        plain.parameters().value(name).normal_(0, WEIGHT_STD, new GeneratorOptional());
      }
    }
  }

  @Override
  public void encode() {
    work.encode();
  }

  @Override
  public void decode() {
    work.decode();
  }

  @Override
  public void close() {
    work.close();
    free();
  }

  private void free() {
    off.close();
    scope.close();
    plain.close();
  }
}
