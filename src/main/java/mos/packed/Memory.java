package mos.packed;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What decoder layers see of the encoder: the outputs of its last one, two or three layers. The
 * rows of a token follow each other, so that a sentence's stay together; attention does not ask for
 * the order of its keys.
 */
final class Memory {
  private final boolean training;
  private final List<Tensor> layers = new ArrayList<>();
  private final Map<Integer, View> views = new TreeMap<>();

  /**
   * The last {@code count} layers.
   *
   * @param count how many layers
   * @param rows (N·count, D): for each token the last layer's row, then those before it
   * @param gradient (N·count, D) float32, added to; null in evaluation
   */
  record View(int count, Tensor rows, Tensor gradient) {
    /** The gradient of the {@code layer}-th layer from the end, (N, D), a view. */
    Tensor gradient(int layer) {
      return gradient.view(-1, count, gradient.size(1)).select(1, layer);
    }
  }

  /**
   * @param training whether views have places for their gradients
   */
  Memory(boolean training) {
    this.training = training;
  }

  /**
   * Adds the next encoder layer's output.
   *
   * @throws IllegalStateException after a view was made, which would lack it
   */
  void add(Tensor output) {
    if (!views.isEmpty()) {
      throw new IllegalStateException("memory: got a layer after the decoder had begun");
    }
    layers.add(output);
  }

  /** The last layer's output, (N, D). */
  Tensor last() {
    return layers.get(layers.size() - 1);
  }

  /** The last {@code count} layers; the same view for the same number. */
  View view(int count) {
    return views.computeIfAbsent(count, this::make);
  }

  private View make(int count) {
    Tensor last = last();
    Tensor rows = last;
    if (count > 1) {
      TensorVector parts = new TensorVector();
      for (int i = 0; i < count; i++) {
        parts.push_back(layers.get(layers.size() - 1 - i));
      }
      rows = torch.stack(parts, 1).view(-1, last.size(1));
    }
    Tensor gradient =
        training ? Tensors.zeros(ScalarType.Float, rows.device(), rows.sizes().vec().get()) : null;
    return new View(count, rows, gradient);
  }

  /**
   * Adds to the gradient of an encoder layer's output what decoder layers made of it.
   *
   * @param gradient (N, D), changed
   * @param layer from the end, 0 the last
   */
  void addGradient(Tensor gradient, int layer) {
    for (View view : views.values()) {
      if (layer < view.count) {
        gradient.add_(view.gradient(layer));
      }
    }
  }
}
