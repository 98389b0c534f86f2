package mos.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import mos.base.AtomicFile;

/**
 * The page {@code report.html} of an output folder: one self-contained file with plots as inline
 * SVG. What a person looks for first stands first; what only some want is folded. Whatever file of
 * the experiment is missing is said in its section. The page is well-formed XML as well as HTML.
 */
public final class ReportPage {
  /** Name of the page inside the output folder. */
  public static final String FILE_NAME = "report.html";

  /**
   * A part of the page.
   *
   * @param folded whether it is closed at first
   */
  private record Section(String id, String title, boolean folded, String html) {
    Section(String id, String title, String html) {
      this(id, title, false, html);
    }
  }

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
    AtomicFile.writeString(page, html(OutputFolder.read(outputFolder), 0));
    return page;
  }

  /**
   * The page as it would be written now, for a look at a run that is under way.
   *
   * @param refreshSeconds after how long the browser asks for it again
   * @throws mos.base.ConfigurationException when it is no folder or holds no known file
   */
  static String now(Path outputFolder, int refreshSeconds) {
    return html(OutputFolder.read(outputFolder), refreshSeconds);
  }

  private static String html(OutputFolder folder, int refreshSeconds) {
    List<Section> sections = sections(folder);
    StringBuilder out = new StringBuilder(1 << 16);
    String task = Known.text(folder.run().summary().task());
    Page.head(task.isEmpty() ? "MoS" : "MoS: " + task, refreshSeconds, out);
    header(task, folder, refreshSeconds > 0, out);
    out.append("<main>\n");
    for (Section section : sections) {
      if (section == sections.get(1)) {
        navigation(sections, out);
      }
      String title = Html.element("h2", section.title());
      out.append("<section id=\"").append(section.id()).append("\">\n");
      if (section.folded()) {
        out.append("<details id=\"").append(section.id()).append("-part\"><summary>");
        out.append(title).append("</summary>\n").append(section.html()).append("</details>\n");
      } else {
        out.append(title).append('\n').append(section.html());
      }
      out.append("</section>\n");
    }
    out.append("</main>\n");
    Page.end(out);
    return out.toString();
  }

  private static List<Section> sections(OutputFolder folder) {
    List<Section> all = new ArrayList<>();
    all.add(new Section("result", "Result", ResultSection.html(folder)));
    all.add(new Section("compared", "Compared", ComparedSection.html(folder)));
    all.add(new Section("stages", "Where the time went", StagesSection.html(folder)));
    all.add(new Section("search", "Search", SearchSection.html(folder)));
    all.add(new Section("found", "Found SubTransformer", ArchitectureSection.html(folder)));
    if (!folder.run().summary().others().isEmpty()) {
      all.add(new Section("taken", "Taken answers", TakenSection.html(folder)));
    }
    all.add(new Section("quality", "Quality", QualitySection.html(folder)));
    if (folder.finished()) {
      all.add(new Section("next", "What next", NextSteps.html(folder)));
    }
    all.add(new Section("training", "Training", TrainingSection.html(folder)));
    all.add(new Section("translations", "Translations", TranslationsSection.html(folder)));
    all.add(new Section("predictor", "Latency predictor", true, PredictorSection.html(folder)));
    all.add(
        new Section("supernet", "Inherited and standalone", true, SupernetSection.html(folder)));
    all.add(new Section("routers", "Router weights", true, RoutersSection.html(folder)));
    all.add(new Section("provenance", "Provenance", true, ProvenanceSection.html(folder)));
    all.add(new Section("terms", "Terms", TermsSection.html()));
    return all;
  }

  /** After the result, which a person must not have to look for. */
  private static void navigation(List<Section> sections, StringBuilder out) {
    out.append("<nav aria-label=\"Sections\">");
    for (Section section : sections.subList(1, sections.size())) {
      out.append("<a href=\"#").append(section.id()).append("\">");
      out.append(Html.escape(section.title())).append("</a> ");
    }
    out.append("</nav>\n");
  }

  private static void header(String task, OutputFolder folder, boolean live, StringBuilder out) {
    out.append("<header>\n<p class=\"kicker\">Mixture-of-Supernets</p>\n");
    out.append(Html.element("h1", task.isEmpty() ? "Experiment" : task)).append('\n');
    String facts = facts(folder.run());
    out.append(facts.isEmpty() ? "" : Html.element("p", "facts", facts) + "\n");
    if (live) {
      live(folder.path(), out);
    }
    if (folder.run().trial()) {
      out.append(
          "<p class=\"trial\"><strong>A dry run</strong> (--trial_run 1): every stage at its");
      out.append(" smallest size, to find mistakes early. Its figures mean nothing.</p>\n");
    }
    if (!folder.notes().isEmpty()) {
      out.append("<ul class=\"notes\">\n");
      folder.notes().forEach(note -> out.append(Html.element("li", note)).append('\n'));
      out.append("</ul>\n");
    }
    out.append("</header>\n");
  }

  private static String facts(RunFigures run) {
    List<String> facts = new ArrayList<>();
    facts.add(Known.text(run.summary().mosType()));
    String experts = Known.text(run.summary().maxExperts());
    facts.add(experts.isEmpty() ? "" : experts + (experts.equals("1") ? " expert" : " experts"));
    facts.add(Known.text(run.provenance().device()));
    facts.removeIf(String::isEmpty);
    return String.join(" · ", facts);
  }

  /** How to see the page of a run under way once it has ended. */
  static void live(Path folder, StringBuilder out) {
    String command = Html.element("code", "./mos report " + NextSteps.word(folder));
    String file = Html.element("code", folder.resolve(FILE_NAME).toString());
    out.append(
        "<p class=\"live\"><span class=\"going\">This page is made anew as long as it is served.");
    out.append(" Afterwards open ").append(file).append(", which ").append(command);
    out.append(
        " writes at any time.</span><strong class=\"ended\">The run has ended, or its server has:");
    out.append(" this page does not change any more. Open ").append(file).append("; ");
    out.append(command).append(" writes it anew.</strong></p>\n");
  }
}
