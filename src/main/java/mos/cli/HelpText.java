package mos.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** Text for a terminal, wrapped between words and never within one. */
final class HelpText {
  private static final int LEAST_WIDTH = 40;
  private static final int MOST_WIDTH = 110;
  private static final int DEFAULT_WIDTH = 80;

  /** Where descriptions begin, and the width from which on they stand beside the names. */
  private static final int COLUMN = 30;

  private static final int WIDE = 70;

  private final StringBuilder text = new StringBuilder();
  private final int width;

  /**
   * @param width columns of the terminal
   */
  HelpText(int width) {
    this.width = Math.max(LEAST_WIDTH, Math.min(MOST_WIDTH, width));
  }

  /** Columns of the terminal: what COLUMNS says, else the terminal itself, else 80. */
  static int width(CommandSpec spec) {
    String columns = System.getenv("COLUMNS");
    if (columns != null && columns.matches("[1-9][0-9]{0,3}")) {
      return Integer.parseInt(columns);
    }
    if (System.console() == null) {
      return DEFAULT_WIDTH;
    }
    return spec.usageMessage().autoWidth(true).width();
  }

  void line(String line) {
    text.append(line).append('\n');
  }

  void heading(String title) {
    text.append('\n').append(title).append(":\n");
  }

  /** Wrapped words, all lines indented. */
  void paragraph(String words, int indent) {
    for (String line : wrap(words, width - indent)) {
      line(" ".repeat(indent) + line);
    }
  }

  /** A name and what it means. */
  void entry(String name, String meaning) {
    entry(name, meaning, COLUMN);
  }

  /**
   * @param column where the meaning begins
   */
  void entry(String name, String meaning, int column) {
    if (width < WIDE) {
      line("  " + name);
      paragraph(meaning, 6);
      return;
    }
    String indent = " ".repeat(column);
    String first = "  " + name;
    if (first.length() + 2 > column) {
      line(first);
      first = "";
    }
    for (String line : wrap(meaning, width - column)) {
      line((first + indent.substring(first.length()) + line).stripTrailing());
      first = "";
    }
  }

  /** A command line, continued where it is too long so that it can be pasted. */
  void command(String command) {
    List<String> lines = wrap(command.strip(), width - 8);
    for (int i = 0; i < lines.size(); i++) {
      line((i == 0 ? "  " : "      ") + lines.get(i) + (i + 1 < lines.size() ? " \\" : ""));
    }
  }

  private static List<String> wrap(String words, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : words.strip().split("\\s+")) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
