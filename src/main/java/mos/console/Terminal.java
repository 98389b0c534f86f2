package mos.console;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds out whether a person watches standard error or types, and how wide the window is. */
public final class Terminal {
  /** Environment variable: {@code bar} redraws one line, {@code plain} prints lines. */
  static final String PROGRESS_VARIABLE = "MOS_PROGRESS";

  private static final int DEFAULT_COLUMNS = 100;
  private static final int LEAST_COLUMNS = 40;

  private Terminal() {}

  /** True where a line on standard error may be redrawn. */
  static boolean redraws() {
    String choice = System.getenv(PROGRESS_VARIABLE);
    if (choice != null && !choice.isBlank()) {
      return choice.strip().equalsIgnoreCase("bar");
    }
    if ("dumb".equals(System.getenv("TERM"))) {
      return false;
    }
    return isTerminal(2);
  }

  /** True where a person types what standard input gives. */
  public static boolean isTyped() {
    return isTerminal(0);
  }

  /**
   * System.console() asks about standard input and output, and never answers null from Java 22 on;
   * on Linux the descriptor itself can be asked.
   */
  @SuppressWarnings("SystemConsoleNull") // asked only before Java 22
  private static boolean isTerminal(int number) {
    Path descriptor = Path.of("/proc/self/fd/" + number);
    if (Files.isSymbolicLink(descriptor)) {
      try {
        String target = Files.readSymbolicLink(descriptor).toString();
        return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
      } catch (IOException | SecurityException e) {
        return false;
      }
    }
    return Runtime.version().feature() < 22 && System.console() != null;
  }

  /** Columns of the window as the shell exports them, at least 40; 100 where it does not. */
  static int columns() {
    String columns = System.getenv("COLUMNS");
    try {
      return columns == null
          ? DEFAULT_COLUMNS
          : Math.max(LEAST_COLUMNS, Integer.parseInt(columns.strip()));
    } catch (NumberFormatException e) {
      return DEFAULT_COLUMNS;
    }
  }
}
