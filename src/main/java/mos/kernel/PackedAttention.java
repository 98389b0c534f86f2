package mos.kernel;

import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Scaled dot-product attention within the sentences of a packed batch.
 *
 * <p>Source: Vaswani et al. (2017), section 3.2.1.
 */
public interface PackedAttention {
  /**
   * How sentences attend.
   *
   * @param queries where the sentences' queries are
   * @param keys where their keys and values are, as many sentences
   * @param heads H
   * @param self whether queries, keys and values are of the same tokens, so that their gradients
   *     are laid out as the columns of one matrix
   * @param causal whether query t sees keys 0…t only
   * @param dropout on attention weights
   */
  record Shape(
      SequenceOffsets queries,
      SequenceOffsets keys,
      int heads,
      boolean self,
      boolean causal,
      Dropout dropout) {
    /** Queries, keys and values of the same tokens. */
    public static Shape ofSelf(SequenceOffsets tokens, int heads, boolean causal, Dropout dropout) {
      return new Shape(tokens, tokens, heads, true, causal, dropout);
    }

    /** Queries of a decoder, keys and values of the encoder. */
    public static Shape ofCross(
        SequenceOffsets queries, SequenceOffsets keys, int heads, Dropout dropout) {
      return new Shape(queries, keys, heads, false, false, dropout);
    }

    /** Whether Java does not know the sentences' lengths. */
    boolean isOpen() {
      return queries.isOpen() || keys.isOpen();
    }

    /** The same with lengths that were read back where they were not known. */
    Shape known() {
      return isOpen()
          ? new Shape(queries.known(), keys.known(), heads, self, causal, dropout)
          : this;
    }

    /** The first {@code count} sentences alone. */
    Shape first(int count) {
      return new Shape(queries.first(count), keys.first(count), heads, self, causal, dropout);
    }
  }

  /**
   * What {@link #forward} leaves.
   *
   * @param output (N, Q)
   * @param saved whatever the backward half needs beside it
   */
  record Attended(Tensor output, Tensor... saved) {}

  /** Gradients, each (N, Q). */
  record Gradient(Tensor query, Tensor key, Tensor value) {}

  /**
   * @param query (N, Q), may be a view of wider rows, like the next two
   */
  Attended forward(Tensor query, Tensor key, Tensor value, Shape shape);

  /**
   * @param gradient (N, Q), of the output
   */
  Gradient backward(
      Tensor gradient, Tensor query, Tensor key, Tensor value, Attended attended, Shape shape);

  /**
   * Up to how many tokens sentences may have of which Java does not know the lengths, see {@link
   * SequenceOffsets#open}; 0: it must know them.
   *
   * @param headSize width of a head
   */
  default int longestOpen(long headSize) {
    return 0;
  }

  /** The fastest one for tensors of a device and compute type. */
  static PackedAttention of(Device device, ScalarType type) {
    return of(device, type, false);
  }

  /**
   * @param ordered whether every run must give the same bits
   */
  static PackedAttention of(Device device, ScalarType type, boolean ordered) {
    if (device.is_cpu()) {
      return new SentenceAttention();
    }
    if (type == ScalarType.Float) {
      return new EfficientAttention();
    }
    return new ShortAttention(type, ordered ? new EfficientAttention() : new FlashAttention());
  }
}
