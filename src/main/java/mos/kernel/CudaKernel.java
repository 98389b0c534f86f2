package mos.kernel;

import mos.tensor.Scope;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch_cuda;

/** One kernel of a {@link CudaModule} with room for its arguments; for one thread. */
final class CudaKernel {
  private static final int MAX_ARGUMENTS = 24;

  private final CUfunc_st function;
  private final String name;
  private final int threads;
  private final BytePointer values;
  private final PointerPointer<BytePointer> places;
  private final Call call = new Call();

  /**
   * @param threads of a block
   */
  CudaKernel(CudaModule module, String name, int threads) {
    this.function = module.function(name);
    this.name = name;
    this.threads = threads;
    try (Scope scope = Scope.open()) {
      values = Scope.own(new BytePointer(8L * MAX_ARGUMENTS));
      places = Scope.own(new PointerPointer<>(MAX_ARGUMENTS));
      for (int i = 0; i < MAX_ARGUMENTS; i++) {
        places.put(i, new BytePointer(values).position(8L * i));
      }
    }
  }

  /** Allows blocks more than the usual 48 KB of shared memory. */
  CudaKernel allowSharedBytes(int bytes) {
    CudaModule.check(
        cudart.cuFuncSetAttribute(
            function, cudart.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, bytes),
        name);
    return this;
  }

  /** Blocks for {@code work}, each of which does {@code each}. */
  static long blocks(long work, long each) {
    return (work + each - 1) / each;
  }

  /** A call of it without arguments yet; what a former one left half-made is forgotten. */
  Call call() {
    call.used = 0;
    return call;
  }

  /** Arguments, one after the other in the kernel's order, then the launch. */
  final class Call {
    private int used;

    /** The next argument: a tensor's address. */
    Call with(Tensor tensor) {
      return with(tensor.data_ptr().address());
    }

    /** The next argument: 64 bits. */
    Call with(long value) {
      values.putLong(8L * used++, value);
      return this;
    }

    /** The next argument: 32 bits. */
    Call with(int value) {
      values.putInt(8L * used++, value);
      return this;
    }

    /** The next argument: a float. */
    Call with(float value) {
      values.putFloat(8L * used++, value);
      return this;
    }

    /** The next four arguments: threshold, scale of what is kept, seed, where more of it is. */
    Call with(Dropout dropout) {
      with((int) (long) (dropout.rate() * (1L << 32)));
      with((float) (1 / (1 - dropout.rate())));
      with(dropout.seed());
      return dropout.base() == null ? with(0L) : with(dropout.base());
    }

    /** Gives it to the current stream. */
    void launch(long blocksX, long blocksY) {
      launch(blocksX, blocksY, threads, 0);
    }

    /** The same with blocks in three dimensions. */
    void launch(long blocksX, long blocksY, int blocksZ) {
      launch(blocksX, blocksY, blocksZ, threads, 0);
    }

    /**
     * @param blockThreads threads of a block
     * @param sharedBytes shared memory of a block beside what the kernel declares
     */
    void launch(long blocksX, long blocksY, int blockThreads, int sharedBytes) {
      launch(blocksX, blocksY, 1, blockThreads, sharedBytes);
    }

    private void launch(
        long blocksX, long blocksY, int blocksZ, int blockThreads, int sharedBytes) {
      CUstream_st stream = torch_cuda.getCurrentCUDAStream().stream();
      CudaModule.check(
          cudart.cuLaunchKernel(
              function,
              Math.toIntExact(blocksX),
              Math.toIntExact(blocksY),
              blocksZ,
              blockThreads,
              1,
              1,
              sharedBytes,
              stream,
              places,
              null),
          name);
    }
  }
}
