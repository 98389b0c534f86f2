package mos.command;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import mos.config.Limit;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;

/**
 * What the found SubTransformer may take at most, as the settings say.
 *
 * @param byQuantity the limit of each quantity that is constrained, at least one
 * @param marginPercent how far below a limit of the latency the search aims
 */
record Limits(Map<Quantity, Limit> byQuantity, double marginPercent) {
  static final Setting<Limit> LATENCY =
      Setting.ofLimit("latency-constraint")
          .in(SettingGroup.SEARCH)
          .basic()
          .defaultsTo(Limit.of(200))
          .atLeast(0)
          .unit("ms")
          .doc("Largest latency of the found SubTransformer");
  static final Setting<Double> LATENCY_MARGIN =
      Setting.ofDouble("latency-margin")
          .in(SettingGroup.SEARCH)
          .defaultsTo(5.0)
          .range(0, 50)
          .unit("% of the limit")
          .doc(
              "The search aims so far below the latency limit, so that a later measurement, which"
                  + " always differs a little, meets it too");
  static final Setting<Limit> FLOPS =
      Setting.ofLimit("flops-constraint")
          .in(SettingGroup.SEARCH)
          .basic()
          .defaultsTo(Limit.of(-1))
          .atLeast(-1)
          .unit("10^9 FLOPs")
          .doc("Constrain FLOPs in place of latency, which repeats exactly; below 0: do not");
  static final Setting<Limit> PARAMS =
      Setting.ofLimit("params-constraint")
          .in(SettingGroup.SEARCH)
          .basic()
          .defaultsTo(Limit.of(-1))
          .atLeast(-1)
          .unit("10^6 parameters without embeddings")
          .doc("Constrain parameters in place of latency; below 0: do not");
  static final Setting<Boolean> ALSO_LATENCY =
      Setting.ofBoolean("also-latency")
          .in(SettingGroup.SEARCH)
          .defaultsTo(false)
          .doc("Constrain latency too where FLOPs or parameters are constrained");

  Limits {
    // In the order of the quantities: what is counted screens what is timed.
    byQuantity = new EnumMap<>(byQuantity);
  }

  static List<Setting<?>> settings() {
    return List.of(LATENCY, LATENCY_MARGIN, FLOPS, PARAMS, ALSO_LATENCY);
  }

  static Limits of(Settings settings) {
    Map<Quantity, Limit> of = new EnumMap<>(Quantity.class);
    put(of, Quantity.PARAMS, settings.get(PARAMS));
    put(of, Quantity.FLOPS, settings.get(FLOPS));
    if (of.isEmpty() || settings.get(ALSO_LATENCY)) {
      if (settings.get(LATENCY).number() == 0) {
        throw settings.error(LATENCY, "above 0");
      }
      of.put(Quantity.LATENCY, settings.get(LATENCY));
    }
    return new Limits(of, settings.get(LATENCY_MARGIN));
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
