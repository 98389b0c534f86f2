package mos.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mos.data.Batch;
import mos.data.PackedBatch;
import mos.kernel.PackedAttention;
import mos.kernel.TrainingKernels;
import mos.model.ComputeCopy;
import mos.model.DirectUpdate;
import mos.model.DirectWeights;
import mos.model.SuperTransformer;
import mos.nn.Teacher;
import mos.packed.PackedPass;
import mos.packed.PackedTensors;
import mos.space.SubTransformer;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Packed sentences and gradients without autograd: what GPUs train with. */
final class PackedEngine implements GradientEngine {
  /** The largest and the smallest come in every update, and one more. */
  private static final int KEPT = 3;

  /** Sizes between two powers of two that passes are rounded up to. */
  private static final int SIZES = 64;

  private final SuperTransformer model;
  private final GradientConfig config;
  private final TrainingKernels kernels;
  private final PackedAttention attention;
  private final ComputeCopy copy;
  private final Map<SubTransformer, DirectWeights> weights =
      new LinkedHashMap<>(2 * KEPT, 0.75f, true);
  private final List<Uploaded> batches = new ArrayList<>();
  private final RecordedPasses recorded;
  private final Tensor recordedSums;
  private Scope batchScope;

  /**
   * A batch on the device.
   *
   * @param size of a batch whose passes may be recorded, else null
   */
  private record Uploaded(PackedTensors tensors, PackedTensors.Size size) {}

  PackedEngine(
      SuperTransformer model,
      GradientConfig config,
      TrainingKernels kernels,
      PackedAttention attention) {
    this(model, config, kernels, attention, RecordedPasses.MOST_TOKENS);
  }

  /**
   * @param recordedTokens tokens of the largest pass that is recorded; 0: none is
   */
  PackedEngine(
      SuperTransformer model,
      GradientConfig config,
      TrainingKernels kernels,
      PackedAttention attention,
      int recordedTokens) {
    this.model = model;
    this.config = config;
    this.kernels = kernels;
    this.attention = attention;
    this.copy = new ComputeCopy(model, config.precision());
    boolean recordable = !config.deterministic() && !model.config().tokenRouted();
    this.recorded =
        new RecordedPasses(
            model.device(), attention, recordable ? recordedTokens : 0, this::recordedPass);
    try (Scope scope = Scope.open()) {
      recordedSums = Scope.own(Tensors.zeros(ScalarType.Double, model.device(), 2));
    }
  }

  @Override
  public Tensor gradients(
      List<SubTransformer> architectures,
      List<Batch> passes,
      long[] seeds,
      long[] tokenSeeds,
      double scale) {
    upload(passes);
    Map<SubTransformer, DirectWeights> derived = derive(architectures);
    boolean teaching = config.distillation().active() && seeds.length > 1;
    if (!teaching) {
      record(architectures, derived, seeds[0], scale);
    }
    // Experts and routers draw no more than this one's numbers.
    torch.manual_seed(seeds[0]);
    Tensor sums = Tensors.zeros(ScalarType.Double, model.device(), 2);
    recordedSums.zero_();
    try (Scope scope = Scope.open()) {
      // Twice the same counts twice, with dropout of its own.
      DirectUpdate update = model.directUpdate(List.copyOf(derived.values()), true);
      Teacher[] teachers = new Teacher[batches.size()];
      for (int k = 0; k < seeds.length; k++) {
        DirectWeights direct = derived.get(architectures.get(k));
        torch.manual_seed(tokenSeeds[k]);
        for (int p = 0; p < batches.size(); p++) {
          Uploaded batch = batches.get(p);
          long seed = tokenSeeds[k] + p;
          if (!teaching && recorded.run(direct, batch.tensors(), batch.size(), scale, seed)) {
            continue;
          }
          Tensor decoded = teaching && k == 0 ? room(direct, batch.tensors()) : null;
          pass(direct, batch.tensors(), teachers[p], decoded, sums, scale, seed);
          if (decoded != null) {
            teachers[p] =
                new Teacher(config.distillation(), decoded, direct.weights().outputEmbedding());
          }
        }
      }
      update.backpropagate();
    }
    return sums.add_(recordedSums);
  }

  /** Records what is to be recorded from now on, before the update. */
  private void record(
      List<SubTransformer> architectures,
      Map<SubTransformer, DirectWeights> derived,
      long seed,
      double scale) {
    Map<DirectWeights, Set<PackedTensors.Size>> due = new LinkedHashMap<>();
    for (SubTransformer architecture : architectures) {
      DirectWeights direct = derived.get(architecture);
      for (Uploaded batch : batches) {
        if (recorded.isDue(direct, batch.size(), scale)) {
          due.computeIfAbsent(direct, d -> new LinkedHashSet<>()).add(batch.size());
        }
      }
    }
    if (due.isEmpty()) {
      return;
    }
    torch.manual_seed(seed);
    try (Scope scope = Scope.open()) {
      model.directUpdate(List.copyOf(derived.values()), true);
      due.forEach((direct, sizes) -> sizes.forEach(size -> recorded.record(direct, size, scale)));
    }
  }

  /** What is recorded: a pass whose sentences and seeds lie where they will be written. */
  private void recordedPass(
      DirectWeights direct, PackedTensors batch, Tensor seedBase, double scale) {
    try (AutoGradMode off = new AutoGradMode(false)) {
      PackedPass run =
          new PackedPass(
              kernels,
              attention,
              direct.weights(),
              direct.gradients(),
              config.dropout(),
              batch,
              config.tokenExperts().of(scale, batch.target().size(0)),
              0,
              seedBase);
      run.backward(run.loss(run.forward(), recordedSums, config.labelSmoothing(), scale));
    }
  }

  /** How many passes are recorded. */
  long recordedPasses() {
    return recorded.count();
  }

  /** Room for a decoder's output, in the open scope. */
  private Tensor room(DirectWeights direct, PackedTensors batch) {
    Tensor embedding = direct.weights().outputEmbedding();
    return torch.empty(
        new long[] {batch.target().size(0), embedding.size(1)}, embedding.options(), null);
  }

  /**
   * @param teacher null for one that learns from the references alone
   * @param kept where the decoder's output is copied to, or null
   */
  private void pass(
      DirectWeights direct,
      PackedTensors batch,
      Teacher teacher,
      Tensor kept,
      Tensor sums,
      double scale,
      long seed) {
    try (Scope scope = Scope.open();
        AutoGradMode off = new AutoGradMode(false)) {
      PackedPass run =
          new PackedPass(
              kernels,
              attention,
              direct.weights(),
              direct.gradients(),
              config.dropout(),
              batch,
              config.tokenExperts().of(scale, batch.target().size(0)),
              seed);
      Tensor decoded = run.forward();
      if (kept != null) {
        kept.copy_(decoded);
      }
      run.backward(
          teacher == null
              ? run.loss(decoded, sums, config.labelSmoothing(), scale)
              : run.taughtLoss(decoded, teacher, sums, config.labelSmoothing(), scale));
    }
  }

  /** Weights of each architecture, in their order; those of former updates make room. */
  private Map<SubTransformer, DirectWeights> derive(List<SubTransformer> architectures) {
    Set<SubTransformer> distinct = new LinkedHashSet<>(architectures);
    long missing = distinct.stream().filter(a -> !weights.containsKey(a)).count();
    List<SubTransformer> former =
        weights.keySet().stream().filter(a -> !distinct.contains(a)).toList();
    // The longest unused come first.
    for (int i = 0; i < former.size() && weights.size() + missing > KEPT; i++) {
      DirectWeights least = weights.remove(former.get(i));
      recorded.forget(least);
      least.close();
    }
    Map<SubTransformer, DirectWeights> derived = new LinkedHashMap<>();
    for (SubTransformer a : distinct) {
      derived.put(a, weights.computeIfAbsent(a, one -> model.deriveDirect(one, copy, kernels)));
    }
    return derived;
  }

  /** Copies an update's passes to the device; all its architectures train on them. */
  private void upload(List<Batch> passes) {
    forget();
    try (Scope scope = Scope.open().kept()) {
      batchScope = scope;
      for (Batch pass : passes) {
        PackedBatch packed = PackedBatch.of(pass);
        // Padding would take part in the balance of token experts, and take their room.
        boolean small = recorded.fits(packed);
        PackedBatch rounded =
            small
                ? RecordedPasses.rounded(packed)
                : model.config().tokenRouted() ? packed : packed.roundedUp(SIZES);
        batches.add(
            new Uploaded(
                PackedTensors.of(rounded, model.device()),
                small ? RecordedPasses.size(rounded) : null));
      }
    }
  }

  private void forget() {
    batches.clear();
    if (batchScope != null) {
      batchScope.close();
      batchScope = null;
    }
  }

  @Override
  public void close() {
    forget();
    recorded.close();
    recordedSums.close();
    weights.values().forEach(DirectWeights::close);
    weights.clear();
    copy.close();
  }
}
