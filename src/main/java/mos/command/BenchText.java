package mos.command;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import mos.console.Table;
import mos.results.BenchFigures;

/** What {@code bench} found, for a terminal. */
final class BenchText {
  private BenchText() {}

  static String of(BenchFigures figures) {
    return figures.decoding() == null ? training(figures) : decoding(figures);
  }

  private static String training(BenchFigures figures) {
    Table table =
        Table.of(
            "tokens per update",
            ">tokens/s",
            ">published",
            ">tuned PyTorch",
            ">ms/update",
            ">of the limit",
            ">padding",
            ">device waits",
            ">communication",
            ">memory, MB");
    figures
        .training()
        .forEach(
            (name, one) ->
                table.row(
                    name,
                    number("%,.0f", one.tokensPerSecond()),
                    PublishedSpeeds.IMPLEMENTATION.text(name),
                    PublishedSpeeds.TUNED.text(name),
                    number("%,.1f", one.msPerUpdate()),
                    percent(one.arithmeticLimitShare()),
                    percent(one.paddingShare()),
                    percent(one.deviceWaitsShare()),
                    percent(one.communicationShare()),
                    number("%,.0f", one.peakMemoryMb())));
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%s, %s in large products%s, vocabulary %,d (%s)%n%s",
                machine(figures),
                speed(figures.matrixTflops()),
                processes(figures),
                figures.vocabulary(),
                figures.vocabularyOf(),
                table));
    if (figures.training().keySet().stream()
        .anyMatch(name -> !PublishedSpeeds.TUNED.text(name).isEmpty())) {
      text.append(PublishedSpeeds.CONDITIONS).append(System.lineSeparator());
    }
    if (figures.latency() != null) {
      figures
          .latency()
          .forEach(
              (name, one) ->
                  text.append(
                      String.format(Locale.ROOT, "latency, %s: %.1f ms%n", name, one.latencyMs())));
    }
    return text.toString().stripTrailing();
  }

  private static String total(Map<String, Double> stepMs) {
    return number("%.3f: ", stepMs.values().stream().mapToDouble(ms -> ms).sum());
  }

  private static String decoding(BenchFigures figures) {
    Table table = Table.of("sentences together", ">beam", ">target tokens/s", "ms of a step");
    figures
        .decoding()
        .forEach(
            (name, one) ->
                table.row(
                    name,
                    one.beam(),
                    number("%,.0f", one.tokensPerSecond()),
                    one.stepMs().isEmpty() ? "" : total(one.stepMs()) + steps(one.stepMs())));
    return String.format(Locale.ROOT, "%s%n%s", machine(figures), table);
  }

  private static String steps(Map<String, Double> stepMs) {
    return stepMs.entrySet().stream()
        .map(step -> step.getKey().replace('_', ' ') + number(" %.3f", step.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static String machine(BenchFigures figures) {
    return figures.hardware().device() + ", " + figures.hardware().precision();
  }

  /** A CPU's speed rounds to 0.0 of what a GPU's is told in. */
  private static String speed(double tflops) {
    return tflops < 1 ? number("%.3g GFLOP/s", 1000 * tflops) : number("%.1f TFLOP/s", tflops);
  }

  private static String processes(BenchFigures figures) {
    return figures.ranks() == 1
        ? ""
        : String.format(
            Locale.ROOT, " of each of %d processes (%s)", figures.ranks(), figures.communication());
  }

  private static String percent(double share) {
    return number("%.1f%%", 100 * share);
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
