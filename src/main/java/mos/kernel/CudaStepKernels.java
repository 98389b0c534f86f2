package mos.kernel;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import mos.nn.LayerNorm;
import mos.nn.Linear;
import mos.tensor.Tensors;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * {@link StepKernels} for NVIDIA GPUs from compute capability 8.0 on, each operation one kernel
 * ({@link #best} two). Rows are loaded eight numbers at a time: widths must be multiples of 8,
 * heads of 8, 16, 32, 64, 128 or 256; for other sizes libtorch's operations stand in.
 */
final class CudaStepKernels implements StepKernels {
  static final int MAX_ROWS = 16;

  private static final int MAX_SHARED_BYTES = 46 << 10;
  private static final int THREADS = 256;

  /** Inputs from which on four warps share an output column. */
  private static final int DEEP = 1024;

  /** Outputs from which on a warp has four columns. */
  private static final int WIDE = 2048;

  /** Blocks a multiprocessor; more columns are taken in turn. */
  private static final int BLOCKS = 4;

  private static final int PART = 512;
  private static final int MAX_PARTS = 128;
  private static final int PARTS_OF_BLOCK = 4;

  private record Kind(ScalarType type, int rows) {}

  /** A kernel and how many columns a block of it has at a time. */
  private record LinearKernel(CudaKernel kernel, int columns) {}

  private static final Map<Kind, CudaStepKernels> COMPILED = new ConcurrentHashMap<>();

  private final TensorStepKernels general = new TensorStepKernels();
  private final int rows;
  private final int processors;
  private final CudaKernel embed;
  private final LinearKernel narrow;
  private final LinearKernel deep;
  private final LinearKernel wide;
  private final CudaKernel attendSelf;
  private final CudaKernel attendEncoder;
  private final CudaKernel bestOfParts;
  private final CudaKernel bestOfAll;

  private CudaStepKernels(CudaModule module, int rows) {
    this.rows = rows;
    processors = CudaModule.attribute(cudart.cudaDevAttrMultiProcessorCount);
    embed = new CudaKernel(module, "embed", 128);
    narrow = new LinearKernel(new CudaKernel(module, "linearNarrow", THREADS), 4);
    deep = new LinearKernel(new CudaKernel(module, "linearDeep", THREADS), 2);
    wide = new LinearKernel(new CudaKernel(module, "linearWide", THREADS), 32);
    attendSelf = new CudaKernel(module, "attendSelf", THREADS);
    attendEncoder = new CudaKernel(module, "attendEncoder", THREADS);
    bestOfParts = new CudaKernel(module, "bestOfParts", 32 * PARTS_OF_BLOCK);
    bestOfAll = new CudaKernel(module, "bestOfAll", 32 * rows);
  }

  /** Compiled at the first call. */
  static CudaStepKernels of(ScalarType type, int rows) {
    return COMPILED.computeIfAbsent(new Kind(type.intern(), rows), CudaStepKernels::compile);
  }

  private static CudaStepKernels compile(Kind kind) {
    List<String> defines = List.of(CudaModule.define(kind.type), "ROWS=" + kind.rows);
    return new CudaStepKernels(CudaModule.compile("/mos/kernel/decoding.cu", defines), kind.rows);
  }

  @Override
  public Tensor embed(Tensor tokens, Tensor position, Tensor table, Tensor positions) {
    if (!DecodingShapes.loads(table) || !DecodingShapes.loads(positions)) {
      return general.embed(tokens, position, table, positions);
    }
    long d = table.size(1);
    Tensor out = DecodingShapes.room(table, rows, d);
    embed
        .call()
        .with(tokens)
        .with(position)
        .with(table)
        .with(table.stride(0))
        .with(positions)
        .with(positions.stride(0))
        .with(out)
        .with((int) d)
        .with((float) Math.sqrt(d))
        .launch(rows, 1);
    return out;
  }

  @Override
  public Tensor linear(Tensor x, Linear map, Tensor residual) {
    if (!DecodingShapes.loads(map.weight()) || !x.is_contiguous()) {
      return general.linear(x, map, residual);
    }
    Tensor out = DecodingShapes.room(x, rows, map.weight().size(0));
    launch(x, null, null, map, residual, false, out);
    return out;
  }

  @Override
  public Normed normLinear(Tensor sum, LayerNorm norm, Linear map, boolean relu) {
    long width = sum.size(1);
    if (!DecodingShapes.loads(map.weight())
        || width > DecodingShapes.MAX_NORM_WIDTH
        || rows * width * sum.element_size() > MAX_SHARED_BYTES) {
      return general.normLinear(sum, norm, map, relu);
    }
    Tensor input = torch.empty_like(sum);
    Tensor out = DecodingShapes.room(sum, rows, map.weight().size(0));
    launch(sum, norm, input, map, null, relu, out);
    return new Normed(input, out);
  }

  /**
   * @param norm null to take {@code x} as it is; else {@code normed} is written
   */
  private void launch(
      Tensor x,
      LayerNorm norm,
      Tensor normed,
      Linear map,
      Tensor residual,
      boolean relu,
      Tensor out) {
    int in = (int) map.weight().size(1);
    int n = (int) map.weight().size(0);
    LinearKernel linear = in >= DEEP ? deep : n >= WIDE ? wide : narrow;
    linear
        .kernel
        .call()
        .with(x)
        .with(norm == null ? 0 : norm.weight().get().data_ptr().address())
        .with(norm == null ? 0 : norm.bias().get().data_ptr().address())
        .with(norm == null ? 0 : normed.data_ptr().address())
        .with(map.weight())
        .with(map.weight().stride(0))
        .with(map.bias().has_value() ? map.bias().get().data_ptr().address() : 0)
        .with(residual == null ? 0 : residual.data_ptr().address())
        .with(out)
        .with(in)
        .with(n)
        .with(relu ? 1 : 0)
        .launch(
            Math.min(CudaKernel.blocks(n, linear.columns), (long) BLOCKS * processors),
            1,
            THREADS,
            norm == null ? 0 : (int) (rows * in * x.element_size()));
  }

  @Override
  public Tensor attendSelf(Tensor projected, Tensor cache, Tensor ancestors, Tensor step) {
    long heads = cache.size(1);
    long size = cache.size(3);
    if (!DecodingShapes.fitsHeads(size)) {
      return general.attendSelf(projected, cache, ancestors, step);
    }
    Tensor out = DecodingShapes.room(projected, rows, heads * size);
    attendSelf
        .call()
        .with(projected)
        .with(cache)
        .with(ancestors)
        .with(step)
        .with(out)
        .with((int) heads)
        .with((int) size)
        .with((int) ancestors.size(1))
        .launch(heads, rows);
    return out;
  }

  @Override
  public Tensor attendEncoder(Tensor query, Tensor cache, Tensor count) {
    long heads = cache.size(1);
    long size = cache.size(3);
    if (!DecodingShapes.fitsHeads(size)) {
      return general.attendEncoder(query, cache, count);
    }
    Tensor out = DecodingShapes.room(query, rows, heads * size);
    attendEncoder
        .call()
        .with(query)
        .with(cache)
        .with(count)
        .with(out)
        .with((int) heads)
        .with((int) size)
        .with((int) cache.size(2))
        .launch(heads, rows);
    return out;
  }

  @Override
  public Continuations best(Tensor logits, int k) {
    int n = (int) logits.size(1);
    int parts = (int) CudaKernel.blocks(n, PART);
    if (parts > MAX_PARTS || k > n) {
      return general.best(logits, k);
    }
    Tensor values = Tensors.empty(ScalarType.Float, logits.device(), rows, parts, k);
    Tensor columns = Tensors.empty(ScalarType.Int, logits.device(), rows, parts, k);
    Tensor sums = Tensors.empty(ScalarType.Float, logits.device(), rows, parts, 2);
    bestOfParts
        .call()
        .with(logits)
        .with(values)
        .with(columns)
        .with(sums)
        .with(n)
        .with(parts)
        .with(k)
        .launch(CudaKernel.blocks(parts, PARTS_OF_BLOCK), rows);
    Tensor tokens = Tensors.empty(ScalarType.Long, logits.device(), k);
    Tensor from = torch.empty_like(tokens);
    bestOfAll
        .call()
        .with(values)
        .with(columns)
        .with(sums)
        .with(tokens)
        .with(from)
        .with(parts)
        .with(k)
        .launch(1, 1, 32 * rows, rows * k * (Float.BYTES + Integer.BYTES));
    return new Continuations(tokens, from);
  }
}
