package mos.experiment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import mos.base.Json;
import mos.base.Limit;
import mos.host.HostLoad;
import mos.latency.LatencyConfig;
import mos.latency.LatencyPredictor;
import mos.latency.LatencySource;
import mos.latency.UndisturbedMeter;
import mos.results.CostUnit;
import mos.results.Quantity;
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
  /** Further measurements of a candidate that other programs disturbed. */
  static final int RETRIES = 2;

  private final Limits limits;
  private final LatencySource source;
  private final LatencyConfig how;
  private final ArchitectureCost cost;
  private final SubTransformer largest;
  private final SearchCache cache;

  /**
   * @param how a gold measurement is made
   * @param largest SubTransformer of the space
   * @param cache of gold latencies
   */
  SearchConstraint(
      Limits limits,
      LatencySource source,
      LatencyConfig how,
      ArchitectureCost cost,
      SubTransformer largest,
      SearchCache cache) {
    this.limits = limits;
    this.source = source;
    this.how = how;
    this.cost = cost;
    this.largest = largest;
    this.cache = cache;
  }

  /**
   * The constraint; what is counted screens what is timed.
   *
   * @throws mos.base.ConfigurationException for a predictor of other hardware
   */
  Constraint of(CandidateLatency candidates) {
    List<Constraint> all = new ArrayList<>();
    limits
        .byQuantity()
        .forEach(
            (quantity, limit) -> {
              if (quantity == Quantity.LATENCY) {
                addLatency(all, limit, candidates);
              } else {
                all.add(counted(quantity, limit));
              }
            });
    Constraint last = all.remove(all.size() - 1);
    return last.screenedBy(all);
  }

  private Constraint counted(Quantity quantity, Limit limit) {
    return Constraint.of(
        a -> Figures.count(quantity, cost, a),
        limit.value(Figures.count(quantity, cost, largest)),
        quantity.words());
  }

  private void addLatency(List<Constraint> all, Limit limit, CandidateLatency candidates) {
    String unit = CostUnit.of(Quantity.LATENCY, limit.relative()).words();
    if (candidates.predictor().isPresent()) {
      LatencyPredictor predictor = predictor(candidates);
      double hundred = limit.relative() ? predictor.predictMs(largest) / 100 : 1;
      if (!candidates.measured()) {
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
    all.add(Constraint.of(limit.relative() ? shares() : milliseconds(), limit.number(), unit));
  }

  private LatencyPredictor predictor(CandidateLatency candidates) {
    Path file = candidates.predictor().orElseThrow();
    LatencyPredictor predictor = LatencyPredictor.load(file);
    predictor.requireHardware(source.hardware(), candidates.anyHardware(), file.toString());
    return predictor;
  }

  /** The fastest counts of what was measured while other programs used the machine. */
  private ToDoubleFunction<SubTransformer> milliseconds() {
    UndisturbedMeter meter = new UndisturbedMeter(RETRIES);
    return cached(
        "latency_ms",
        a -> {
          UndisturbedMeter.Reading reading = meter.measure(() -> source.measure(a), source::watch);
          return new Measured(reading.latency().ms(), !reading.disturbed());
        });
  }

  private ToDoubleFunction<SubTransformer> shares() {
    return cached(
        "latency_share",
        a -> {
          Supplier<HostLoad> watched = source.watch();
          double share = source.compare(a, largest).share();
          return new Measured(100 * share, !watched.get().disturbed());
        });
  }

  private ToDoubleFunction<SubTransformer> cached(
      String value, Function<SubTransformer, Measured> measure) {
    ObjectNode origin = Json.object();
    origin.put("value", value);
    origin.set("hardware", Json.tree(source.hardware()));
    origin.set("settings", Json.tree(how));
    origin.set("model", Json.tree(cost.model()));
    if (limits.timedAgainstLargest()) {
      origin.set("largest", ConfigurationDictionary.toJson(largest));
    }
    return cache.around(origin, measure);
  }
}
