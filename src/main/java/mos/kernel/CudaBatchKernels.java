package mos.kernel;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import mos.nn.LayerNorm;
import mos.nn.Linear;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * {@link BatchKernels} for NVIDIA GPUs from compute capability 8.0 on: matrix products are
 * libtorch's, everything else is one kernel an operation. Widths must be multiples of 8 and heads
 * of a power of two.
 */
final class CudaBatchKernels implements BatchKernels {
  static final int MAX_BEAM = 16;

  private static final int ROWS_OF_BLOCK = 8;
  private static final int BEAMS_OF_BLOCK = 8;
  private static final int HEADS_OF_BLOCK = 4;

  private record Kind(ScalarType type, int beam) {}

  private static final Map<Kind, CudaModule> COMPILED = new ConcurrentHashMap<>();

  private final TensorBatchKernels general = new TensorBatchKernels();
  private final int beam;
  private final CudaKernel embed;
  private final CudaKernel addNorm;
  private final CudaKernel attendSelf;
  private final CudaKernel attendEncoder;

  private CudaBatchKernels(CudaModule module, int beam) {
    this.beam = beam;
    embed = new CudaKernel(module, "embedSlots", 128);
    addNorm = new CudaKernel(module, "addNorm", 32 * ROWS_OF_BLOCK);
    attendSelf = new CudaKernel(module, "attendSelfSlots", 32 * HEADS_OF_BLOCK);
    attendEncoder = new CudaKernel(module, "attendEncoderSlots", 32 * HEADS_OF_BLOCK);
  }

  static CudaBatchKernels of(ScalarType type, int beam) {
    return new CudaBatchKernels(module(type, beam), beam);
  }

  /** Compiled at the first call. */
  static CudaModule module(ScalarType type, int beam) {
    return COMPILED.computeIfAbsent(
        new Kind(type.intern(), beam),
        kind ->
            CudaModule.compile(
                "/mos/kernel/batch.cu",
                List.of(CudaModule.define(kind.type), "BEAM=" + kind.beam)));
  }

  static boolean fits(int beam, long width, long heads) {
    return beam <= MAX_BEAM && DecodingShapes.fitsHeads(width / heads);
  }

  @Override
  public Tensor embed(Slots slots, int n, Tensor table, Tensor positions) {
    if (!DecodingShapes.loads(table) || !DecodingShapes.loads(positions)) {
      throw new IllegalArgumentException(
          "embeddings are not of whole groups of " + DecodingShapes.GROUP);
    }
    long d = table.size(1);
    Tensor out = DecodingShapes.room(table, (long) n * beam, d);
    embed
        .call()
        .with(slots.active())
        .with(slots.step())
        .with(slots.tokens())
        .with(table)
        .with(table.stride(0))
        .with(positions)
        .with(positions.stride(0))
        .with(out)
        .with((int) d)
        .with((float) Math.sqrt(d))
        .launch((long) n * beam, 1);
    return out;
  }

  @Override
  public Tensor linear(Tensor x, Linear map, boolean relu) {
    if (relu && map.bias().has_value()) {
      return Products.linearRelu(x, map);
    }
    return general.linear(x, map, relu);
  }

  @Override
  public Tensor addNorm(Tensor sublayer, Tensor residual, LayerNorm norm) {
    long width = sublayer.size(1);
    if (width % DecodingShapes.GROUP != 0
        || width > DecodingShapes.MAX_NORM_WIDTH
        || !sublayer.is_contiguous()
        || !residual.is_contiguous()) {
      return general.addNorm(sublayer, residual, norm);
    }
    Tensor out = torch.empty_like(sublayer);
    addNorm
        .call()
        .with(sublayer)
        .with(residual)
        .with(norm.weight().get())
        .with(norm.bias().get())
        .with(out)
        .with((int) sublayer.size(0))
        .with((int) width)
        .launch(CudaKernel.blocks(sublayer.size(0), ROWS_OF_BLOCK), 1);
    return out;
  }

  @Override
  public Tensor attendSelf(Slots slots, int n, Tensor projected, Tensor cache, int heads) {
    long width = projected.size(1) / 3;
    Tensor out = DecodingShapes.room(projected, projected.size(0), width);
    attendSelf
        .call()
        .with(slots.active())
        .with(slots.step())
        .with(slots.ancestors())
        .with(slots.steps())
        .with(projected)
        .with(cache)
        .with(out)
        .with((int) width)
        .with((int) width / heads)
        .with((int) cache.size(1))
        .launch(CudaKernel.blocks(heads, HEADS_OF_BLOCK), projected.size(0));
    return out;
  }

  @Override
  public Tensor attendEncoder(Slots slots, int n, Tensor query, Tensor cache, int heads) {
    long width = query.size(1);
    Tensor out = DecodingShapes.room(query, query.size(0), width);
    attendEncoder
        .call()
        .with(slots.active())
        .with(slots.place())
        .with(slots.length())
        .with(query)
        .with(cache)
        .with(out)
        .with((int) width)
        .with((int) width / heads)
        .with((int) (cache.size(1) * cache.size(2)))
        .with((int) cache.size(2))
        .launch(
            CudaKernel.blocks(heads, HEADS_OF_BLOCK),
            n,
            (int) CudaKernel.blocks(beam, BEAMS_OF_BLOCK));
    return out;
  }
}
