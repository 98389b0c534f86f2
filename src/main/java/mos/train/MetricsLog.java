package mos.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import mos.base.AtomicFile;
import mos.base.Json;
import mos.base.MosException;

/**
 * The file {@code metrics.jsonl}: one JSON object a line, in the order of updates; and the same
 * figures for TensorBoard beside it.
 */
final class MetricsLog {
  private final Path file;
  private final EventFile events;

  /**
   * Continues a log, without what was written after {@code state}: it comes again.
   *
   * @param state that training resumes from
   */
  MetricsLog(Path file, TrainState state) {
    this.file = file;
    List<String> kept = new ArrayList<>();
    if (Files.exists(file)) {
      try {
        Files.readAllLines(file).stream().filter(l -> isUpTo(l, state)).forEach(kept::add);
        AtomicFile.writeString(file, kept.isEmpty() ? "" : String.join("\n", kept) + "\n");
      } catch (IOException e) {
        throw new MosException("cannot read " + file + ": " + AtomicFile.describe(e), e);
      }
    }
    List<JsonNode> lines = kept.stream().map(line -> Json.parse(line, "line")).toList();
    events = new EventFile(file.resolveSibling(EventFile.NAME), lines);
  }

  private static boolean isUpTo(String line, TrainState state) {
    try {
      JsonNode node = Json.parse(line, "line");
      boolean comesAgain = state.validationDue() && node.has("valid");
      long kept = comesAgain ? state.update() - 1 : state.update();
      return node.path("update").isNumber() && node.path("update").asLong() <= kept;
    } catch (MosException damaged) {
      // A line that a killed run left half-written: its update comes again.
      return false;
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
    ObjectNode line = Json.object();
    line.put("update", entry.update());
    line.put("epoch", entry.batch().next().epoch());
    line.put("loss", outcome.loss());
    line.put("nll_loss", outcome.nllLoss());
    line.put("ppl", Math.exp(outcome.nllLoss()));
    line.put("lr", entry.rate());
    line.put("grad_norm", outcome.gradientNorm());
    line.put("tokens_per_second", tokensPerSecond);
    line.put("device_waits", idleShare);
    if (!state.lossScale().equals(LossScale.NONE)) {
      line.put("loss_scale", state.lossScale().scale());
    }
    line.put("seconds", state.seconds());
    add(line);
  }

  /** Adds the line of a validation: losses by architecture name. */
  void validated(TrainState state, Map<String, ValidationLoss> losses) {
    ObjectNode line = Json.object();
    line.put("update", state.update());
    line.put("epoch", state.position().epoch());
    ObjectNode valid = line.putObject("valid");
    losses.forEach(
        (name, loss) -> {
          ObjectNode node = valid.putObject(name);
          node.put("loss", loss.loss());
          node.put("nll_loss", loss.nllLoss());
          node.put("ppl", loss.perplexity());
        });
    add(line);
  }

  void add(ObjectNode line) {
    AtomicFile.append(file, (Json.line(line) + "\n").getBytes(StandardCharsets.UTF_8));
    events.add(line);
  }
}
