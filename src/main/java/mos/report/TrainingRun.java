package mos.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** The course of one training, from its {@code metrics.jsonl}. */
final class TrainingRun {
  private static final int MOST_POINTS = 600;

  /**
   * What one line says about an update.
   *
   * @param loss training loss per token, label smoothing included
   */
  record Update(long update, double loss, double learningRate, double tokensPerSecond) {}

  /** Losses of one validation. */
  record Validation(double loss, double nllLoss, double perplexity) {}

  private final String name;
  // By update, so that lines repeated after a resume count once, the later one.
  private final TreeMap<Long, Update> updates = new TreeMap<>();
  private final Map<String, SortedMap<Long, Validation>> validations = new LinkedHashMap<>();

  TrainingRun(String name) {
    this.name = name;
  }

  /** Takes a line in; false where it holds neither a training nor a validation figure. */
  boolean take(JsonNode line) {
    if (!line.path("update").isNumber()) {
      return false;
    }
    long update = line.path("update").asLong();
    JsonNode valid = line.path("valid");
    boolean used = false;
    for (Map.Entry<String, JsonNode> entry : valid.properties()) {
      JsonNode figures = entry.getValue();
      if (figures.path("loss").isNumber()) {
        Validation validation =
            new Validation(
                JsonLines.number(figures, "loss"),
                JsonLines.number(figures, "nll_loss"),
                JsonLines.number(figures, "ppl"));
        validations.computeIfAbsent(entry.getKey(), k -> new TreeMap<>()).put(update, validation);
        used = true;
      }
    }
    double loss = JsonLines.number(line, "loss");
    if (Double.isFinite(loss)) {
      double rate = JsonLines.number(line, "lr");
      double speed = JsonLines.number(line, "tokens_per_second");
      updates.put(update, new Update(update, loss, rate, speed));
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
  Map<String, SortedMap<Long, Validation>> validations() {
    return validations;
  }

  /** A figure over the updates; long runs are averaged in at most 600 groups. */
  List<Plot.Point> curve(ToDoubleFunction<Update> figure) {
    List<Update> finite =
        updates.values().stream().filter(u -> Double.isFinite(figure.applyAsDouble(u))).toList();
    int group = Math.max(1, (finite.size() + MOST_POINTS - 1) / MOST_POINTS);
    List<Plot.Point> points = new ArrayList<>();
    for (int start = 0; start < finite.size(); start += group) {
      List<Update> part = finite.subList(start, Math.min(finite.size(), start + group));
      double mean = part.stream().mapToDouble(figure).average().orElse(Double.NaN);
      points.add(new Plot.Point(part.get(part.size() - 1).update(), mean));
    }
    return points;
  }
}
