package mos.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import mos.parity.GoldenFolder;
import mos.results.ParityFigures;
import mos.results.ResultJson;
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
    ParityFigures found = GoldenFolder.check(folder, device, precision, skipped);
    if (json) {
      System.out.println(ResultJson.line(found));
    } else {
      found.files().forEach(file -> System.out.println(line(file)));
    }
    StandardStreams.flush();
    return found.passed() ? 0 : 1;
  }

  private static String line(ParityFigures.GoldenFile file) {
    String figures =
        ResultJson.tree(file.figures()).properties().stream()
            .map(e -> e.getKey().replace('_', ' ') + " " + number(e.getValue()))
            .collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT,
        "%-6s %s: %s%s",
        file.passed() ? "ok" : "FAILED",
        file.name(),
        figures,
        file.message());
  }

  private static String number(JsonNode value) {
    return value.isIntegralNumber()
        ? value.asText()
        : String.format(Locale.ROOT, "%.1e", value.asDouble());
  }
}
