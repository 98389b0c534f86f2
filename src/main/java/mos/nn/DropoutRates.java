package mos.nn;

import mos.base.ConfigurationException;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Dropout probabilities, each in [0, 1).
 *
 * @param dropout on embeddings and sublayer outputs
 * @param attention on attention weights
 * @param activation after the FFN's activation
 */
public record DropoutRates(double dropout, double attention, double activation) {
  /** Evaluation: nothing is dropped. */
  public static final DropoutRates NONE = new DropoutRates(0, 0, 0);

  public DropoutRates {
    check("dropout", dropout);
    check("attention-dropout", attention);
    check("activation-dropout", activation);
  }

  private static void check(String name, double rate) {
    if (!(rate >= 0 && rate < 1)) {
      throw new ConfigurationException(name + ": got " + rate + ", must be in [0, 1)");
    }
  }

  /** Zeroes elements with probability {@code rate} and scales the rest by 1 / (1 − rate). */
  public static Tensor apply(Tensor x, double rate) {
    return rate == 0 ? x : torch.dropout(x, rate, true);
  }
}
