package mos.kernel;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * {@link TrainingKernels} for NVIDIA GPUs from compute capability 8.0 on, each operation one
 * kernel. Rows are loaded four numbers at a time: widths must be multiples of 4, norms at most 1024
 * wide; for other sizes libtorch's operations stand in. Sums over tokens are added up in no fixed
 * order, so repeated runs differ in the last bits, see {@link OrderedKernels}.
 */
public final class CudaKernels implements TrainingKernels {
  static final int GROUP = 4;

  /** Columns that a block of an elementwise kernel has. */
  private static final int BLOCK_COLUMNS = 512;

  private static final int ENTROPY_THREADS = 512;

  private static final Map<ScalarType, CudaKernels> COMPILED = new ConcurrentHashMap<>();

  private final TensorKernels general = new TensorKernels();
  private final int processors;
  private final CudaKernel embed;
  private final CudaKernel embedBackward;
  private final CudaNorm norm;
  private final CudaKernel dropout;
  private final CudaKernel reluBackward;
  private final CudaKernel join;
  private final CudaKernel columnSums;
  private final CudaKernel crossEntropy;

  /** For rows of up to 2,048 times 8 and 16 scores, which they read once; none in fp32. */
  private final NavigableMap<Integer, CudaKernel> crossEntropyOfRow = new TreeMap<>();

  private final CudaMixer.Kernels mixing;
  private final CudaKernel adam;

  private CudaKernels(CudaModule module, boolean wide) {
    processors = CudaModule.attribute(cudart.cudaDevAttrMultiProcessorCount);
    embed = new CudaKernel(module, "embed", 256);
    embedBackward = new CudaKernel(module, "embedBackward", 256);
    norm = new CudaNorm(module, processors);
    dropout = new CudaKernel(module, "dropout", 256);
    reluBackward = new CudaKernel(module, "reluBackward", 128);
    join = new CudaKernel(module, "join", 128);
    columnSums = new CudaKernel(module, "columnSums", 128);
    crossEntropy = new CudaKernel(module, "crossEntropy", ENTROPY_THREADS);
    for (int groups = 8; groups <= 16 && !wide; groups *= 2) {
      crossEntropyOfRow.put(
          GROUP * ENTROPY_THREADS * groups,
          new CudaKernel(module, "crossEntropy" + groups, ENTROPY_THREADS));
    }
    mixing =
        new CudaMixer.Kernels(
            new CudaKernel(module, "mix", 128),
            new CudaKernel(module, "mixBackward", 128),
            new CudaKernel(module, "mixBackwardTogether", 128));
    adam = new CudaKernel(module, "adam", 256);
  }

  /** The kernels for a compute type; compiled at the first call. */
  public static CudaKernels of(ScalarType type) {
    return COMPILED.computeIfAbsent(type, CudaKernels::compile);
  }

  private static CudaKernels compile(ScalarType type) {
    return new CudaKernels(
        CudaModule.compile("/mos/kernel/training.cu", List.of(CudaModule.define(type))),
        type.intern() == ScalarType.Float);
  }

  /** Blocks of rows that fill the GPU some times over, together with blocks of columns. */
  private long rowBlocks(long rows, long columnBlocks) {
    return Math.max(1, Math.min(CudaKernel.blocks(rows, 16), 8L * processors / columnBlocks));
  }

  @Override
  public Tensor embed(
      Tensor tokens, Tensor positions, Tensor table, Tensor positionTable, Dropout drop) {
    long n = tokens.size(0);
    long d = table.size(1);
    if (d % GROUP != 0) {
      return general.embed(tokens, positions, table, positionTable, drop);
    }
    Tensor out = torch.empty(new long[] {n, d}, table.options(), null);
    embed
        .call()
        .with(tokens)
        .with(positions)
        .with(table)
        .with(table.stride(0))
        .with(positionTable)
        .with(positionTable.stride(0))
        .with(out)
        .with((int) n)
        .with((int) d)
        .with((float) Math.sqrt(d))
        .with(drop)
        .launch(CudaKernel.blocks(n, 8), 1);
    return out;
  }

  @Override
  public void embedBackward(Tensor gradient, Tensor tokens, Tensor tableGradient, Dropout drop) {
    long n = tokens.size(0);
    long d = gradient.size(1);
    if (d % GROUP != 0) {
      general.embedBackward(gradient, tokens, tableGradient, drop);
      return;
    }
    embedBackward
        .call()
        .with(tokens)
        .with(gradient)
        .with(tableGradient)
        .with(tableGradient.stride(0))
        .with((int) n)
        .with((int) d)
        .with((float) Math.sqrt(d))
        .with(drop)
        .launch(CudaKernel.blocks(n, 8), 1);
  }

  @Override
  public Normed addNorm(
      Tensor residual, Tensor sublayer, Tensor weight, Tensor bias, Dropout drop) {
    return CudaNorm.fits(residual.size(1))
        ? norm.addNorm(residual, sublayer, weight, bias, drop)
        : general.addNorm(residual, sublayer, weight, bias, drop);
  }

  @Override
  public NormGradient addNormBackward(
      Tensor gradient,
      Normed normed,
      Tensor weight,
      Tensor weightGradient,
      Tensor biasGradient,
      Tensor linearBiasGradient,
      Dropout drop) {
    return CudaNorm.fits(gradient.size(1))
        ? norm.addNormBackward(
            gradient, normed, weight, weightGradient, biasGradient, linearBiasGradient, drop)
        : general.addNormBackward(
            gradient, normed, weight, weightGradient, biasGradient, linearBiasGradient, drop);
  }

  @Override
  public void dropout(Tensor x, Dropout drop) {
    if (drop.rate() == 0) {
      return;
    }
    if (x.size(1) % GROUP != 0) {
      general.dropout(x, drop);
      return;
    }
    long groups = x.numel() / GROUP;
    dropout.call().with(x).with(groups).with(drop).launch(CudaKernel.blocks(groups, 256), 1);
  }

  @Override
  public void reluBackward(
      Tensor gradient, Tensor output, Tensor biasGradient, double dropoutRate) {
    long n = gradient.size(0);
    long f = gradient.size(1);
    if (f % GROUP != 0) {
      general.reluBackward(gradient, output, biasGradient, dropoutRate);
      return;
    }
    long columns = CudaKernel.blocks(f, BLOCK_COLUMNS);
    reluBackward
        .call()
        .with(gradient)
        .with(output)
        .with(biasGradient)
        .with((int) n)
        .with((int) f)
        .with((float) (1 / (1 - dropoutRate)))
        .launch(columns, rowBlocks(n, columns));
  }

  @Override
  public Tensor join(Tensor[] parts, Tensor biasGradient) {
    long n = parts[0].size(0);
    long q = parts[0].size(1);
    if (q % GROUP != 0) {
      return general.join(parts, biasGradient);
    }
    long width = q * parts.length;
    long columns = CudaKernel.blocks(width, BLOCK_COLUMNS);
    if (areSideBySide(parts)) {
      Tensor joined = parts[0].as_strided(new long[] {n, width}, new long[] {width, 1});
      columnSums
          .call()
          .with(joined)
          .with(biasGradient)
          .with((int) n)
          .with((int) width)
          .launch(columns, rowBlocks(n, columns));
      return joined;
    }
    Tensor out = torch.empty(new long[] {n, width}, parts[0].options(), null);
    Tensor[] dense = new Tensor[parts.length];
    for (int i = 0; i < parts.length; i++) {
      dense[i] = parts[i].contiguous();
    }
    CudaKernel.Call call = join.call();
    for (int i = 0; i < 3; i++) {
      call.with(dense[Math.min(i, parts.length - 1)]);
    }
    call.with(out)
        .with(biasGradient)
        .with((int) n)
        .with((int) q)
        .with((int) width)
        .launch(columns, rowBlocks(n, columns));
    return out;
  }

  /** Whether the parts are the columns of one matrix already. */
  private static boolean areSideBySide(Tensor[] parts) {
    long q = parts[0].size(1);
    long first = parts[0].data_ptr().address();
    for (int i = 0; i < parts.length; i++) {
      long offset = i * q * parts[0].element_size();
      if (parts[i].stride(0) != q * parts.length
          || parts[i].data_ptr().address() != first + offset) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void crossEntropy(
      Tensor logits, Tensor target, Tensor sums, double smoothing, double scale) {
    long v = logits.size(1);
    Map.Entry<Integer, CudaKernel> ofRow =
        v % GROUP == 0 ? crossEntropyOfRow.ceilingEntry((int) v) : null;
    (ofRow == null ? crossEntropy : ofRow.getValue())
        .call()
        .with(logits)
        .with(target)
        .with(sums)
        .with(sums.dim() == 1 ? 0L : sums.stride(0))
        .with((int) v)
        .with((float) smoothing)
        .with((float) scale)
        .launch(logits.size(0), 1);
  }

  @Override
  public Mixer mixer(List<ExpertMatrix> matrices) {
    return SplitMixer.of(
        matrices, CudaMixer::fits, some -> new CudaMixer(some, mixing), general::mixer);
  }

  /**
   * One step of Adam on flat float32 tensors whose length is a multiple of 4.
   *
   * @param divisor () float32: gradients are divided by it
   * @param unusable () float32: if not 0, nothing is changed
   */
  public void adam(
      Tensor parameters,
      Tensor gradients,
      Tensor firstMoment,
      Tensor secondMoment,
      Tensor divisor,
      Tensor unusable,
      AdamRates rates) {
    long groups = parameters.numel() / GROUP;
    adam.call()
        .with(parameters)
        .with(gradients)
        .with(firstMoment)
        .with(secondMoment)
        .with(groups)
        .with(divisor)
        .with(unusable)
        .with((float) rates.learningRate())
        .with((float) rates.beta1())
        .with((float) rates.beta2())
        .with((float) rates.epsilon())
        .with((float) rates.weightDecay())
        .with(rates.firstCorrection())
        .with(rates.secondCorrection())
        .launch(CudaKernel.blocks(groups, 256), 1);
  }
}
