package mos.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import mos.command.Command;
import mos.command.SingleCommands;
import mos.command.settings.AllSettings;
import mos.config.Setting;
import mos.config.Settings;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the commands and looks at what they ask their settings for: each that is asked for is an
 * option, and each option is asked for by some call.
 */
@Tag("slow")
class ReadSettingsTest {
  @TempDir static Path folder;
  private final Map<String, Command<?>> tasks = new HashMap<>();
  private final Map<String, Set<String>> read = new TreeMap<>();
  private final SoftAssertions softly = new SoftAssertions();
  private TinyTask tiny;

  private void call(String name, Object... options) {
    Map<String, String> given = new LinkedHashMap<>();
    List<Path> files = new ArrayList<>(List.of(tiny.file()));
    for (int i = 0; i < options.length; i += 2) {
      if (options[i].equals("file")) {
        files.add((Path) options[i + 1]);
      } else {
        given.put(options[i].toString(), options[i + 1].toString());
      }
    }
    Command<?> task = tasks.get(name);
    Set<String> keys = read.computeIfAbsent(name, n -> new TreeSet<>());
    Settings settings =
        AllSettings.load(files, given)
            .only(task.options(), name)
            .noting(setting -> keys.add(setting.key()));
    InputStream in = System.in;
    PrintStream out = System.out;
    try (PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false)) {
      System.setIn(new ByteArrayInputStream("ba de\n".getBytes(StandardCharsets.UTF_8)));
      System.setOut(nowhere);
      task.check(settings);
      task.run(settings);
    } finally {
      System.setIn(in);
      System.setOut(out);
    }
  }

  private static Set<String> keys(Command<?> task) {
    return task.options().stream().map(Setting::key).collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void whatIsDeclaredIsReadAndWhatIsReadIsDeclared() throws IOException {
    SingleCommands.all().forEach(task -> tasks.put(task.name(), task));
    tiny = TinyTask.in(folder);
    Path architecture = tiny.architecture();
    Path supernet = folder.resolve("supernet/checkpoint_best.safetensors");
    Path sub = folder.resolve("sub/checkpoint_best.safetensors");
    Path latencies = folder.resolve("latency.csv");
    Path predictor = folder.resolve("predictor.json");
    call("train", "max-update", 1, "save-dir", folder.resolve("supernet"));
    call(
        "train",
        "max-update",
        1,
        "save-dir",
        folder.resolve("d"),
        "distill",
        "kl",
        "lr-scheduler",
        "inverse_sqrt",
        "lr",
        1e-3);
    call(
        "train-subtransformer",
        "file",
        architecture,
        "sub-max-update",
        1,
        "best-checkpoint-metric",
        "bleu",
        "init",
        "supernet",
        "restore-file",
        supernet,
        "save-dir",
        folder.resolve("sub"));
    call(
        "train-subtransformer",
        "file",
        architecture,
        "sub-max-update",
        1,
        "save-dir",
        folder.resolve("scratch"));
    call("validate", "path", supernet, "random-architectures", 2);
    call("validate", "path", supernet, "file", architecture);
    call("latency-dataset", "lat-dataset-path", latencies, "lat-dataset-size", 6);
    call(
        "latency-predictor",
        "lat-dataset-path",
        latencies,
        "ckpt-path",
        predictor,
        "train-steps",
        2);
    for (String fitness : List.of("loss", "bleu")) {
      call(
          "evo-search",
          "restore-file",
          supernet,
          "evo-iter",
          1,
          "population-size",
          4,
          "parent-size",
          1,
          "mutation-size",
          1,
          "crossover-size",
          2,
          "fitness",
          fitness,
          "ckpt-path",
          predictor,
          "latency-compute",
          fitness.equals("loss") ? "gold" : "predictor",
          "write-config-path",
          folder.resolve("search-" + fitness + "/a.yml"));
    }
    call(
        "evo-search",
        "restore-file",
        supernet,
        "runner",
        "sh -c 'echo 5'",
        "evo-iter",
        1,
        "population-size",
        4,
        "parent-size",
        1,
        "mutation-size",
        1,
        "crossover-size",
        2,
        "write-config-path",
        folder.resolve("search-runner/a.yml"));
    for (String fitness : List.of("loss", "bleu")) {
      call(
          "evaluate-supernet",
          "supernets",
          supernet,
          "architectures",
          2,
          "sub-max-update",
          1,
          "fitness",
          fitness,
          "evaluation-dir",
          folder.resolve("evaluation-" + fitness));
    }
    call(
        "evo-search",
        "restore-file",
        supernet,
        "evo-iter",
        1,
        "population-size",
        4,
        "parent-size",
        1,
        "mutation-size",
        1,
        "crossover-size",
        2,
        "flops-constraint",
        "100%",
        "write-config-path",
        folder.resolve("search-flops/a.yml"));
    call("measure", "file", architecture, "runner", "sh -c 'echo 5'");
    call(
        "latency-dataset",
        "runner",
        "sh -c 'echo 5'",
        "lat-dataset-path",
        folder.resolve("r.csv"),
        "lat-dataset-size",
        2);
    call("measure", "file", architecture);
    call("measure", "file", architecture, "check-constraint", true);
    call("measure", "file", architecture, "check-constraint", true, "params-constraint", "100%");
    call("generate", "path", sub);
    call("generate", "path", supernet, "file", architecture, "interactive", true);
    call("generate", "path", sub, "results-path", folder.resolve("results"));
    call(
        "distill-data",
        "path",
        supernet,
        "file",
        architecture,
        "distill-dir",
        folder.resolve("distilled"));
    call("average-checkpoints", "inputs", sub, "out", folder.resolve("mean.safetensors"));
    Path epochs = Files.createDirectory(folder.resolve("epochs"));
    Files.copy(sub, epochs.resolve("checkpoint1.safetensors"));
    call(
        "average-checkpoints",
        "num-epoch-checkpoints",
        1,
        "save-dir",
        epochs,
        "out",
        folder.resolve("last.safetensors"));
    call("export", "path", supernet, "file", architecture, "out", folder.resolve("model"));
    call("export", "path", sub, "out", folder.resolve("other"), "format", "ctranslate2");
    call(
        "export", "path", sub, "out", folder.resolve("onnx"), "format", "onnx", "quantize", "int8");
    call("doctor");
    call(
        "bench",
        "runner",
        "sh -c 'echo 5'",
        "max-tokens",
        32,
        "sentence-tokens",
        8,
        "bench-updates",
        1);
    call("bench", "train", true, "bench-text", true, "max-tokens", 64, "bench-updates", 1);
    call("bench", "decode", true, "bench-batch", 2, "sentence-tokens", 4, "beam", 2);
    // It trains as this command does, and as `train` with --train-subtransformer.
    read.get("evaluate-supernet").addAll(read.get("train-subtransformer"));
    read.get("train").addAll(read.get("train-subtransformer"));
    read.forEach(
        (name, keys) -> {
          Set<String> unread = keys(tasks.get(name));
          unread.removeAll(keys);
          softly.assertThat(unread).as("%s declares and does not read", name).isEmpty();
        });
    softly.assertAll();
  }
}
