package mos.train;

import mos.nn.TokenRouting;
import mos.packed.SwitchTraining;

/**
 * How token-routed experts are trained.
 *
 * <p>Source: Fedus et al., Switch Transformers (JMLR 2022), section 2.2.
 *
 * @param capacityFactor an expert takes at most this many times tokens / experts of a pass, the
 *     rest pass it by; 0: any number
 * @param balanceWeight coefficient of the load-balancing loss per target token
 */
public record TokenTraining(double capacityFactor, double balanceWeight) {
  /** No capacity limit, the published coefficient. */
  static final TokenTraining DEFAULT = new TokenTraining(0, TokenRouting.BALANCE);

  /**
   * For one pass.
   *
   * @param scale of the loss
   * @param targetTokens of the pass: gradients are divided by them, the balancing loss must not be
   */
  SwitchTraining of(double scale, long targetTokens) {
    return new SwitchTraining(capacityFactor, scale * balanceWeight * targetTokens);
  }
}
