package mos.parity;

import com.fasterxml.jackson.databind.JsonNode;
import mos.data.Batch;
import mos.data.PackedBatch;
import mos.tensor.SafeTensors;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The inputs of a golden file. The reference pads sources at the left; here padding is moved to the
 * right, which changes nothing that is compared.
 *
 * @param shifts left padding of each sentence
 */
record GoldenBatch(
    Tensor source, Tensor mask, Tensor previous, Tensor target, int pad, int[] shifts) {

  static GoldenBatch read(JsonNode golden, SafeTensors tensors, Device device) {
    int pad = golden.path("pad").asInt();
    Tensor recorded = tensors.read("src");
    int batch = (int) recorded.size(0);
    int length = (int) recorded.size(1);
    long[] left = Tensors.toLongs(recorded);
    long[] right = new long[left.length];
    int[] shifts = new int[batch];
    for (int b = 0; b < batch; b++) {
      while (left[b * length + shifts[b]] == pad) {
        shifts[b]++;
      }
      for (int s = 0; s < length; s++) {
        int from = s + shifts[b];
        right[b * length + s] = from < length ? left[b * length + from] : pad;
      }
    }
    Tensor source = Tensors.of(right, device, batch, length);
    return new GoldenBatch(
        source,
        source.ne(new Scalar(pad)),
        tensors.contains("prev_output") ? onDevice(tensors, "prev_output", device) : null,
        tensors.contains("target") ? onDevice(tensors, "target", device) : null,
        pad,
        shifts);
  }

  /** The rows of (B, T, V) logits at which the target is a token, not padding: (N, V) float32. */
  Tensor atTokens(Tensor logits) {
    Tensor rows = target.view(-1).ne(new Scalar(pad)).nonzero().view(-1);
    return logits.view(-1, logits.size(2)).index_select(0, rows).to(ScalarType.Float);
  }

  /** The same without padding. */
  PackedBatch packed() {
    return PackedBatch.of(
        new Batch(
            shifts, rows(source), shifts, rows(target), rows(previous), (int) target.numel()));
  }

  private static int[][] rows(Tensor matrix) {
    long[] values = Tensors.toLongs(matrix);
    int width = (int) matrix.size(1);
    int[][] rows = new int[values.length / width][width];
    for (int i = 0; i < values.length; i++) {
      rows[i / width][i % width] = (int) values[i];
    }
    return rows;
  }

  private static Tensor onDevice(SafeTensors tensors, String name, Device device) {
    Tensor host = tensors.read(name);
    return host.to(device, host.scalar_type());
  }

  /**
   * Relative error of encoder outputs over the positions that hold a token.
   *
   * @param expected (S, B, D), padded at the left
   * @param got (B, S, D), padded at the right
   */
  double encoderError(Tensor expected, Tensor got) {
    int length = (int) expected.size(0);
    int batch = (int) expected.size(1);
    int width = (int) expected.size(2);
    float[] e = Tensors.toFloats(expected);
    float[] g = Tensors.toFloats(got);
    double error = 0;
    double norm = 0;
    for (int b = 0; b < batch; b++) {
      for (int s = shifts[b]; s < length; s++) {
        for (int d = 0; d < width; d++) {
          double want = e[(s * batch + b) * width + d];
          double have = g[(b * length + s - shifts[b]) * width + d];
          error += (want - have) * (want - have);
          norm += want * want;
        }
      }
    }
    return Math.sqrt(error / norm);
  }
}
