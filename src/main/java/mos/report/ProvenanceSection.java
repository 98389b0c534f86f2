package mos.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;
import mos.base.Json;

/** Where the figures come from and the command that makes them again. */
final class ProvenanceSection {
  private static final String COMMAND = "command";
  private static final String SETTINGS = "settings";

  /** What {@code run --from} reads; the command above says the same to people. */
  private static final String RUN = "run";

  private ProvenanceSection() {}

  static String html(OutputFolder folder) {
    JsonNode provenance = folder.summary().path("provenance");
    if (!provenance.isObject()) {
      return Html.absent("No provenance in summary.json.");
    }
    StringBuilder out = new StringBuilder();
    String command = JsonLines.text(provenance, COMMAND);
    if (!command.isEmpty()) {
      out.append("<h3>Command to reproduce</h3>\n").append(NextSteps.command(command));
      out.append("<p class=\"caption\">One click selects it all.</p>\n");
    }
    HtmlTable table = new HtmlTable("pairs", "Made with and from", "Value");
    row(table, "task", folder.summary().path("task"));
    for (Map.Entry<String, JsonNode> entry : provenance.properties()) {
      if (!Set.of(COMMAND, SETTINGS, RUN).contains(entry.getKey())) {
        row(table, entry.getKey(), entry.getValue());
      }
    }
    provenance
        .path(RUN)
        .path("configs")
        .properties()
        .forEach(file -> row(table, "configuration " + file.getKey(), file.getValue()));
    out.append(table.html(""));
    settings(provenance.path(SETTINGS), out);
    return out.toString();
  }

  private static void settings(JsonNode settings, StringBuilder out) {
    HtmlTable table = new HtmlTable("pairs", "Setting", "Value");
    settings.properties().forEach(entry -> row(table, entry.getKey(), entry.getValue()));
    if (!table.isEmpty()) {
      out.append("<details id=\"settings\"><summary>All settings of the SuperTransformer’s stage");
      out.append("</summary>\n").append(table.html("")).append("</details>\n");
    }
  }

  /** A row for a value, a row for each part of an object. */
  private static void row(HtmlTable table, String name, JsonNode value) {
    if (value.isObject()) {
      value.properties().forEach(part -> row(table, name + ": " + part.getKey(), part.getValue()));
    } else if (!value.isNull() && !value.isMissingNode()) {
      table.row(name, words(value));
    }
  }

  private static String words(JsonNode value) {
    if (value.isArray()) {
      StringBuilder text = new StringBuilder();
      value.forEach(
          one ->
              text.append(text.isEmpty() ? "" : ", ")
                  .append(one.isValueNode() ? one.asText() : Json.line(one)));
      return text.toString();
    }
    return value.asText();
  }
}
