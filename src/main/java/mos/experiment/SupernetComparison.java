package mos.experiment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import mos.base.Seeds;
import mos.results.AgreementFigures;
import mos.results.EvaluatedArchitecture;
import mos.results.EvaluatedSupernet;
import mos.results.Made;
import mos.results.QualityFigures;
import mos.results.StandaloneFigures;
import mos.results.SupernetEvaluationFigures;
import mos.search.RankAgreement;

/**
 * How well figures of architectures tell what these are worth after a training of their own, by
 * every measure that there is.
 *
 * @param standalone quality of each architecture
 * @param seed of the bootstrap
 */
record SupernetComparison(List<StandaloneFigures> standalone, long seed) {

  /** What a SuperTransformer tells. */
  EvaluatedSupernet supernet(String name, String hash, List<QualityFigures> inherited) {
    Map<String, AgreementFigures> agreement = new LinkedHashMap<>();
    for (Quality.Measure measure : measures()) {
      double sign = measure.higherIsBetter() ? -1 : 1;
      double[] told =
          inherited.stream().mapToDouble(q -> sign * measure.value().apply(q)).toArray();
      agreement.put(measure.name(), agreement(told, measure, true));
    }
    return new EvaluatedSupernet(name, hash, inherited, agreement);
  }

  /** What decoder depth, parameters and FLOPs tell, more of which is taken for better. */
  private List<EvaluatedSupernet> baselines() {
    return List.of(
        baseline("decoder_depth", StandaloneFigures::decoderLayers),
        baseline("params", StandaloneFigures::params),
        baseline("flops", StandaloneFigures::flops));
  }

  private EvaluatedSupernet baseline(String name, ToDoubleFunction<StandaloneFigures> size) {
    double[] told = standalone.stream().mapToDouble(one -> -size.applyAsDouble(one)).toArray();
    Map<String, AgreementFigures> agreement = new LinkedHashMap<>();
    measures().forEach(m -> agreement.put(m.name(), agreement(told, m, false)));
    return new EvaluatedSupernet(name, null, null, agreement);
  }

  /**
   * All figures.
   *
   * @param fitness "loss" or "bleu": the measure of those in front
   * @param updates of each standalone training
   * @param compared SuperTransformers, of {@link #supernet}
   */
  SupernetEvaluationFigures figures(
      String fitness, int updates, List<EvaluatedSupernet> compared, Made made) {
    List<EvaluatedSupernet> baselines = baselines();
    List<EvaluatedArchitecture> all = new ArrayList<>();
    for (int i = 0; i < standalone.size(); i++) {
      StandaloneFigures one = standalone.get(i);
      all.add(
          new EvaluatedArchitecture(
              one.decoderLayers(),
              inFront(fitness, compared.get(0).inherited().get(i)),
              inFront(fitness, one.quality()),
              one.params(),
              one.flops(),
              one.quality(),
              one.architecture()));
    }
    AgreementFigures first = compared.get(0).agreement().get(fitness);
    AgreementFigures depth = baselines.get(0).agreement().get(fitness);
    return new SupernetEvaluationFigures(
        fitness,
        updates,
        all.size(),
        first.mae(),
        first.maeInterval(),
        first.kendallTau(),
        first.kendallTauInterval(),
        depth.kendallTau(),
        depth.kendallTauInterval(),
        all,
        compared,
        baselines,
        made);
  }

  /** The loss, or 100 − BLEU. */
  private static double inFront(String fitness, QualityFigures quality) {
    return fitness.equals("bleu") ? 100 - quality.bleu() : quality.loss();
  }

  private List<Quality.Measure> measures() {
    return Quality.Measure.ALL.stream()
        .filter(m -> standalone.stream().allMatch(one -> m.value().apply(one.quality()) != null))
        .toList();
  }

  /**
   * @param told of each architecture; lower is better
   * @param isQuality whether {@code told} is in the unit of the measure
   */
  private AgreementFigures agreement(double[] told, Quality.Measure measure, boolean isQuality) {
    double sign = measure.higherIsBetter() ? -1 : 1;
    double[] truth =
        standalone.stream()
            .mapToDouble(one -> sign * measure.value().apply(one.quality()))
            .toArray();
    RankAgreement found = RankAgreement.of(told, truth, Seeds.derive(seed, "bootstrap"));
    List<AgreementFigures.Depth> depths = byDepth(told, truth);
    return new AgreementFigures(
        isQuality ? finite(found.meanAbsoluteError()) : null,
        isQuality ? interval(found.errorInterval()) : null,
        isQuality ? finite(sign * found.bias()) : null,
        isQuality ? finite(found.errorWithoutBias()) : null,
        finite(found.kendallTau()),
        interval(found.tauInterval()),
        RankAgreement.regret(told, truth),
        within(depths),
        depths);
  }

  private List<AgreementFigures.Depth> byDepth(double[] told, double[] truth) {
    Map<Integer, List<Integer>> places = new TreeMap<>();
    for (int i = 0; i < standalone.size(); i++) {
      places.computeIfAbsent(standalone.get(i).decoderLayers(), depth -> new ArrayList<>()).add(i);
    }
    List<AgreementFigures.Depth> depths = new ArrayList<>();
    places.forEach(
        (depth, some) -> {
          Double tau =
              some.size() < 2
                  ? null
                  : finite(RankAgreement.tau(those(told, some), those(truth, some)));
          depths.add(new AgreementFigures.Depth(depth, some.size(), tau));
        });
    return depths;
  }

  private static double[] those(double[] values, List<Integer> places) {
    return IntStream.range(0, places.size()).mapToDouble(i -> values[places.get(i)]).toArray();
  }

  private static Double within(List<AgreementFigures.Depth> depths) {
    double sum = 0;
    double pairs = 0;
    for (AgreementFigures.Depth one : depths) {
      if (one.kendallTau() != null) {
        double own = one.count() * (one.count() - 1) / 2.0;
        sum += own * one.kendallTau();
        pairs += own;
      }
    }
    return pairs == 0 ? null : (Double) (sum / pairs);
  }

  private static Double finite(double value) {
    return SupernetEvaluationFigures.finite(value);
  }

  private static List<Double> interval(RankAgreement.Interval interval) {
    return SupernetEvaluationFigures.interval(interval.low(), interval.high());
  }
}
