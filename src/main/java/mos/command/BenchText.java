package mos.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import mos.report.Table;

/** What {@code bench} found, for a terminal. */
final class BenchText {
  private BenchText() {}

  static String of(ObjectNode figures) {
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
    for (Map.Entry<String, JsonNode> entry : figures.path("training").properties()) {
      JsonNode one = entry.getValue();
      table.row(
          entry.getKey(),
          number(one.path("tokens_per_second"), "%,.0f"),
          PublishedSpeeds.IMPLEMENTATION.text(entry.getKey()),
          PublishedSpeeds.TUNED.text(entry.getKey()),
          number(one.path("ms_per_update"), "%,.1f"),
          percent(one.path("arithmetic_limit_share")),
          percent(one.path("padding_share")),
          percent(one.path("device_waits_share")),
          percent(one.path("communication_share")),
          number(one.path("peak_memory_mb"), "%,.0f"));
    }
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%s, %s, %s in large products%s, vocabulary %,d (%s)%n%s",
                figures.path("hardware").path("device").asText(),
                figures.path("hardware").path("precision").asText(),
                speed(figures.path("matrix_tflops").asDouble()),
                processes(figures),
                figures.path("vocabulary").asInt(),
                figures.path("vocabulary_of").asText(),
                table));
    if (figures.path("training").properties().stream()
        .anyMatch(entry -> !PublishedSpeeds.TUNED.text(entry.getKey()).isEmpty())) {
      text.append(PublishedSpeeds.CONDITIONS).append(System.lineSeparator());
    }
    for (Map.Entry<String, JsonNode> entry : figures.path("latency").properties()) {
      text.append(
          String.format(
              Locale.ROOT,
              "latency, %s: %.1f ms%n",
              entry.getKey(),
              entry.getValue().path("latency_ms").asDouble()));
    }
    return text.toString().stripTrailing();
  }

  /** A CPU's speed rounds to 0.0 of what a GPU's is told in. */
  private static String speed(double tflops) {
    return tflops < 1
        ? String.format(Locale.ROOT, "%.3g GFLOP/s", 1000 * tflops)
        : String.format(Locale.ROOT, "%.1f TFLOP/s", tflops);
  }

  private static String processes(ObjectNode figures) {
    int ranks = figures.path("ranks").asInt();
    return ranks == 1
        ? ""
        : String.format(
            Locale.ROOT,
            " of each of %d processes (%s)",
            ranks,
            figures.path("communication").asText());
  }

  private static String percent(JsonNode share) {
    return String.format(Locale.ROOT, "%.1f%%", 100 * share.asDouble());
  }

  private static String number(JsonNode value, String format) {
    return value.isNumber() ? String.format(Locale.ROOT, format, value.asDouble()) : "";
  }
}
