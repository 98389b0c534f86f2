package mos.train;

import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;
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
  public static final Setting<Double> CAPACITY_FACTOR =
      Setting.ofDouble("token-capacity-factor")
          .in(SettingGroup.EXPERTS)
          .defaultsTo(0.0)
          .range(0, 1000)
          .doc(
              "In training a token expert takes at most this times tokens / experts of a pass, the"
                  + " rest pass by; 0: no limit");
  public static final Setting<Double> BALANCE_WEIGHT =
      Setting.ofDouble("token-balance-weight")
          .in(SettingGroup.EXPERTS)
          .defaultsTo(TokenRouting.BALANCE)
          .range(0, 1000)
          .doc("Coefficient of the load-balancing loss of token experts");

  /** No capacity limit, the published coefficient. */
  static final TokenTraining DEFAULT = new TokenTraining(0, TokenRouting.BALANCE);

  /** What the settings above say. */
  public static TokenTraining of(Settings settings) {
    return new TokenTraining(settings.get(CAPACITY_FACTOR), settings.get(BALANCE_WEIGHT));
  }

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
