package mos.train;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.ListIterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import mos.base.AtomicFile;
import mos.base.MosException;
import mos.results.LossFigures;
import mos.results.MetricsLine;
import mos.results.ResultJson;

/**
 * The file {@code metrics.jsonl}: one JSON object a line, in the order of updates; and the same
 * figures as a table, {@code metrics.csv}, and for TensorBoard beside it.
 */
final class MetricsLog {
  private final Path file;
  private final EventFile events;
  private final MetricsTable table;

  /**
   * Continues a log, without what was written after {@code state}: it comes again.
   *
   * @param state that training resumes from
   * @param validated names of the architectures that are validated
   */
  MetricsLog(Path file, TrainState state, Set<String> validated) {
    this.file = file;
    List<MetricsLine> lines = new ArrayList<>();
    if (Files.exists(file)) {
      try {
        double written = Files.getLastModifiedTime(file).toMillis() / 1e3;
        for (String text : Files.readAllLines(file)) {
          upTo(text, state).ifPresent(lines::add);
        }
        giveTimes(lines, written);
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(ResultJson.line(line)).append('\n'));
        AtomicFile.writeString(file, text.toString());
      } catch (IOException e) {
        throw new MosException("cannot read " + file + ": " + AtomicFile.describe(e), e);
      }
    }
    events = new EventFile(file.resolveSibling(EventFile.NAME), lines);
    table = new MetricsTable(file.resolveSibling(MetricsTable.NAME), lines, validated);
  }

  /**
   * Gives lines of older versions, which had the training's own seconds alone, the time at which
   * they were written: counted back from the last one.
   *
   * @param written seconds since 1970 of the last line
   */
  private static void giveTimes(List<MetricsLine> lines, double written) {
    double last = 0;
    for (MetricsLine line : lines) {
      last = seconds(line, last);
    }
    double seconds = 0;
    for (ListIterator<MetricsLine> at = lines.listIterator(); at.hasNext(); ) {
      MetricsLine line = at.next();
      seconds = seconds(line, seconds);
      if (line.time() == null) {
        at.set(line.at(written - last + seconds));
      }
    }
  }

  private static double seconds(MetricsLine line, double otherwise) {
    return line.step().seconds() == null ? otherwise : line.step().seconds();
  }

  /** Seconds since 1970: TensorBoard's axis, no measure of anything. */
  static double now() {
    return System.currentTimeMillis() / 1e3;
  }

  /** The line, unless its update comes again. */
  private static Optional<MetricsLine> upTo(String text, TrainState state) {
    try {
      MetricsLine line = ResultJson.parse(text, MetricsLine.class, "line");
      boolean comesAgain = state.validationDue() && line.valid() != null;
      long kept = comesAgain ? state.update() - 1 : state.update();
      return line.update() <= kept ? Optional.of(line) : Optional.empty();
    } catch (MosException damaged) {
      // A line that a killed run left half-written: its update comes again.
      return Optional.empty();
    }
  }

  /**
   * Adds the line of an update.
   *
   * @param state after it
   * @param tokensPerSecond target tokens, since the line before
   * @param idleShare of the time since then in which the device waited for the next update
   */
  void updated(
      Flight.Entry entry,
      Outcome outcome,
      TrainState state,
      double tokensPerSecond,
      double idleShare) {
    boolean scaled = !state.lossScale().equals(LossScale.NONE);
    MetricsLine.Step step =
        new MetricsLine.Step(
            outcome.loss(),
            outcome.nllLoss(),
            Math.exp(outcome.nllLoss()),
            entry.rate(),
            outcome.gradientNorm(),
            tokensPerSecond,
            idleShare,
            scaled ? (Double) state.lossScale().scale() : null,
            state.seconds());
    add(new MetricsLine(entry.update(), entry.batch().next().epoch(), step, null, null));
  }

  /** Adds the line of a validation: losses by architecture name. */
  void validated(TrainState state, Map<String, ValidationLoss> losses) {
    Map<String, LossFigures> valid = new LinkedHashMap<>();
    losses.forEach(
        (name, loss) ->
            valid.put(
                name,
                new LossFigures(
                    loss.loss(), loss.nllLoss(), loss.perplexity(), loss.bleu(), null)));
    add(MetricsLine.validation(state.update(), state.position().epoch(), valid));
  }

  /** Adds a line, now. */
  void add(MetricsLine line) {
    MetricsLine timed = line.at(now());
    AtomicFile.append(file, (ResultJson.line(timed) + "\n").getBytes(StandardCharsets.UTF_8));
    events.add(timed);
    table.add(timed);
  }
}
