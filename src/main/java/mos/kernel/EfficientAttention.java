package mos.kernel;

import mos.tensor.Operator;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.Tensor;

/**
 * Attention in libtorch's memory-efficient kernels for sentences of different lengths: any
 * floating-point type, any NVIDIA GPU that libtorch supports. One block has all keys of a sentence,
 * so that the queries' gradients are added up in order.
 *
 * <p>Source: Rabe and Staats, Self-attention does not need O(n²) memory (2021).
 */
final class EfficientAttention implements PackedAttention {
  private static final long CAUSAL_FROM_TOP_LEFT = 1;
  private static final Operator FORWARD =
      Operator.of(
          "aten::_efficient_attention_forward",
          "",
          "query",
          "key",
          "value",
          "cu_seqlens_q",
          "cu_seqlens_k",
          "max_seqlen_q",
          "max_seqlen_k",
          "dropout_p",
          "custom_mask_type",
          "compute_log_sumexp");
  private static final Operator BACKWARD =
      Operator.of(
          "aten::_efficient_attention_backward",
          "",
          "grad_out_",
          "query",
          "key",
          "value",
          "out",
          "cu_seqlens_q",
          "cu_seqlens_k",
          "max_seqlen_q",
          "max_seqlen_k",
          "logsumexp",
          "dropout_p",
          "philox_seed",
          "philox_offset",
          "custom_mask_type",
          "bias_requires_grad",
          "num_splits_key");

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
            shape.causal() ? CAUSAL_FROM_TOP_LEFT : 0,
            true);
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
            shape.queries().starts(),
            shape.keys().starts(),
            shape.queries().longest(),
            shape.keys().longest(),
            attended.saved()[0],
            shape.dropout().rate(),
            attended.saved()[1],
            attended.saved()[2],
            shape.causal() ? CAUSAL_FROM_TOP_LEFT : 0,
            false,
            1);
    return new Gradient(
        flat(results.get(0).toTensor()),
        flat(results.get(1).toTensor()),
        flat(results.get(2).toTensor()));
  }

  /** (N, Q) → (1, N, H, K), a view. */
  private static Tensor heads(Tensor x, int heads) {
    return x.unflatten(1, heads, x.size(1) / heads).unsqueeze(0);
  }

  private static Tensor flat(Tensor x) {
    return x.reshape(x.size(1), x.size(2) * x.size(3));
  }
}
