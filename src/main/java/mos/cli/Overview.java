package mos.cli;

/** What {@code mos} and {@code mos --help} show: first steps, and all commands in their groups. */
final class Overview {
  private static final int COMMAND_COLUMN = 25;
  private static final int STEP_COLUMN = 49;

  private Overview() {}

  /** Adds it to an empty text. */
  static String of(HelpText text) {
    text.line("Usage: mos COMMAND [OPTION]…");
    text.paragraph(
        "Finds a fast Transformer for machine translation on your hardware, by neural architecture"
            + " search with a Mixture-of-Supernets.",
        0);
    text.heading("First steps");
    text.entry("mos doctor", "what works on this machine", STEP_COLUMN);
    text.entry(
        "mos run --task sample --output_dir out/sample",
        "the whole pipeline, in small",
        STEP_COLUMN);
    text.entry("mos COMMAND --help", "the options that matter first", STEP_COLUMN);
    text.entry("mos COMMAND --help all", "all options", STEP_COLUMN);
    for (Commands.Group group : Commands.Group.values()) {
      text.heading(group.title());
      for (Commands command : Commands.values()) {
        if (command.group() == group) {
          text.entry(command.word(), command.summary(), COMMAND_COLUMN);
        }
      }
    }
    text.heading("Options");
    text.entry("-h, --help", "Show this help and exit.", COMMAND_COLUMN);
    text.entry("-V, --version", "Show the version and exit.", COMMAND_COLUMN);
    text.entry("--debug", "Show stack traces of failures.", COMMAND_COLUMN);
    return text.toString();
  }
}
