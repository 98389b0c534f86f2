package mos.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import mos.base.ConfigurationException;
import mos.base.Json;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;
import mos.latency.LatencyPredictor;
import mos.latency.PredictorSettings;
import mos.search.Constraint;
import mos.search.SearchCache;
import mos.space.SubTransformer;

/** What a search constrains, as the settings say: latency, FLOPs, parameters, or several. */
final class SearchConstraint {
  static final Setting<String> LATENCY_COMPUTE =
      Setting.ofChoice("latency-compute", "gold", "predictor", "hybrid")
          .in(SettingGroup.SEARCH)
          .defaultsTo("gold")
          .doc(
              "Latency of candidates: gold measures each, predictor asks the predictor, hybrid"
                  + " measures those that the predictor, less its own error, lets pass");
  static final Setting<Double> LATENCY_CONSTRAINT =
      Setting.ofDouble("latency-constraint")
          .in(SettingGroup.SEARCH)
          .basic()
          .defaultsTo(200.0)
          .atLeast(0)
          .unit("ms")
          .doc("Largest latency of the found SubTransformer");
  static final Setting<Double> FLOPS_CONSTRAINT =
      Setting.ofDouble("flops-constraint")
          .in(SettingGroup.SEARCH)
          .basic()
          .defaultsTo(-1.0)
          .atLeast(-1)
          .unit("10^9 FLOPs")
          .doc("Constrain FLOPs in place of latency, which repeats exactly; below 0: do not");
  static final Setting<Double> PARAMS_CONSTRAINT =
      Setting.ofDouble("params-constraint")
          .in(SettingGroup.SEARCH)
          .basic()
          .defaultsTo(-1.0)
          .atLeast(-1)
          .unit("10^6 parameters without embeddings")
          .doc("Constrain parameters in place of latency; below 0: do not");
  static final Setting<Boolean> ALSO_LATENCY =
      Setting.ofBoolean("also-latency")
          .in(SettingGroup.SEARCH)
          .defaultsTo(false)
          .doc("Constrain latency too where FLOPs or parameters are constrained");

  private final Settings settings;
  private final Measurement measurement;
  private final SearchCache cache;

  private SearchConstraint(Settings settings, Measurement measurement, SearchCache cache) {
    this.settings = settings;
    this.measurement = measurement;
    this.cache = cache;
  }

  static List<Setting<?>> settings() {
    List<Setting<?>> all = new ArrayList<>(Measurement.settings());
    all.addAll(
        List.of(
            PredictorSettings.PATH,
            LatencyPredictor.ACCEPT_OTHER_HARDWARE,
            LATENCY_COMPUTE,
            LATENCY_CONSTRAINT,
            FLOPS_CONSTRAINT,
            PARAMS_CONSTRAINT,
            ALSO_LATENCY));
    return all;
  }

  /** Whether latency is constrained. */
  static boolean timed(Settings settings) {
    boolean counted = settings.get(FLOPS_CONSTRAINT) >= 0 || settings.get(PARAMS_CONSTRAINT) >= 0;
    return !counted || settings.get(ALSO_LATENCY);
  }

  /**
   * The constraint; what is counted screens what is timed.
   *
   * @param cache of gold latencies
   * @throws ConfigurationException for a predictor that is missing or of other hardware
   */
  static Constraint of(Settings settings, Measurement measurement, SearchCache cache) {
    SearchConstraint from = new SearchConstraint(settings, measurement, cache);
    return from.build(settings.get(LATENCY_COMPUTE));
  }

  /** The same with latencies measured and not kept, for use before there is a predictor. */
  static Constraint gold(Settings settings, Measurement measurement) {
    return new SearchConstraint(settings, measurement, null).build("gold");
  }

  private Constraint build(String compute) {
    List<Constraint> all = new ArrayList<>();
    if (settings.get(PARAMS_CONSTRAINT) >= 0) {
      all.add(
          Constraint.of(
              a -> measurement.parametersWithoutEmbedding(a) / 1e6,
              settings.get(PARAMS_CONSTRAINT),
              "M parameters"));
    }
    if (settings.get(FLOPS_CONSTRAINT) >= 0) {
      all.add(
          Constraint.of(a -> measurement.flops(a) / 1e9, settings.get(FLOPS_CONSTRAINT), "GFLOPs"));
    }
    if (timed(settings)) {
      addLatency(all, compute);
    }
    Constraint last = all.remove(all.size() - 1);
    return last.screenedBy(all);
  }

  private void addLatency(List<Constraint> all, String compute) {
    double limit = settings.get(LATENCY_CONSTRAINT);
    if (compute.equals("gold")) {
      all.add(Constraint.of(measured(), limit, "ms"));
      return;
    }
    if (!settings.has(PredictorSettings.PATH)) {
      throw new ConfigurationException(
          PredictorSettings.PATH.key()
              + " is needed for latency-compute "
              + compute
              + ": "
              + PredictorSettings.PATH.doc());
    }
    Path file = settings.get(PredictorSettings.PATH);
    LatencyPredictor predictor = LatencyPredictor.load(file);
    predictor.requireHardware(
        measurement.hardware(),
        settings.get(LatencyPredictor.ACCEPT_OTHER_HARDWARE),
        file.toString());
    if (compute.equals("predictor")) {
      all.add(Constraint.of(predictor::predictMs, limit, "ms"));
      return;
    }
    double margin = predictor.overestimateMs();
    all.add(Constraint.of(a -> predictor.predictMs(a) - margin, limit, "ms predicted"));
    all.add(Constraint.of(measured(), limit, "ms"));
  }

  private ToDoubleFunction<SubTransformer> measured() {
    ToDoubleFunction<SubTransformer> gold = a -> measurement.latency(a).ms();
    if (cache == null) {
      return gold;
    }
    ObjectNode origin = Json.object();
    origin.put("value", "latency_ms");
    origin.set("hardware", Json.tree(measurement.hardware()));
    origin.set("settings", Json.tree(measurement.how()));
    origin.set("model", Json.tree(measurement.cost()));
    return cache.around(origin, gold);
  }
}
