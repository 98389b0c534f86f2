package mos.kernel;

import mos.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Attention one sentence after the other: slow, plain, for the CPU and as a reference. */
final class SentenceAttention implements PackedAttention {
  private final TensorKernels kernels = new TensorKernels();

  @Override
  public int longestOpen(long headSize) {
    return Integer.MAX_VALUE;
  }

  @Override
  public Attended forward(Tensor query, Tensor key, Tensor value, Shape asked) {
    Shape shape = asked.known();
    Tensor output = torch.empty_like(query.contiguous());
    for (int b = 0; b < shape.queries().count(); b++) {
      Tensor weights = weights(query, key, shape, b);
      kernels.dropout(weights, dropout(shape, b));
      Tensor mixed = torch.matmul(weights, heads(value, shape.keys(), shape.heads(), b));
      rows(output, shape.queries(), b).copy_(merged(mixed));
    }
    return new Attended(output);
  }

  @Override
  public Gradient backward(
      Tensor gradient, Tensor query, Tensor key, Tensor value, Attended attended, Shape asked) {
    Shape shape = asked.known();
    Tensor queryGradient = torch.empty_like(query.contiguous());
    Tensor keyGradient = torch.empty_like(key.contiguous());
    Tensor valueGradient = torch.empty_like(value.contiguous());
    double scale = scale(query, shape.heads());
    for (int b = 0; b < shape.queries().count(); b++) {
      Tensor q = heads(query, shape.queries(), shape.heads(), b);
      Tensor k = heads(key, shape.keys(), shape.heads(), b);
      Tensor v = heads(value, shape.keys(), shape.heads(), b);
      Tensor g = heads(gradient, shape.queries(), shape.heads(), b);
      Tensor weights = weights(query, key, shape, b);
      Tensor dropped = weights.clone();
      kernels.dropout(dropped, dropout(shape, b));
      Tensor weightGradient = torch.matmul(g, v.transpose(1, 2));
      kernels.dropout(weightGradient, dropout(shape, b));
      Tensor inner =
          weightGradient.mul(weights).sum(new long[] {-1}, true, new ScalarTypeOptional());
      Tensor scores = weights.mul(weightGradient.sub(inner)).mul(new Scalar(scale));
      rows(queryGradient, shape.queries(), b).copy_(merged(torch.matmul(scores, k)));
      rows(keyGradient, shape.keys(), b).copy_(merged(torch.matmul(scores.transpose(1, 2), q)));
      rows(valueGradient, shape.keys(), b).copy_(merged(torch.matmul(dropped.transpose(1, 2), g)));
    }
    return new Gradient(queryGradient, keyGradient, valueGradient);
  }

  /** (H, T, S), each row sums to 1. */
  private static Tensor weights(Tensor query, Tensor key, Shape shape, int b) {
    Tensor q = heads(query, shape.queries(), shape.heads(), b);
    Tensor k = heads(key, shape.keys(), shape.heads(), b);
    Tensor scores = torch.matmul(q, k.transpose(1, 2)).mul(new Scalar(scale(query, shape.heads())));
    if (shape.causal()) {
      Tensor future =
          torch
              .ones(
                  new long[] {scores.size(1), scores.size(2)},
                  Tensors.options(torch.ScalarType.Bool, query.device()))
              .triu(1);
      scores = scores.masked_fill(future, new Scalar(Double.NEGATIVE_INFINITY));
    }
    return torch.softmax(scores, 2);
  }

  private static double scale(Tensor query, int heads) {
    return 1 / Math.sqrt((double) query.size(1) / heads);
  }

  private static Dropout dropout(Shape shape, int b) {
    return shape.dropout().part(b);
  }

  private static Tensor rows(Tensor x, SequenceOffsets offsets, int b) {
    int start = offsets.hostStarts()[b];
    return x.narrow(0, start, offsets.hostStarts()[b + 1] - start);
  }

  /** Sentence b as (H, T, K). */
  private static Tensor heads(Tensor x, SequenceOffsets offsets, int heads, int b) {
    Tensor rows = rows(x, offsets, b);
    return rows.reshape(rows.size(0), heads, x.size(1) / heads).transpose(0, 1);
  }

  /** (H, T, K) → (T, Q). */
  private static Tensor merged(Tensor x) {
    return x.transpose(0, 1).reshape(x.size(1), x.size(0) * x.size(2));
  }
}
