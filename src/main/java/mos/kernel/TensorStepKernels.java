package mos.kernel;

import mos.nn.LayerNorm;
import mos.nn.Linear;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * {@link StepKernels} made of libtorch's operations: for any device, and what tests compare. All
 * places of a cache are attended to; a mask hides those that are not in use.
 */
final class TensorStepKernels implements StepKernels {
  private static final Scalar NEVER = Scope.own(new Scalar(Double.NEGATIVE_INFINITY));

  @Override
  public Tensor embed(Tensor tokens, Tensor position, Tensor table, Tensor positions) {
    return positions
        .index_select(0, position)
        .add(torch.embedding(table, tokens), new Scalar(Math.sqrt(table.size(1))));
  }

  @Override
  public Tensor linear(Tensor x, Linear map, Tensor residual) {
    Tensor y = map.apply(x);
    return residual == null ? y : y.add_(residual);
  }

  @Override
  public Normed normLinear(Tensor sum, LayerNorm norm, Linear map, boolean relu) {
    Tensor input = norm.apply(sum);
    Tensor output = map.apply(input);
    return new Normed(input, relu ? torch.relu(output) : output);
  }

  @Override
  public Tensor attendSelf(Tensor projected, Tensor cache, Tensor ancestors, Tensor step) {
    long rows = ancestors.size(0);
    long steps = ancestors.size(1);
    long heads = cache.size(1);
    long size = cache.size(3);
    Tensor beams = Tensors.range(rows, step.device());
    Tensor entries = beams.add(step.mul(new Scalar(rows)));
    Tensor split = projected.view(rows, 3, heads, size);
    cache.index_copy_(2, entries, split.narrow(1, 1, 2).permute(1, 2, 0, 3));
    ancestors.index_copy_(1, step, beams.view(rows, 1));
    Tensor at = Tensors.range(steps, step.device());
    Tensor own = at.mul(new Scalar(rows)).add(ancestors).view(-1);
    Tensor found =
        cache.index_select(2, own).view(2, heads, rows, steps, size).permute(0, 2, 1, 3, 4);
    return attend(split.select(1, 0).unsqueeze(2), found, at.gt(step)).reshape(rows, heads * size);
  }

  @Override
  public Tensor attendEncoder(Tensor query, Tensor cache, Tensor count) {
    long heads = cache.size(1);
    long size = cache.size(3);
    Tensor split = query.view(1, query.size(0), heads, size).transpose(1, 2);
    return attend(split, cache.unsqueeze(1), Tensors.range(cache.size(2), count.device()).ge(count))
        .transpose(1, 2)
        .reshape(query.size(0), heads * size);
  }

  /**
   * @param query (B, H, N, K)
   * @param cache (2, B, H, places, K)
   * @param hidden (places) boolean
   * @return (B, H, N, K)
   */
  private static Tensor attend(Tensor query, Tensor cache, Tensor hidden) {
    Tensor mask =
        Tensors.zeros(query.scalar_type(), query.device(), 1, 1, query.size(2), hidden.size(0))
            .masked_fill_(hidden, NEVER)
            .expand(query.size(0), query.size(1), query.size(2), hidden.size(0));
    return torch.scaled_dot_product_attention(
        query,
        cache.select(0, 0),
        cache.select(0, 1),
        Tensors.optional(mask),
        0,
        false,
        new DoubleOptional(),
        false);
  }

  @Override
  public Continuations best(Tensor logits, int k) {
    Tensor logProbabilities = torch.log_softmax(logits, -1);
    Tensor best = BestOfRow.of(logProbabilities.view(1, -1), k).columns().view(-1);
    Scalar vocabulary = new Scalar(logits.size(1));
    return new Continuations(best.remainder(vocabulary), best.floor_divide(vocabulary));
  }
}
