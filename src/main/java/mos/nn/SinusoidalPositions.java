package mos.nn;

import mos.tensor.Tensors;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Sinusoidal position embeddings in fairseq's form: the first half of the columns are sines, the
 * second half cosines, wavelengths from 2π to 10,000·2π over the full width.
 *
 * <p>Source: Vaswani et al. (2017), section 3.5; the halves instead of alternating columns and the
 * divisor width/2 − 1 follow fairseq.
 */
public final class SinusoidalPositions {
  private SinusoidalPositions() {}

  /**
   * The embeddings of consecutive positions.
   *
   * @param first the number of the first position; fairseq counts tokens from pad + 1 = 2
   * @param count how many positions
   * @param width the SuperTransformer's width, even, at least 4
   * @return (count, width) float32; SubTransformers use its first columns
   */
  public static Tensor table(int first, int count, int width, Device device) {
    long half = width / 2;
    TensorOptions options = Tensors.options(ScalarType.Float, Tensors.cpu());
    // On the CPU whatever the device, so that all have the same numbers.
    Tensor frequencies =
        torch
            .arange(new Scalar(half), options)
            .mul(new Scalar(-Math.log(10_000) / (half - 1)))
            .exp();
    Tensor angles =
        torch
            .arange(new Scalar((long) first), new Scalar((long) first + count), options)
            .unsqueeze(1)
            .mul(frequencies);
    return Tensors.cat(1, angles.sin(), angles.cos()).to(device, ScalarType.Float);
  }
}
