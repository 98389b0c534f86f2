package mos.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
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

  void add(ObjectNode line) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(
          file, Json.line(line) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      events.add(line);
    } catch (IOException e) {
      throw new MosException("cannot write " + file + ": " + AtomicFile.describe(e), e);
    }
  }
}
