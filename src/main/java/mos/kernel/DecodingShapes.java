package mos.kernel;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** What the CUDA kernels of decoding ask of tensors: they load rows eight numbers at a time. */
final class DecodingShapes {
  static final int GROUP = 8;
  static final int MAX_NORM_WIDTH = 1024;

  private static final int ALIGNMENT = 16;
  private static final int MAX_HEAD_SIZE = 256;

  private DecodingShapes() {}

  /** Whether the rows of a matrix are of whole groups of numbers, each of which is aligned. */
  static boolean loads(Tensor matrix) {
    return matrix.size(1) % GROUP == 0
        && matrix.stride(0) % GROUP == 0
        && matrix.stride(1) == 1
        && matrix.data_ptr().address() % ALIGNMENT == 0;
  }

  /** Whether attention has heads of this size: 8, 16, 32, 64, 128 or 256. */
  static boolean fitsHeads(long size) {
    return size >= GROUP && size <= MAX_HEAD_SIZE && Long.bitCount(size) == 1;
  }

  /** A tensor of a kernel's results, of the type of another. */
  static Tensor room(Tensor like, long... shape) {
    return torch.empty(shape, like.options(), null);
  }
}
