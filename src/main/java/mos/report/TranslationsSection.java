package mos.report;

import java.util.List;
import mos.console.Numbers;
import mos.results.ExampleTranslation;

/** Example translations beside their references, with differing words marked. */
final class TranslationsSection {
  private static final int MOST_ROWS = 40;
  private static final int OPEN_ROWS = 8;

  private TranslationsSection() {}

  static String html(OutputFolder folder) {
    List<ExampleTranslation> translations = folder.translations();
    if (translations.isEmpty()) {
      return Html.absent("No translations (translations.jsonl) in this folder.");
    }
    StringBuilder out = new StringBuilder();
    int shown = Math.min(MOST_ROWS, translations.size());
    String count =
        shown < translations.size()
            ? "The first " + shown + " of " + Numbers.count(translations.size()) + ". "
            : "";
    out.append("<p class=\"caption\">").append(count);
    out.append("<mark>Marked</mark>: words that differ from the reference.</p>\n");
    table(translations.subList(0, Math.min(OPEN_ROWS, shown)), out);
    if (shown > OPEN_ROWS) {
      out.append("<details id=\"more-translations\"><summary>").append(shown - OPEN_ROWS);
      out.append(" more</summary>\n");
      table(translations.subList(OPEN_ROWS, shown), out);
      out.append("</details>\n");
    }
    return out.toString();
  }

  private static void table(List<ExampleTranslation> rows, StringBuilder out) {
    out.append("<table class=\"translations\">\n<thead><tr>");
    for (String name : List.of("Source", "Reference", "Inherited", "Final")) {
      out.append("<th scope=\"col\">").append(name).append("</th>");
    }
    out.append("</tr></thead>\n<tbody>\n");
    for (ExampleTranslation t : rows) {
      out.append("<tr>");
      cell("Source", Html.escape(t.source()), out);
      cell("Reference", Html.escape(t.reference()), out);
      cell("Inherited", WordDifference.mark(t.inherited(), t.reference()), out);
      cell("Final", WordDifference.mark(t.finished(), t.reference()), out);
      out.append("</tr>\n");
    }
    out.append("</tbody></table>\n");
  }

  private static void cell(String name, String html, StringBuilder out) {
    // The text's own direction: right-to-left languages are right-aligned.
    out.append("<td data-name=\"").append(name).append("\"><div dir=\"auto\">");
    out.append(html.isEmpty() ? Numbers.NONE : html).append("</div></td>");
  }
}
