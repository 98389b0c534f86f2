package mos.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import mos.results.LossFigures;
import mos.results.MetricsLine;
import mos.results.MetricsLine.Step;

/** The course of one training, from its {@code metrics.jsonl}. */
final class TrainingRun {
  private static final int MOST_POINTS = 600;

  private final String name;
  // By update, so that lines repeated after a resume count once, the later one.
  private final TreeMap<Long, Step> updates = new TreeMap<>();
  private final Map<String, SortedMap<Long, LossFigures>> validations = new LinkedHashMap<>();

  TrainingRun(String name) {
    this.name = name;
  }

  /** Takes a line in; false where it holds neither a training nor a validation figure. */
  boolean take(MetricsLine line) {
    boolean used = false;
    if (line.valid() != null) {
      for (Map.Entry<String, LossFigures> entry : line.valid().entrySet()) {
        if (entry.getValue() != null && Double.isFinite(Known.figure(entry.getValue().loss()))) {
          validations
              .computeIfAbsent(entry.getKey(), k -> new TreeMap<>())
              .put(line.update(), entry.getValue());
          used = true;
        }
      }
    }
    if (Double.isFinite(Known.figure(line.step().loss()))) {
      updates.put(line.update(), line.step());
      used = true;
    }
    return used;
  }

  String name() {
    return name;
  }

  boolean isEmpty() {
    return updates.isEmpty() && validations.isEmpty();
  }

  long lastUpdate() {
    return updates.isEmpty() ? 0 : updates.lastKey();
  }

  /** Validations by what was validated ("largest", "smallest", "subtransformer"), by update. */
  Map<String, SortedMap<Long, LossFigures>> validations() {
    return validations;
  }

  /** A figure over the updates; long runs are averaged in at most 600 groups. */
  List<Plot.Point> curve(Function<Step, Double> figure) {
    List<Plot.Point> finite = new ArrayList<>();
    updates.forEach((u, step) -> finite.add(new Plot.Point(u, Known.figure(figure.apply(step)))));
    finite.removeIf(point -> !point.isFinite());
    int group = Math.max(1, (finite.size() + MOST_POINTS - 1) / MOST_POINTS);
    List<Plot.Point> points = new ArrayList<>();
    for (int start = 0; start < finite.size(); start += group) {
      List<Plot.Point> part = finite.subList(start, Math.min(finite.size(), start + group));
      double mean = part.stream().mapToDouble(Plot.Point::y).average().orElse(Double.NaN);
      points.add(new Plot.Point(part.get(part.size() - 1).x(), mean));
    }
    return points;
  }
}
