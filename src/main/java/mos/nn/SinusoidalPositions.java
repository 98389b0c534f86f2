package mos.nn;

import mos.tensor.Tensors;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;

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
    int half = width / 2;
    double step = Math.log(10_000) / (half - 1);
    float[] values = new float[count * width];
    for (int i = 0; i < half; i++) {
      float frequency = (float) Math.exp(-step * i);
      for (int p = 0; p < count; p++) {
        float angle = (first + p) * frequency;
        values[p * width + i] = (float) Math.sin(angle);
        values[p * width + half + i] = (float) Math.cos(angle);
      }
    }
    return Tensors.of(values, device, count, width);
  }
}
