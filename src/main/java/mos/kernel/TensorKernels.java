package mos.kernel;

import java.util.List;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * {@link TrainingKernels} made of libtorch's operations: for any device, and what tests compare.
 */
public final class TensorKernels implements TrainingKernels {
  private static final double EPSILON = 1e-5;

  @Override
  public Tensor embed(
      Tensor tokens, Tensor positions, Tensor table, Tensor positionTable, Dropout dropout) {
    Tensor rows = table.index_select(0, tokens).mul(new Scalar(Math.sqrt(table.size(1))));
    Tensor places = positionTable.index_select(0, positions).to(table.scalar_type());
    Tensor sum = rows.add(places);
    dropout(sum, dropout);
    return sum;
  }

  @Override
  public void embedBackward(Tensor gradient, Tensor tokens, Tensor tableGradient, Dropout dropout) {
    Tensor rows = gradient.to(ScalarType.Float).mul(new Scalar(Math.sqrt(gradient.size(1))));
    dropout(rows, dropout);
    tableGradient.index_add_(0, tokens, rows);
  }

  @Override
  public Normed addNorm(
      Tensor residual, Tensor sublayer, Tensor weight, Tensor bias, Dropout dropout) {
    dropout(sublayer, dropout);
    Tensor sum = residual.add(sublayer);
    T_TensorTensorTensor_T normed =
        torch.native_layer_norm(
            sum.to(ScalarType.Float),
            new long[] {weight.numel()},
            Tensors.optional(weight),
            Tensors.optional(bias),
            EPSILON);
    return new Normed(normed.get0().to(residual.scalar_type()), sum, normed.get1(), normed.get2());
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
    BoolPointer all = new BoolPointer(3);
    for (int i = 0; i < 3; i++) {
      all.put(i, true);
    }
    T_TensorTensorTensor_T parts =
        torch.native_layer_norm_backward(
            gradient.to(ScalarType.Float),
            normed.sum().to(ScalarType.Float),
            new long[] {weight.numel()},
            normed.mean(),
            normed.inverseDeviation(),
            Tensors.optional(weight),
            Tensors.optional(weight),
            all);
    weightGradient.add_(parts.get1());
    biasGradient.add_(parts.get2());
    Tensor residual = parts.get0().to(gradient.scalar_type());
    Tensor sublayer = residual.clone();
    dropout(sublayer, dropout);
    Products.addColumnSums(linearBiasGradient, sublayer);
    return new NormGradient(residual, sublayer);
  }

  @Override
  public void dropout(Tensor x, Dropout dropout) {
    if (dropout.rate() > 0) {
      torch.manual_seed(dropout.wholeSeed());
      Tensor kept =
          torch.rand(x.sizes().vec().get(), Tensors.options(ScalarType.Float, x.device()));
      Tensor mask = kept.ge(new Scalar(dropout.rate())).to(x.scalar_type());
      x.mul_(mask).mul_(new Scalar(1 / (1 - dropout.rate())));
    }
  }

  @Override
  public void reluBackward(
      Tensor gradient, Tensor output, Tensor biasGradient, double dropoutRate) {
    gradient.mul_(output.gt(new Scalar(0)).to(gradient.scalar_type()));
    if (dropoutRate > 0) {
      gradient.mul_(new Scalar(1 / (1 - dropoutRate)));
    }
    Products.addColumnSums(biasGradient, gradient);
  }

  @Override
  public Tensor join(Tensor[] parts, Tensor biasGradient) {
    Tensor joined = torch.cat(new TensorVector(parts), 1);
    Products.addColumnSums(biasGradient, joined);
    return joined;
  }

  @Override
  public void crossEntropy(
      Tensor logits, Tensor target, Tensor sums, double smoothing, double scale) {
    Tensor logProbabilities =
        torch.log_softmax(logits, 1, new ScalarTypeOptional(ScalarType.Float));
    Tensor counts = target.ge(new Scalar(0)).to(ScalarType.Float).unsqueeze(1);
    Tensor index = target.clamp_min(new Scalar(0)).to(ScalarType.Long).unsqueeze(1);
    Tensor likelihood = logProbabilities.gather(1, index).squeeze(1).neg();
    Tensor uniform =
        logProbabilities
            .sum(new long[] {1}, false, new ScalarTypeOptional())
            .mul(new Scalar(-smoothing / logits.size(1)));
    Tensor loss = likelihood.mul(new Scalar(1 - smoothing)).add(uniform);
    Tensor rows = torch.stack(new TensorVector(loss, likelihood), 1).mul(counts);
    rows = rows.to(ScalarType.Double);
    sums.add_(sums.dim() == 1 ? rows.sum(new long[] {0}, false, new ScalarTypeOptional()) : rows);
    Tensor gradient = logProbabilities.exp_().sub_(new Scalar(smoothing / logits.size(1)));
    Tensor hits = torch.full_like(index.to(ScalarType.Float), new Scalar(smoothing - 1));
    gradient.scatter_add_(1, index, hits);
    logits.copy_(gradient.mul_(counts).mul_(new Scalar(scale)));
  }

  @Override
  public Mixer mixer(List<ExpertMatrix> matrices) {
    return new TensorMixer(matrices);
  }

  private record TensorMixer(List<ExpertMatrix> matrices) implements Mixer {
    TensorMixer {
      if (matrices.isEmpty()) {
        throw new IllegalArgumentException("mixer: got no matrices, need at least one");
      }
    }

    @Override
    public void mix(Tensor[] mixtures) {
      matrices.forEach(matrix -> TensorKernels.mix(matrix, mixtures));
    }

    @Override
    public void mixBackward(
        List<Mixer> mixers, Tensor[] mixtures, Tensor[] mixtureGradients, boolean overwrite) {
      for (ExpertMatrix matrix : matrices) {
        if (overwrite) {
          matrix.weightGradients().zero_();
          matrix.biasGradients().zero_();
        }
      }
      for (int a = 0; a < mixers.size(); a++) {
        Tensor[] shares = Mixer.of(mixtures, a);
        Tensor[] gradients = Mixer.of(mixtureGradients, a);
        ((TensorMixer) mixers.get(a))
            .matrices.forEach(m -> TensorKernels.mixBackward(m, shares, gradients));
      }
    }
  }

  private static void mix(ExpertMatrix matrix, Tensor[] mixtures) {
    try (Scope scope = Scope.open()) {
      Tensor shares = matrix.shares().of(mixtures);
      matrix.mixed().weight().copy_(matrix.weights().mul(shares(shares, 3)).sum(0));
      matrix.mixed().bias().get().copy_(matrix.biases().mul(shares(shares, 2)).sum(0));
    }
  }

  private static void mixBackward(
      ExpertMatrix matrix, Tensor[] mixtures, Tensor[] mixtureGradients) {
    try (Scope scope = Scope.open()) {
      Tensor mixture = matrix.shares().of(mixtures);
      Tensor weightGradient = matrix.mixedGradient().weight().unsqueeze(0);
      Tensor biasGradient = matrix.mixedGradient().bias().get().unsqueeze(0);
      matrix.weightGradients().add_(weightGradient.mul(shares(mixture, 3)));
      matrix.biasGradients().add_(biasGradient.mul(shares(mixture, 2)));
      // (M, out): how much the loss changes with each neuron's weight of each expert.
      Tensor rows =
          matrix.weights().mul(weightGradient).sum(2).add(matrix.biases().mul(biasGradient));
      matrix.shares().addGradient(mixtureGradients, rows.t());
    }
  }

  /** The weights, (1 or out, M), as (M, 1 or out, 1…) of so many dimensions. */
  private static Tensor shares(Tensor mixture, int dimensions) {
    Tensor shares = mixture.t();
    return dimensions == 3 ? shares.unsqueeze(2) : shares;
  }
}
