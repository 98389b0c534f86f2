package mos.kernel;

import mos.nn.LayerNorm;
import mos.nn.Linear;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * {@link BatchKernels} made of libtorch's operations: for the CPU, and what tests compare. All
 * beams of a sentence attend to all its entries at once, masked. Reads the slots' state, so that it
 * cannot be recorded; all of the n sentences must be active.
 */
final class TensorBatchKernels implements BatchKernels {
  private static final Scalar NEVER = Scope.own(new Scalar(Double.NEGATIVE_INFINITY));

  @Override
  public Tensor embed(Slots slots, int n, Tensor table, Tensor positions) {
    Tensor tokens = of(slots.tokens(), slots, n).reshape(-1);
    Tensor scaled = torch.embedding(table, tokens).mul_(new Scalar(Math.sqrt(table.size(1))));
    Tensor places = positions.index_select(0, of(slots.step(), slots, n));
    return scaled.view(n, slots.beam(), -1).add_(places.unsqueeze(1)).view(tokens.size(0), -1);
  }

  @Override
  public Tensor linear(Tensor x, Linear map, boolean relu) {
    Tensor y = map.apply(x);
    return relu ? y.relu_() : y;
  }

  @Override
  public Tensor addNorm(Tensor sublayer, Tensor residual, LayerNorm norm) {
    return norm.apply(sublayer.add(residual));
  }

  @Override
  public Tensor attendSelf(Slots slots, int n, Tensor projected, Tensor cache, int heads) {
    long beam = slots.beam();
    long width = projected.size(1) / 3;
    Device device = projected.device();
    Tensor step = of(slots.step(), slots, n);
    long filled = step.max().item_int() + 1L;
    Tensor entries =
        slots.active().narrow(0, 0, n).mul(new Scalar(cache.size(1))).add(step).to(ScalarType.Long);
    cache
        .view(cache.size(0) * cache.size(1), beam, 2 * width)
        .index_copy_(0, entries, projected.view(n, beam, 3 * width).narrow(2, width, 2 * width));
    Tensor at = Tensors.range(filled, device).view(1, 1, filled, 1);
    Tensor now = step.view(n, 1, 1, 1);
    Tensor beams = Tensors.range(beam, device);
    Tensor own = beams.view(1, beam, 1, 1).eq(beams.view(1, 1, 1, beam));
    Tensor ancestors = of(slots.ancestors().narrow(2, 0, filled), slots, n).unsqueeze(3);
    Tensor descends = ancestors.eq(beams.view(1, 1, 1, beam)).logical_and(at.lt(now));
    Tensor seen = descends.logical_or(own.logical_and(at.eq(now)));
    Tensor used = of(cache.narrow(1, 0, filled), slots, n).view(n, filled * beam, 2 * width);
    return attend(projected, 3, used, seen.view(n, 1, beam, filled * beam), heads);
  }

  @Override
  public Tensor attendEncoder(Slots slots, int n, Tensor query, Tensor cache, int heads) {
    long attended = cache.size(2);
    Tensor lengths = of(slots.length(), slots, n);
    long longest = lengths.max().item_int();
    Tensor places = of(slots.place(), slots, n);
    Tensor used =
        rows(cache.narrow(1, 0, longest), places).view(n, longest * attended, cache.size(3));
    Tensor seen =
        Tensors.range(longest * attended, query.device())
            .view(1, 1, 1, -1)
            .lt(lengths.mul(new Scalar(attended)).view(n, 1, 1, 1));
    return attend(query, 1, used, seen, heads);
  }

  /**
   * @param projected contiguous (N, parts·Q), each row beginning with the query
   * @param entries (n, E, 2Q), keys and values
   * @param seen boolean, broadcast to (n, H, beam, E)
   */
  private static Tensor attend(
      Tensor projected, int parts, Tensor entries, Tensor seen, int heads) {
    long n = entries.size(0);
    long beam = projected.size(0) / n;
    long width = projected.size(1) / parts;
    long size = width / heads;
    Tensor query = projected.view(n, beam, parts, heads, size).select(2, 0).transpose(1, 2);
    Tensor split = entries.view(n, entries.size(1), 2, heads, size).permute(2, 0, 3, 1, 4);
    Tensor mask =
        Tensors.zeros(query.scalar_type(), query.device(), n, 1, seen.size(2), seen.size(3))
            .masked_fill_(seen.logical_not(), NEVER);
    return torch
        .scaled_dot_product_attention(
            query,
            split.select(0, 0),
            split.select(0, 1),
            Tensors.optional(mask),
            0,
            false,
            new DoubleOptional(),
            false)
        .transpose(1, 2)
        .reshape(n * beam, width);
  }

  /** What belongs to the active slots, in their order. */
  private static Tensor of(Tensor all, Slots slots, int n) {
    return rows(all, slots.active().narrow(0, 0, n));
  }

  /** The rows of an index; a view where they are the first ones in order. */
  private static Tensor rows(Tensor all, Tensor index) {
    long n = index.size(0);
    boolean first = index.equal(torch.arange(new Scalar(n), index.options()));
    return first ? all.narrow(0, 0, n) : all.index_select(0, index);
  }
}
