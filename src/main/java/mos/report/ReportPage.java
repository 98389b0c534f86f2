package mos.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import mos.base.AtomicFile;

/**
 * The page {@code report.html} of an output folder: one self-contained file without scripts, with
 * plots as inline SVG. Whatever file of the experiment is missing is said in its section. The page
 * is well-formed XML as well as HTML.
 */
public final class ReportPage {
  /** Name of the page inside the output folder. */
  public static final String FILE_NAME = "report.html";

  private static final String STYLE = "report.css";

  private record Section(String id, String title, String html) {}

  private ReportPage() {}

  /**
   * Writes {@code report.html} into an output folder from the files that are there.
   *
   * @return the path of the page
   * @throws mos.base.ConfigurationException when it is no folder or holds no known file
   * @throws mos.base.MosException when the page cannot be written
   */
  public static Path write(Path outputFolder) {
    Path page = outputFolder.resolve(FILE_NAME);
    AtomicFile.writeString(page, html(OutputFolder.read(outputFolder)));
    return page;
  }

  /**
   * The page as it would be written now, for a look at a run that is under way.
   *
   * @throws mos.base.ConfigurationException when it is no folder or holds no known file
   */
  static String now(Path outputFolder) {
    return html(OutputFolder.read(outputFolder));
  }

  private static String html(OutputFolder folder) {
    List<Section> sections =
        List.of(
            new Section("summary", "Summary", SummarySection.html(folder)),
            new Section("training", "Training", TrainingSection.html(folder)),
            new Section("search", "Search", SearchSection.html(folder)),
            new Section("supernet", "Supernet", SupernetSection.html(folder)),
            new Section("routers", "Router weights", RoutersSection.html(folder)),
            new Section("predictor", "Latency predictor", PredictorSection.html(folder)),
            new Section("translations", "Translations", TranslationsSection.html(folder)),
            new Section("stages", "Stages", StagesSection.html(folder)),
            new Section("provenance", "Provenance", ProvenanceSection.html(folder)));
    StringBuilder out = new StringBuilder(1 << 16);
    String task = JsonLines.text(folder.summary(), "task");
    head(task.isEmpty() ? "MoS" : "MoS: " + task, out);
    header(task, folder, sections, out);
    out.append("<main>\n");
    for (Section section : sections) {
      out.append("<section id=\"").append(section.id()).append("\">\n");
      out.append(Html.element("h2", section.title())).append('\n').append(section.html());
      out.append("</section>\n");
    }
    return out.append("</main>\n</body>\n</html>\n").toString();
  }

  /** The page's beginning up to {@code <body>}, of other pages with the same looks too. */
  static void head(String title, StringBuilder out) {
    out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n");
    // Nothing is loaded and nothing runs, whatever a translation may contain.
    out.append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ");
    out.append("style-src 'unsafe-inline'\"/>\n");
    out.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n");
    out.append("<meta name=\"color-scheme\" content=\"light dark\"/>\n");
    out.append(Html.element("title", title));
    out.append("\n<style>\n").append(style()).append("</style>\n</head>\n<body>\n");
  }

  private static void header(
      String task, OutputFolder folder, List<Section> sections, StringBuilder out) {
    out.append("<header>\n<p class=\"kicker\">Mixture-of-Supernets</p>\n");
    out.append(Html.element("h1", task.isEmpty() ? "Experiment" : task)).append('\n');
    JsonNode summary = folder.summary();
    List<String> facts = new ArrayList<>();
    facts.add(JsonLines.text(summary, "mos_type"));
    String experts = JsonLines.text(summary, "max_experts");
    facts.add(experts.isEmpty() ? "" : experts + (experts.equals("1") ? " expert" : " experts"));
    facts.add(JsonLines.text(summary, "provenance", "device"));
    facts.add(JsonLines.text(summary, "provenance", "started"));
    facts.removeIf(String::isEmpty);
    if (!facts.isEmpty()) {
      out.append(Html.element("p", "facts", String.join(" · ", facts))).append('\n');
    }
    out.append("<nav aria-label=\"Sections\">");
    for (Section section : sections) {
      out.append("<a href=\"#").append(section.id()).append("\">");
      out.append(Html.escape(section.title())).append("</a> ");
    }
    out.append("</nav>\n");
    if (!folder.notes().isEmpty()) {
      out.append("<ul class=\"notes\">\n");
      folder.notes().forEach(note -> out.append(Html.element("li", note)).append('\n'));
      out.append("</ul>\n");
    }
    out.append("</header>\n");
  }

  private static String style() {
    try (InputStream in = ReportPage.class.getResourceAsStream(STYLE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
