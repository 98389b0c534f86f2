package mos.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import mos.base.Folders;
import mos.base.Json;

/**
 * Runs of the whole pipeline at the tests' size, as processes, all to one output folder: paths are
 * part of what a checkpoint says.
 *
 * @param folder for everything
 * @param out the output folder
 */
record TrialRuns(TinyTask task, Path folder, Path out) {
  /** Where they run: cpu, or cuda, where equal bits need {@code --deterministic}. */
  static final String DEVICE = System.getProperty("mos.test.device", "cpu");

  static boolean onGpu() {
    return !DEVICE.equals("cpu");
  }

  /** Writes the task. */
  static TrialRuns in(Path folder, Path out) throws IOException {
    TinyTask task = TinyTask.in(folder);
    // Often enough that kills fall into saving, too.
    Files.writeString(
        task.file(),
        "max-update: 30\nsub-max-update: 30\nsave-interval-updates: 2\nkeep-last-epochs: 2\n"
            + "validate-interval-updates: 7\nlat-dataset-size: 12\n",
        StandardOpenOption.APPEND);
    return new TrialRuns(task, folder, out);
  }

  /**
   * @param timed whether the search's constraint is a measured time, or FLOPs
   */
  RunProcess start(boolean timed) throws IOException {
    return start(timed, Map.of());
  }

  /**
   * @param environment added to this process's own
   */
  RunProcess start(boolean timed, Map<String, String> environment) throws IOException {
    List<Object> words = new ArrayList<>(List.of("run", "--task", task.file()));
    words.addAll(List.of("--output_dir", out, "--evo-iter", "2", "--population-size", "6"));
    words.addAll(List.of("--parent-size", "2", "--mutation-size", "2", "--crossover-size", "2"));
    words.addAll(List.of("--train-steps", "10", "--batch-size", "2"));
    words.addAll(List.of("--device", DEVICE));
    if (onGpu()) {
      words.addAll(List.of("--deterministic", "true"));
    }
    if (!timed) {
      words.addAll(List.of("--flops-constraint", "1"));
    }
    return RunProcess.start(folder.resolve("log"), null, environment, words.toArray());
  }

  void finish(boolean timed) throws Exception {
    try (RunProcess run = start(timed)) {
      run.succeeded();
    }
  }

  /** What an uninterrupted run makes, made once. */
  Artefacts reference(boolean timed) throws Exception {
    Path reference = folder.resolve(timed ? "by-latency" : "by-flops");
    if (!Files.exists(reference)) {
      clear();
      finish(timed);
      copy(out, reference);
    }
    return new Artefacts(reference);
  }

  /** What is there now. */
  Artefacts artefacts() {
    return new Artefacts(out);
  }

  /** Seconds that each stage took. */
  static double[] stageSeconds(Artefacts reference) {
    JsonNode seconds = Json.read(reference.folder().resolve("summary.json")).path("seconds");
    return seconds.properties().stream()
        .mapToDouble(entry -> entry.getValue().asDouble())
        .toArray();
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  /** Deletes the output folder. */
  void clear() throws IOException {
    Folders.delete(out);
  }
}
