package mos.kernel;

import mos.tensor.Operator;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.Tensor;

/**
 * Attention in libtorch's flash kernels for sentences of different lengths; 16-bit types, NVIDIA
 * GPUs from Ampere on.
 *
 * <p>Source: Dao, FlashAttention-2 (2023).
 */
final class FlashAttention implements PackedAttention {
  private static final Operator FORWARD =
      Operator.of(
          "aten::_flash_attention_forward",
          "",
          "query",
          "key",
          "value",
          "cum_seq_q",
          "cum_seq_k",
          "max_q",
          "max_k",
          "dropout_p",
          "is_causal",
          "return_debug_mask");
  private static final Operator BACKWARD =
      Operator.of(
          "aten::_flash_attention_backward",
          "",
          "grad_out",
          "query",
          "key",
          "value",
          "out",
          "logsumexp",
          "cum_seq_q",
          "cum_seq_k",
          "max_q",
          "max_k",
          "dropout_p",
          "is_causal",
          "rng_state",
          "unused");

  @Override
  public Attended forward(Tensor query, Tensor key, Tensor value, Shape shape) {
    IValueVector results =
        FORWARD.call(
            heads(query, shape.heads()),
            heads(key, shape.heads()),
            heads(value, shape.heads()),
            shape.queries().starts(),
            shape.keys().starts(),
            shape.queries().longest(),
            shape.keys().longest(),
            shape.dropout().rate(),
            shape.causal(),
            false);
    Tensor output = results.get(0).toTensor();
    return new Attended(
        output.view(query.size(0), query.size(1)),
        results.get(1).toTensor(),
        results.get(2).toTensor(),
        results.get(3).toTensor());
  }

  @Override
  public Gradient backward(
      Tensor gradient, Tensor query, Tensor key, Tensor value, Attended attended, Shape shape) {
    IValueVector results =
        BACKWARD.call(
            heads(gradient, shape.heads()),
            heads(query, shape.heads()),
            heads(key, shape.heads()),
            heads(value, shape.heads()),
            heads(attended.output(), shape.heads()),
            attended.saved()[0],
            shape.queries().starts(),
            shape.keys().starts(),
            shape.queries().longest(),
            shape.keys().longest(),
            shape.dropout().rate(),
            shape.causal(),
            attended.saved()[1],
            attended.saved()[2]);
    return new Gradient(
        flat(results.get(0).toTensor()),
        flat(results.get(1).toTensor()),
        flat(results.get(2).toTensor()));
  }

  /** (N, Q) → (N, H, K), a view. */
  private static Tensor heads(Tensor x, int heads) {
    return x.unflatten(1, heads, x.size(1) / heads);
  }

  private static Tensor flat(Tensor x) {
    return x.view(x.size(0), x.size(1) * x.size(2));
  }
}
