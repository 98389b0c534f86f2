package mos.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.DoubleStream;
import mos.results.BaselineFigures;
import mos.results.ComparedModel;
import mos.results.CostUnit;
import mos.results.LargestFigures;
import mos.results.LossFigures;
import mos.results.RunProvenance;
import mos.results.RunSummary;

/**
 * What a run found, as figures that can be drawn and compared: NaN, or an empty text, where its
 * summary does not say them, as in a run that has not finished or is of an older version.
 *
 * @param summary what it says
 * @param constraints what became of them
 */
record RunFigures(RunSummary summary, List<ConstraintWords> constraints) {

  /** Whether all constraints are met. */
  enum Verdict {
    MET,
    MISSED,
    UNKNOWN
  }

  static RunFigures of(RunSummary summary) {
    return new RunFigures(summary, ConstraintWords.of(summary));
  }

  Verdict verdict() {
    Boolean said = summary.constraints().constraintMet();
    if (said == null && constraints.isEmpty()) {
      return Verdict.UNKNOWN;
    }
    boolean met = said == null ? constraints.stream().allMatch(c -> c.result().met()) : said;
    return met ? Verdict.MET : Verdict.MISSED;
  }

  /** How it was made; all null where that is not said. */
  RunProvenance provenance() {
    return summary.provenance() == null
        ? new RunProvenance(
            null, null, null, null, null, null, null, null, null, null, null, null, null, null)
        : summary.provenance();
  }

  /** A setting of the SuperTransformer's stage, empty where it is not told. */
  String setting(String key) {
    Map<String, Object> settings = provenance().settings();
    return settings == null ? "" : Known.text(settings.get(key));
  }

  /** A setting that is a number, NaN where it is not told or none. */
  double number(String key) {
    Map<String, Object> settings = provenance().settings();
    return settings != null && settings.get(key) instanceof Number number
        ? Known.figure(number)
        : Double.NaN;
  }

  /** An option of the command line, empty where it was not given. */
  String option(String key) {
    RunProvenance.Told run = provenance().run();
    return run == null || run.options() == null ? "" : Known.text(run.options().get(key));
  }

  /** SHA-256 of a part of the data, empty where it is not told. */
  String data(String part) {
    Map<String, String> data = provenance().data();
    return data == null ? "" : Known.text(data.get(part));
  }

  /** Whether it was a dry run. */
  boolean trial() {
    return option("trial-run").matches("1|true") || setting("trial-run").equals("true");
  }

  /** Latency of the found SubTransformer, measured last. */
  double latencyMs() {
    return Known.figure(summary.latency().latencyMs());
  }

  /** How many times as fast as the largest the found one is. */
  double speedUp() {
    return Known.figure(summary.constraints().speedUp());
  }

  double flops() {
    return Known.figure(summary.counts().flops());
  }

  double params() {
    return Known.figure(summary.counts().params());
  }

  /** What the largest SubTransformer takes. */
  LargestFigures largest() {
    return summary.largest() == null
        ? new LargestFigures(Double.NaN, Double.NaN, Double.NaN, Double.NaN)
        : summary.largest();
  }

  /** On the validation set, after training. */
  double finalLoss() {
    return Known.figure(summary.losses().finalLoss());
  }

  /** As the search scored the found one. */
  double inheritedLoss() {
    return Known.figure(summary.losses().inheritedLoss());
  }

  /** What is told of the SuperTransformer; all null where nothing is. */
  RunSummary.Supernet supernet() {
    return summary.supernet() == null
        ? new RunSummary.Supernet(null, null, null, null, null)
        : summary.supernet();
  }

  /** Losses inside of the SuperTransformer, null where they are not told. */
  LossFigures valid(String architecture) {
    return supernet().valid() == null ? null : supernet().valid().get(architecture);
  }

  /** Loss of the largest SubTransformer with the SuperTransformer's weights. */
  double largestLoss() {
    LossFigures largest = valid("largest");
    return largest == null ? Double.NaN : Known.figure(largest.loss());
  }

  /** BLEU on tokens; all null where there is none. */
  RunSummary.BleuScores bleuScores() {
    return summary.bleu() == null
        ? new RunSummary.BleuScores(null, null, null, null)
        : summary.bleu();
  }

  /** sacreBLEU; all null where there is none. */
  RunSummary.SacreBleuScores sacreBleu() {
    return summary.sacrebleu() == null
        ? new RunSummary.SacreBleuScores(null, null, null)
        : summary.sacrebleu();
  }

  /** chrF; all null where there is none. */
  RunSummary.ChrfScores chrf() {
    return summary.chrf() == null ? new RunSummary.ChrfScores(null, null) : summary.chrf();
  }

  /** The models that were compared, by name; empty where there are none. */
  Map<String, ComparedModel> comparison() {
    Map<String, ComparedModel> all =
        new LinkedHashMap<>(summary.comparison() == null ? Map.of() : summary.comparison());
    all.values().removeIf(Objects::isNull);
    return all.containsKey("found") ? all : Map.of();
  }

  /** What simpler ways to choose found, by name. */
  Map<String, BaselineFigures> baselines() {
    Map<String, BaselineFigures> all =
        new LinkedHashMap<>(summary.baselines() == null ? Map.of() : summary.baselines());
    all.values().removeIf(Objects::isNull);
    return all;
  }

  /** Of the test set after training. */
  double bleu() {
    return Known.figure(bleuScores().finished());
  }

  /** Of the test set with inherited weights. */
  double inheritedBleu() {
    return Known.figure(bleuScores().inherited());
  }

  /** Seconds of all stages together, 0 where none is known. */
  double seconds() {
    return summary.seconds() == null
        ? 0
        : summary.seconds().values().stream()
            .filter(RunFigures::isDuration)
            .mapToDouble(Double::doubleValue)
            .sum();
  }

  static boolean isDuration(Double seconds) {
    return Known.figure(seconds) >= 0;
  }

  /** The limit in the unit of a search's costs, NaN where there is none. */
  double limitIn(CostUnit costUnit) {
    return first(constraints.stream().mapToDouble(one -> one.limitIn(costUnit)));
  }

  /** The found one's cost as it was measured last, in that unit, NaN where it was not. */
  double measuredIn(CostUnit costUnit) {
    double measured = first(constraints.stream().mapToDouble(one -> one.measuredIn(costUnit)));
    return Double.isNaN(measured) && costUnit == CostUnit.MS ? latencyMs() : measured;
  }

  private static double first(DoubleStream values) {
    return values.filter(Double::isFinite).findFirst().orElse(Double.NaN);
  }

  /** Whether a limit of the latency is missed, which a later measurement may meet. */
  boolean missedTime() {
    return constraints.stream().anyMatch(one -> one.result().timed() && !one.result().met());
  }

  /** When the found one was measured, empty where it is not recorded: all of it at once. */
  String measuredAt() {
    return constraints.stream()
        .map(one -> one.result().measuredAt())
        .filter(Objects::nonNull)
        .findFirst()
        .orElse("");
  }
}
