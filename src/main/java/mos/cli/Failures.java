package mos.cli;

import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.distributed.LostProcess;
import mos.tensor.DeviceMemory;
import picocli.CommandLine;

/** What is said when a command fails, and the exit code. */
final class Failures {
  static final String DEBUG = "--debug";

  /** How Java names a library that it does not find, or the class that calls it. */
  private static final Pattern LIBRARY =
      Pattern.compile("no (\\S+) in java\\.library\\.path|([^\\s/]+\\.(?:so|dylib|dll)[.0-9]*)");

  private Failures() {}

  /** A line for people; nothing where they have closed what they read, since that is no fault. */
  static void say(PrintWriter err, String message) {
    if (!StandardOutput.readerLeft()) {
      err.println("mos: " + message);
    }
    err.flush();
  }

  /** A file's name among the options. */
  static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      boolean all = "UTF-8".equals(System.getProperty("sun.jnu.encoding"));
      throw new CommandLine.TypeConversionException(
          "'"
              + text
              + "' can be no file name"
              + (all ? ": " + e.getReason() : " in this locale; LC_ALL=C.UTF-8 knows all names"));
    }
  }

  /** A command line that cannot be understood. */
  static int misused(CommandLine.ParameterException e, String[] arguments) {
    PrintWriter err = e.getCommandLine().getErr();
    err.println("mos: " + e.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(e, err);
    err.println("See: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
    return Main.USAGE;
  }

  /** A command that ended with an exception. */
  static int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
    LinkageError unloaded = unloadedIn(e);
    if (unloaded != null && !(e instanceof MosException)) {
      return unloaded(unloaded, command, parsed.originalArgs());
    }
    PrintWriter err = command.getErr();
    boolean expected = e instanceof MosException || DeviceMemory.isExhausted(e);
    say(err, expected ? message(e) : "unexpected failure: " + e);
    trace(e, err, !expected || parsed.originalArgs().contains(DEBUG));
    if (e instanceof LostProcess) {
      return LostProcess.exitCode();
    }
    return e instanceof ConfigurationException ? Main.USAGE : Main.FAILURE;
  }

  /** A library that does not load: its name, the cause and what to do. */
  static int unloaded(LinkageError e, CommandLine command, List<String> words) {
    PrintWriter err = command.getErr();
    Throwable cause = e;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    String text = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    say(
        err,
        "the library "
            + library(text)
            + " cannot be loaded: "
            + text
            + "; mos doctor says what is missing and what to do");
    trace(e, err, words.contains(DEBUG));
    return Main.FAILURE;
  }

  /** The library of a loader's message: the file, else the class that stands for it. */
  static String library(String message) {
    Matcher named = LIBRARY.matcher(message);
    if (named.find()) {
      return named.group(1) == null ? named.group(2) : named.group(1);
    }
    String type = message.replaceFirst("^Could not initialize class ", "").replace('/', '.');
    return type.contains(".global.") ? type.substring(type.lastIndexOf('.') + 1) : type;
  }

  private static LinkageError unloadedIn(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof LinkageError found) {
        return found;
      }
      if (cause.getCause() == cause) {
        return null;
      }
    }
    return null;
  }

  private static String message(Exception e) {
    return e instanceof MosException
        ? e.getMessage()
        : "not enough memory: "
            + e.getMessage().lines().findFirst().orElse("")
            + "; free some, which another process may hold, lower batch sizes, or take another"
            + " --device";
  }

  private static void trace(Throwable e, PrintWriter err, boolean wanted) {
    if (wanted) {
      e.printStackTrace(err);
    }
    err.flush();
  }
}
