package mos.report;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import mos.results.RunProvenance;

/** Where the figures come from and the command that makes them again. */
final class ProvenanceSection {
  private ProvenanceSection() {}

  static String html(OutputFolder folder) {
    RunFigures run = folder.run();
    if (run.summary().provenance() == null) {
      return Html.absent("No provenance in summary.json.");
    }
    RunProvenance provenance = run.provenance();
    StringBuilder out = new StringBuilder();
    String command = Known.text(provenance.command());
    if (!command.isEmpty()) {
      out.append("<h3>Command to reproduce</h3>\n").append(NextSteps.command(command));
      out.append("<p class=\"caption\">One click selects it all.</p>\n");
    }
    HtmlTable table = new HtmlTable("pairs", "Made with and from", "Value");
    row(table, "task", run.summary().task());
    row(table, "spec", provenance.spec());
    row(table, "cpuModel", provenance.cpuModel());
    row(table, "logicalCores", provenance.logicalCores());
    row(table, "threads", provenance.threads());
    row(table, "precision", provenance.precision());
    row(table, "device", provenance.device());
    row(table, "java", provenance.java());
    row(table, "libtorch", provenance.libtorch());
    row(table, "version", provenance.version());
    rows(table, "data: ", provenance.data());
    rows(table, "artefacts: ", provenance.artefacts());
    // What run --from reads of a run beside; the command above says the same to people.
    rows(table, "configuration ", provenance.run() == null ? null : provenance.run().configs());
    out.append(table.html(""));
    settings(provenance.settings(), out);
    return out.toString();
  }

  private static void settings(Map<String, Object> settings, StringBuilder out) {
    HtmlTable table = new HtmlTable("pairs", "Setting", "Value");
    rows(table, "", settings);
    if (!table.isEmpty()) {
      out.append("<details id=\"settings\"><summary>All settings of the SuperTransformer’s stage");
      out.append("</summary>\n").append(table.html("")).append("</details>\n");
    }
  }

  private static void rows(HtmlTable table, String prefix, Map<String, ?> values) {
    if (values != null) {
      values.forEach((name, value) -> row(table, prefix + name, value));
    }
  }

  private static void row(HtmlTable table, String name, Object value) {
    if (value instanceof Map<?, ?> parts) {
      parts.forEach((part, inside) -> row(table, name + ": " + part, inside));
    } else if (value != null) {
      table.row(name, words(value));
    }
  }

  private static String words(Object value) {
    return value instanceof List<?> list
        ? list.stream().map(String::valueOf).collect(Collectors.joining(", "))
        : value.toString();
  }
}
