package mos.command.settings;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import mos.base.Limit;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;
import mos.experiment.Limits;
import mos.results.Quantity;

/** What the found SubTransformer may take at most. */
public final class ConstraintSettings {
  public static final Setting<Limit> LATENCY =
      Setting.ofLimit("latency-constraint")
          .in(SettingGroup.SEARCH)
          .basic()
          .defaultsTo(Limit.of(200))
          .atLeast(0)
          .unit("ms")
          .doc("Largest latency of the found SubTransformer");

  public static final Setting<Double> LATENCY_MARGIN =
      Setting.ofDouble("latency-margin")
          .in(SettingGroup.SEARCH)
          .defaultsTo(5.0)
          .range(0, 50)
          .unit("% of the limit")
          .doc(
              "The search aims so far below the latency limit, so that a later measurement, which"
                  + " always differs a little, meets it too");

  public static final Setting<Limit> FLOPS =
      Setting.ofLimit("flops-constraint")
          .in(SettingGroup.SEARCH)
          .basic()
          .defaultsTo(Limit.of(-1))
          .atLeast(-1)
          .unit("10^9 FLOPs")
          .doc("Constrain FLOPs in place of latency, which repeats exactly; below 0: do not");

  public static final Setting<Limit> PARAMS =
      Setting.ofLimit("params-constraint")
          .in(SettingGroup.SEARCH)
          .basic()
          .defaultsTo(Limit.of(-1))
          .atLeast(-1)
          .unit("10^6 parameters without embeddings")
          .doc("Constrain parameters in place of latency; below 0: do not");

  public static final Setting<Boolean> ALSO_LATENCY =
      Setting.ofBoolean("also-latency")
          .in(SettingGroup.SEARCH)
          .defaultsTo(false)
          .doc("Constrain latency too where FLOPs or parameters are constrained");

  private ConstraintSettings() {}

  /** Every setting above. */
  public static List<Setting<?>> settings() {
    return List.of(LATENCY, LATENCY_MARGIN, FLOPS, PARAMS, ALSO_LATENCY);
  }

  /** What the found SubTransformer may take at most. */
  public static Limits limits(Settings settings) {
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
}
