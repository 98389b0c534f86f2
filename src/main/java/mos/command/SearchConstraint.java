package mos.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import mos.base.ConfigurationException;
import mos.base.Json;
import mos.base.Limit;
import mos.command.settings.ConstraintSettings;
import mos.command.settings.LatencySettings;
import mos.command.settings.LatencySourceSettings;
import mos.command.settings.PredictorSettings;
import mos.command.settings.SearchSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.host.HostLoad;
import mos.latency.LatencyPredictor;
import mos.latency.LatencySource;
import mos.latency.UndisturbedMeter;
import mos.search.Constraint;
import mos.search.SearchCache;
import mos.search.SearchCache.Measured;
import mos.space.ArchitectureCost;
import mos.space.ConfigurationDictionary;
import mos.space.SubTransformer;

/**
 * What candidates of a search cost and may cost. Of a latency that is limited to a share of the
 * largest SubTransformer's, the cost is that share, in percent.
 */
final class SearchConstraint {
  /** Unit of a latency as a share. */
  static final String SHARE = "% of the largest's latency";

  /** Further measurements of a candidate that other programs disturbed. */
  static final int RETRIES = 2;

  private final Limits limits;
  private final LatencySource source;
  private final ArchitectureCost cost;
  private final SubTransformer largest;
  private final SearchCache cache;

  /**
   * @param largest SubTransformer of the space
   * @param cache of gold latencies
   */
  SearchConstraint(
      Limits limits,
      LatencySource source,
      ArchitectureCost cost,
      SubTransformer largest,
      SearchCache cache) {
    this.limits = limits;
    this.source = source;
    this.cost = cost;
    this.largest = largest;
    this.cache = cache;
  }

  static List<Setting<?>> settings() {
    List<Setting<?>> all = new ArrayList<>(LatencySourceSettings.settings());
    all.addAll(ConstraintSettings.settings());
    all.addAll(
        List.of(
            PredictorSettings.PATH,
            PredictorSettings.ACCEPT_OTHER_HARDWARE,
            SearchSettings.LATENCY_COMPUTE));
    return all;
  }

  /** Asks for what decides {@link #of}. */
  static void configuration(Settings settings) {
    LatencySourceSettings.settings().forEach(settings::find);
    ConstraintSettings.settings().forEach(settings::find);
    if (!settings.get(SearchSettings.LATENCY_COMPUTE).equals("gold")) {
      settings.find(PredictorSettings.PATH);
    }
  }

  /**
   * The constraint; what is counted screens what is timed.
   *
   * @throws ConfigurationException for a predictor that is missing or of other hardware
   */
  Constraint of(Settings settings) {
    List<Constraint> all = new ArrayList<>();
    limits
        .byQuantity()
        .forEach(
            (quantity, limit) -> {
              if (quantity == Quantity.LATENCY) {
                addLatency(all, limit, settings);
              } else {
                all.add(counted(quantity, limit));
              }
            });
    Constraint last = all.remove(all.size() - 1);
    return last.screenedBy(all);
  }

  private Constraint counted(Quantity quantity, Limit limit) {
    return Constraint.of(
        a -> quantity.count(cost, a), limit.value(quantity.count(cost, largest)), quantity.words());
  }

  private void addLatency(List<Constraint> all, Limit limit, Settings settings) {
    String unit = limit.relative() ? SHARE : Quantity.LATENCY.words();
    String compute = settings.get(SearchSettings.LATENCY_COMPUTE);
    if (!compute.equals("gold")) {
      LatencyPredictor predictor = predictor(settings, compute);
      double hundred = limit.relative() ? predictor.predictMs(largest) / 100 : 1;
      if (compute.equals("predictor")) {
        all.add(Constraint.of(a -> predictor.predictMs(a) / hundred, limit.number(), unit));
        return;
      }
      double error = predictor.overestimateMs();
      all.add(
          Constraint.of(
              a -> (predictor.predictMs(a) - error) / hundred,
              limit.number(),
              unit + " predicted"));
    }
    all.add(
        Constraint.of(
            limit.relative() ? shares(settings) : milliseconds(settings), limit.number(), unit));
  }

  private LatencyPredictor predictor(Settings settings, String compute) {
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
        source.hardware(), settings.get(PredictorSettings.ACCEPT_OTHER_HARDWARE), file.toString());
    return predictor;
  }

  /** The fastest counts of what was measured while other programs used the machine. */
  private ToDoubleFunction<SubTransformer> milliseconds(Settings settings) {
    UndisturbedMeter meter = new UndisturbedMeter(RETRIES);
    return cached(
        settings,
        "latency_ms",
        a -> {
          UndisturbedMeter.Reading reading = meter.measure(() -> source.measure(a), source::watch);
          return new Measured(reading.latency().ms(), !reading.disturbed());
        });
  }

  private ToDoubleFunction<SubTransformer> shares(Settings settings) {
    return cached(
        settings,
        "latency_share",
        a -> {
          Supplier<HostLoad> watched = source.watch();
          double share = source.compare(a, largest).share();
          return new Measured(100 * share, !watched.get().disturbed());
        });
  }

  private ToDoubleFunction<SubTransformer> cached(
      Settings settings, String value, Function<SubTransformer, Measured> measure) {
    ObjectNode origin = Json.object();
    origin.put("value", value);
    origin.set("hardware", Json.tree(source.hardware()));
    origin.set("settings", Json.tree(LatencySettings.of(settings)));
    origin.set("model", Json.tree(cost.model()));
    if (limits.timedAgainstLargest()) {
      origin.set("largest", ConfigurationDictionary.toJson(largest));
    }
    return cache.around(origin, measure);
  }
}
