package mos.command;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import mos.base.Limit;
import mos.command.settings.ConstraintSettings;
import mos.config.Setting;
import mos.config.Settings;

/**
 * What the found SubTransformer may take at most, as the settings say.
 *
 * @param byQuantity the limit of each quantity that is constrained, at least one
 * @param marginPercent how far below a limit of the latency the search aims
 */
record Limits(Map<Quantity, Limit> byQuantity, double marginPercent) {
  Limits {
    // In the order of the quantities: what is counted screens what is timed.
    byQuantity = new EnumMap<>(byQuantity);
  }

  static List<Setting<?>> settings() {
    return List.of(
        ConstraintSettings.LATENCY,
        ConstraintSettings.LATENCY_MARGIN,
        ConstraintSettings.FLOPS,
        ConstraintSettings.PARAMS,
        ConstraintSettings.ALSO_LATENCY);
  }

  static Limits of(Settings settings) {
    Map<Quantity, Limit> of = new EnumMap<>(Quantity.class);
    put(of, Quantity.PARAMS, settings.get(ConstraintSettings.PARAMS));
    put(of, Quantity.FLOPS, settings.get(ConstraintSettings.FLOPS));
    if (of.isEmpty() || settings.get(ConstraintSettings.ALSO_LATENCY)) {
      if (settings.get(ConstraintSettings.LATENCY).number() == 0) {
        throw settings.error(ConstraintSettings.LATENCY, "above 0");
      }
      of.put(Quantity.LATENCY, settings.get(ConstraintSettings.LATENCY));
    }
    return new Limits(of, settings.get(ConstraintSettings.LATENCY_MARGIN));
  }

  private static void put(Map<Quantity, Limit> of, Quantity quantity, Limit limit) {
    if (limit.number() >= 0) {
      of.put(quantity, limit);
    }
  }

  /** Whether latency is constrained. */
  boolean timed() {
    return byQuantity.containsKey(Quantity.LATENCY);
  }

  /** Whether latency is constrained to a share of the largest's. */
  boolean timedAgainstLargest() {
    return timed() && byQuantity.get(Quantity.LATENCY).relative();
  }

  /** What a search that is to meet {@code limit} of the latency aims at. */
  double aimed(double limit) {
    return limit * (1 - marginPercent / 100);
  }
}
