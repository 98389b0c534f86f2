package mos.kernel;

import java.util.List;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptionalList;
import org.bytedeco.pytorch.TensorOptionalVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * {@link TrainingKernels} that give the same bits in every run on the same kind of GPU: what fast
 * ones add up in no fixed order is thrown away and added up again by libtorch's reductions, whose
 * order depends on sizes alone. One more pass over each gradient is what it costs.
 */
final class OrderedKernels implements TrainingKernels {
  private final TrainingKernels fast;
  private final TrainingKernels wide;
  private final TensorKernels general = new TensorKernels();

  /**
   * @param fast in order but for their sums
   * @param wide the same for float32, with the same dropout
   */
  OrderedKernels(TrainingKernels fast, TrainingKernels wide) {
    this.fast = fast;
    this.wide = wide;
  }

  @Override
  public Tensor embed(
      Tensor tokens, Tensor positions, Tensor table, Tensor positionTable, Dropout dropout) {
    return fast.embed(tokens, positions, table, positionTable, dropout);
  }

  /** Rows of one token are sorted to lie together and added up by one warp. */
  @Override
  public void embedBackward(Tensor gradient, Tensor tokens, Tensor tableGradient, Dropout dropout) {
    try (Scope scope = Scope.open()) {
      Tensor rows = gradient.to(ScalarType.Float).mul(new Scalar(Math.sqrt(gradient.size(1))));
      wide.dropout(rows, dropout);
      TensorOptionalVector index =
          new TensorOptionalVector(Tensors.optional(tokens.to(ScalarType.Long)));
      tableGradient.index_put_(new TensorOptionalList(index), rows, true);
    }
  }

  @Override
  public Normed addNorm(
      Tensor residual, Tensor sublayer, Tensor weight, Tensor bias, Dropout dropout) {
    return fast.addNorm(residual, sublayer, weight, bias, dropout);
  }

  @Override
  public NormGradient addNormBackward(
      Tensor gradient,
      Normed normed,
      Tensor weight,
      Tensor weightGradient,
      Tensor biasGradient,
      Tensor linearBiasGradient,
      Dropout dropout) {
    Tensor waste = unordered(weight.numel(), weight);
    NormGradient result =
        fast.addNormBackward(gradient, normed, weight, waste, waste, waste, dropout);
    try (Scope scope = Scope.open()) {
      Tensor normalised =
          normed.sum().sub(normed.mean().view(-1, 1)).mul_(normed.inverseDeviation().view(-1, 1));
      Products.addColumnSums(weightGradient, normalised.mul_(gradient));
      Products.addColumnSums(biasGradient, gradient);
      Products.addColumnSums(linearBiasGradient, result.sublayer());
    }
    return result;
  }

  @Override
  public void dropout(Tensor x, Dropout dropout) {
    fast.dropout(x, dropout);
  }

  @Override
  public void reluBackward(
      Tensor gradient, Tensor output, Tensor biasGradient, double dropoutRate) {
    try (Scope scope = Scope.open()) {
      fast.reluBackward(gradient, output, unordered(gradient.size(1), biasGradient), dropoutRate);
      Products.addColumnSums(biasGradient, gradient);
    }
  }

  @Override
  public Tensor join(Tensor[] parts, Tensor biasGradient) {
    Tensor joined = fast.join(parts, unordered(parts.length * parts[0].size(1), biasGradient));
    try (Scope scope = Scope.open()) {
      Products.addColumnSums(biasGradient, joined);
    }
    return joined;
  }

  @Override
  public void crossEntropy(
      Tensor logits, Tensor target, Tensor sums, double smoothing, double scale) {
    try (Scope scope = Scope.open()) {
      Tensor rows = torch.zeros(new long[] {logits.size(0), 2}, sums.options());
      fast.crossEntropy(logits, target, rows, smoothing, scale);
      sums.add_(rows.sum(new long[] {0}, false, new ScalarTypeOptional()));
    }
  }

  /** Where no neurons share a weight, each has a gradient of its own; others are added up. */
  @Override
  public Mixer mixer(List<ExpertMatrix> matrices) {
    return matrices.stream().anyMatch(m -> m.shares().granularity().sharesRows())
        ? general.mixer(matrices)
        : fast.mixer(matrices);
  }

  /** Room for sums that nobody reads. */
  private static Tensor unordered(long width, Tensor like) {
    return torch.empty(new long[] {width}, like.options(), null);
  }
}
