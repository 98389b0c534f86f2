package mos.report;

/** The found SubTransformer, drawn. */
final class ArchitectureSection {
  private ArchitectureSection() {}

  static String html(OutputFolder folder) {
    if (folder.architecture() == null) {
      return Html.absent("No architecture has been found yet.");
    }
    return "<figure>\n"
        + ArchitectureDrawing.svg(folder.architecture())
        + Html.element(
            "figcaption",
            "Bars: FFN and embedding sizes, to one scale. Squares: attention heads (self, and"
                + " cross for encoder-decoder attention). Curves: the encoder layers whose output"
                + " a decoder layer attends to. Layer 1 is at the bottom.")
        + "\n</figure>\n";
  }
}
