package mos.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A command line of README or docs.
 *
 * @param page where it stands
 * @param line as a reader would paste it, continuations joined
 */
record DocumentedCommand(Path page, String line) {
  private static final Pattern INLINE =
      Pattern.compile("`((?:MOS_GPU=1 )?\\./mos [^`]+)`", Pattern.DOTALL);

  /** Whether the reader has to put something in: "…", [alternatives], capitals. */
  boolean hasPlaceholders() {
    return line.matches(".*(…|\\[|[ ,/][A-Z]+([ .].*|$)).*");
  }

  /** README and the pages of docs. */
  static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(Path.of("README.md")));
    try (Stream<Path> docs = Files.list(Path.of("docs"))) {
      docs.filter(p -> p.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    return pages;
  }

  /** Those of code blocks, fenced or indented, and of inline code. */
  static List<DocumentedCommand> all() throws IOException {
    List<DocumentedCommand> commands = new ArrayList<>();
    for (Path page : pages()) {
      StringBuilder prose = new StringBuilder();
      StringBuilder code = new StringBuilder();
      boolean fenced = false;
      for (String line : Files.readAllLines(page)) {
        if (line.startsWith("```")) {
          fenced = !fenced;
        } else {
          (fenced || line.startsWith("    ") ? code : prose).append(line).append('\n');
        }
      }
      for (String line : code.toString().replaceAll("\\\\\n\\s*", " ").split("\n")) {
        if (line.strip().matches("(MOS_GPU=1 )?(\\./)?mos .*")) {
          commands.add(new DocumentedCommand(page, line.strip()));
        }
      }
      Matcher inline = INLINE.matcher(prose);
      while (inline.find()) {
        commands.add(new DocumentedCommand(page, inline.group(1).replaceAll("\\s+", " ")));
      }
    }
    return commands;
  }
}
