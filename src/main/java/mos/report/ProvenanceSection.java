package mos.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import mos.base.Json;

/** Where the figures come from and the command that makes them again. */
final class ProvenanceSection {
  private static final String COMMAND = "command";

  private ProvenanceSection() {}

  static String html(OutputFolder folder) {
    JsonNode provenance = folder.summary().path("provenance");
    if (!provenance.isObject()) {
      return Html.absent("No provenance in summary.json.");
    }
    StringBuilder out = new StringBuilder();
    String command = JsonLines.text(provenance, COMMAND);
    if (!command.isEmpty()) {
      out.append("<h3>Command to reproduce</h3>\n<pre class=\"command\" tabindex=\"0\">");
      out.append(Html.escape(command)).append("</pre>\n");
      out.append("<p class=\"caption\">One click selects it all.</p>\n");
    }
    out.append("<dl class=\"provenance\">\n");
    for (Map.Entry<String, JsonNode> entry : provenance.properties()) {
      if (!entry.getKey().equals(COMMAND) && !entry.getValue().isNull()) {
        out.append("<div>").append(Html.element("dt", entry.getKey().replace('_', ' ')));
        out.append(Html.element("dd", words(entry.getValue()))).append("</div>\n");
      }
    }
    return out.append("</dl>\n").toString();
  }

  private static String words(JsonNode value) {
    return value.isValueNode() ? value.asText() : Json.line(value);
  }
}
