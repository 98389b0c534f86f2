package mos.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import mos.base.Json;
import mos.parity.GoldenFolder;
import mos.parity.ModelParity;
import mos.tensor.Precision;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code parity}: agreement with golden files. */
@Command(
    name = "parity",
    description = {
      "Prints the largest relative errors per file, or how many n-best lists differ;"
          + " fails past 1e-4 (tf32, fp16: 1e-2, bf16: 3e-2) or on any difference."
    },
    footer = {"", "Example: mos parity golden --skip beam --json"})
public final class ParityCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "Folder of NAME.json with NAME.safetensors.")
  private Path folder;

  @Option(names = "--skip", paramLabel = "NAME", description = "Leave this file out; repeatable.")
  private Set<String> skipped = Set.of();

  @Option(
      names = "--device",
      defaultValue = "cpu",
      description = "Where to compute: cpu, cuda or cuda:N (default ${DEFAULT-VALUE}).")
  private String device;

  @Option(
      names = "--precision",
      defaultValue = "FP32",
      description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}).")
  private Precision precision;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    List<GoldenFolder.Result> results = GoldenFolder.check(folder, device, precision, skipped);
    boolean passed = results.stream().allMatch(GoldenFolder.Result::passed);
    if (json) {
      Map<String, Object> report = new LinkedHashMap<>();
      report.put("tolerance", ModelParity.tolerance(precision));
      report.put("passed", passed);
      report.put("files", results);
      System.out.println(Json.line(report));
    } else {
      results.forEach(result -> System.out.println(line(result)));
    }
    StandardStreams.flush();
    return passed ? 0 : 1;
  }

  private static String line(GoldenFolder.Result result) {
    String figures =
        result.figures().entrySet().stream()
            .map(e -> e.getKey().replace('_', ' ') + " " + number(e.getValue()))
            .collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT,
        "%-6s %s: %s%s",
        result.passed() ? "ok" : "FAILED",
        result.name(),
        figures,
        result.message());
  }

  private static String number(Object value) {
    return value instanceof Double d ? String.format(Locale.ROOT, "%.1e", d) : value.toString();
  }
}
