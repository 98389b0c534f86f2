package mos.model;

import java.util.List;
import java.util.Map;
import mos.kernel.TrainingKernels;
import mos.nn.SinusoidalPositions;
import mos.space.Dimension;
import mos.space.SubTransformer;
import mos.tensor.ParameterArena;
import mos.tensor.Precision;
import mos.tensor.Scope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;

/**
 * The parameters of the network from which all SubTransformers of a search space are cut. It has no
 * forward pass of its own: {@link #derive} turns it, for one architecture, into the weights of a
 * plain {@link Transformer}.
 *
 * <p>Source: HAT (2020), section 3.2; Mixture-of-Supernets (2024), section 3. Experts are cut to
 * the sampled sizes before they are mixed, which gives the same weights with less work.
 */
public final class SuperTransformer implements AutoCloseable {
  /** fairseq's number of the first position: its positions count from pad + 1. */
  private static final int FIRST_POSITION = 2;

  /** The longest sentence, in tokens with the end symbol. */
  public static final int MAX_POSITIONS = SubTransformer.MAX_POSITIONS;

  private final ModelConfig config;
  private final RouterLayout routerLayout;
  private final ParameterArena arena;
  private final long sharedSize;
  private final long expertsEnd;
  private final Tensor sourcePositions;
  private final Tensor targetPositions;

  /**
   * Makes a model with all parameters zero: initialise or load it next.
   *
   * @param trainable whether gradients are kept
   */
  public SuperTransformer(ModelConfig config, Device device, boolean trainable) {
    this.config = config;
    this.routerLayout = ParameterLayout.routers(config);
    this.arena = new ParameterArena(ParameterLayout.of(config), device, trainable);
    int sharedCount = ParameterLayout.sharedCount(config);
    this.sharedSize = offset(sharedCount);
    this.expertsEnd = offset(sharedCount + ParameterLayout.expertCount(config));
    try (Scope scope = Scope.open()) {
      sourcePositions =
          Scope.own(
              SinusoidalPositions.table(
                  FIRST_POSITION, MAX_POSITIONS, config.encoder().positionDim(), device));
      targetPositions =
          Scope.own(
              SinusoidalPositions.table(
                  FIRST_POSITION, MAX_POSITIONS, config.decoder().positionDim(), device));
    }
  }

  /** Names and shapes of the parameters that a configuration means, without making them. */
  public static Map<String, long[]> parameterShapes(ModelConfig config) {
    return ParameterLayout.of(config);
  }

  /** What fixes the parameters: sizes and experts. */
  public ModelConfig config() {
    return config;
  }

  /** The parameters, under the names of published checkpoints. */
  public ParameterArena parameters() {
    return arena;
  }

  /** Where the parameters are. */
  public Device device() {
    return arena.device();
  }

  /**
   * Weights for inference: no gradients, no router dropout. They may be views of this model's
   * memory, so they change when it is trained further.
   */
  public TransformerWeights derive(SubTransformer architecture, Precision precision) {
    try (AutoGradMode off = new AutoGradMode(false)) {
      return leaves(architecture, precision, false, false).weights();
    }
  }

  /** Weights for training; see {@link TrainableWeights}. Router dropout is on. */
  public TrainableWeights deriveTrainable(SubTransformer architecture, Precision precision) {
    return deriveTrainable(architecture, precision, true);
  }

  /**
   * Weights whose gradients reach this model.
   *
   * @param routerDropout false to compute the gradients of evaluation mode
   */
  public TrainableWeights deriveTrainable(
      SubTransformer architecture, Precision precision, boolean routerDropout) {
    Derived derived = leaves(architecture, precision, true, routerDropout);
    return new TrainableWeights(derived.weights(), derived.leaves());
  }

  /** How the routers mix the experts for an architecture; empty in a model of one expert. */
  public List<ExpertMixture> expertMixtures(SubTransformer architecture) {
    config.check(architecture);
    return ExpertMixture.of(this, architecture);
  }

  /**
   * The same network as a plain Transformer of its own, with the mixed ("inherited") weights.
   *
   * @param trainable whether the copy can be trained
   * @return owned by the caller
   */
  public SuperTransformer materialise(SubTransformer architecture, boolean trainable) {
    try (Scope scope = Scope.open();
        AutoGradMode off = new AutoGradMode(false)) {
      SuperTransformer plain =
          new SuperTransformer(config.standalone(architecture), device(), trainable);
      leaves(architecture, Precision.FP32, false, false).leaves().copyTo(plain.arena);
      return plain;
    }
  }

  /**
   * Weights and places for their gradients, for passes without autograd; the caller closes them.
   *
   * @param copy of this model
   * @throws mos.base.ConfigurationException for an architecture that is too large
   */
  public DirectWeights deriveDirect(
      SubTransformer architecture, ComputeCopy copy, TrainingKernels kernels) {
    config.check(architecture);
    return new DirectWeights(architecture, this, copy, kernels);
  }

  /**
   * Begins an update; see {@link DirectUpdate}.
   *
   * @param weights of this model, each of another architecture; experts' gradients are cleared
   *     fastest where the first uses them all
   * @param routerDropout false to compute the gradients of evaluation mode
   * @throws IllegalArgumentException for weights of another model or of one architecture twice
   */
  public DirectUpdate directUpdate(List<DirectWeights> weights, boolean routerDropout) {
    return new DirectUpdate(this, weights, routerDropout);
  }

  /** How many numbers, the first of the arena, belong to parameters that all share. */
  long sharedSize() {
    return sharedSize;
  }

  /** The routers and where their mixtures are. */
  RouterLayout routerLayout() {
    return routerLayout;
  }

  /** Where the parameter of this number begins, or the arena ends. */
  private long offset(int parameter) {
    return arena.names().stream()
        .skip(parameter)
        .findFirst()
        .map(arena::offset)
        .orElse(arena.values().numel());
  }

  /** Zeroes all gradients, those of the experts only if asked to. */
  void clearGradients(boolean experts) {
    if (experts) {
      arena.gradients().zero_();
      return;
    }
    arena.gradients().narrow(0, 0, sharedSize).zero_();
    arena.gradients().narrow(0, expertsEnd, arena.gradients().numel() - expertsEnd).zero_();
  }

  /** Whether an architecture's layers with experts are this model's, all of them in full size. */
  boolean usesAllExperts(SubTransformer a) {
    return a.encoderEmbedDim() == config.encoder().embedDim()
        && a.decoderEmbedDim() == config.decoder().embedDim()
        && a.values(Dimension.ENCODER_FFN).equals(config.encoder().ffnEmbedDims())
        && a.values(Dimension.DECODER_FFN).equals(config.decoder().ffnEmbedDims())
        && !a.sizedHeads();
  }

  private record Derived(TransformerWeights weights, Leaves leaves) {}

  private Derived leaves(
      SubTransformer architecture, Precision precision, boolean trainable, boolean routerDropout) {
    config.check(architecture);
    RouterBank routers =
        config.experts().count() == 1
            ? null
            : routers(List.of(architecture), trainable, routerDropout);
    Leaves leaves = new Leaves(architecture, config, arena, routers, precision, trainable);
    return new Derived(assemble(architecture, leaves), leaves);
  }

  RouterBank routers(List<SubTransformer> architectures, boolean trainable, boolean dropout) {
    return new RouterBank(this, architectures, trainable, dropout);
  }

  TransformerWeights assemble(SubTransformer architecture, WeightSource source) {
    return new WeightDerivation(config, source, sourcePositions, targetPositions)
        .derive(architecture);
  }

  @Override
  public void close() {
    arena.close();
    sourcePositions.close();
    targetPositions.close();
  }
}
