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

  private final SuperTransformer model;
  private final GradientConfig config;
  private final TrainingKernels kernels;
  private final PackedAttention attention;
  private final ComputeCopy copy;
  private final Map<SubTransformer, DirectWeights> weights =
      new LinkedHashMap<>(2 * KEPT, 0.75f, true);
  private final List<PackedTensors> batches = new ArrayList<>();
  private Scope batchScope;

  PackedEngine(
      SuperTransformer model,
      GradientConfig config,
      TrainingKernels kernels,
      PackedAttention attention) {
    this.model = model;
    this.config = config;
    this.kernels = kernels;
    this.attention = attention;
    this.copy = new ComputeCopy(model, config.precision());
  }

  @Override
  public Tensor gradients(
      List<SubTransformer> architectures,
      List<Batch> passes,
      long[] seeds,
      long[] tokenSeeds,
      double scale) {
    upload(passes);
    // Experts and routers draw no more than this one's numbers.
    torch.manual_seed(seeds[0]);
    // Twice the same counts twice, with dropout of its own.
    Map<SubTransformer, DirectWeights> derived = derive(architectures);
    Tensor sums = Tensors.zeros(ScalarType.Double, model.device(), 2);
    try (Scope scope = Scope.open()) {
      DirectUpdate update = model.directUpdate(List.copyOf(derived.values()), true);
      boolean teaching = config.distillation().active() && seeds.length > 1;
      Teacher[] teachers = new Teacher[batches.size()];
      for (int k = 0; k < seeds.length; k++) {
        DirectWeights direct = derived.get(architectures.get(k));
        torch.manual_seed(tokenSeeds[k]);
        for (int p = 0; p < batches.size(); p++) {
          Tensor decoded = teaching && k == 0 ? room(direct, batches.get(p)) : null;
          pass(direct, batches.get(p), teachers[p], decoded, sums, scale, tokenSeeds[k] + p);
          if (decoded != null) {
            teachers[p] =
                new Teacher(config.distillation(), decoded, direct.weights().outputEmbedding());
          }
        }
      }
      update.backpropagate();
    }
    return sums;
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
      weights.remove(former.get(i)).close();
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
        PackedBatch rounded = model.config().tokenRouted() ? packed : packed.roundedUp();
        batches.add(PackedTensors.of(rounded, model.device()));
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
    weights.values().forEach(DirectWeights::close);
    weights.clear();
    copy.close();
  }
}
