package mos.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import mos.base.StopSignal;
import mos.base.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The program {@code mos}: finds the command of a command line, and runs it. */
@Command(name = "mos")
public final class Main implements Runnable {
  static final int FAILURE = 1;
  static final int USAGE = 2;

  static {
    // Before the first logger is made; a library that is used from elsewhere logs as its user says.
    System.setProperty("slf4j.provider", "mos.cli.PlainLogging");
    System.setProperty("slf4j.internal.verbosity", "WARN");
  }

  @CommandLine.Spec private CommandSpec spec;

  private Main() {}

  public static void main(String[] arguments) {
    // Before any class of JavaCPP is loaded; see mos.tensor.Scope.
    System.setProperty("org.bytedeco.javacpp.nopointergc", "true");
    // The same bytes everywhere: our own code names locale and charset, libraries may not.
    Locale.setDefault(Locale.ROOT);
    StandardOutput.install();
    StopSignal.install(where -> System.err.println("mos: stopped " + where));
    int code = FAILURE;
    try {
      code = execute(arguments);
    } catch (OutOfMemoryError e) {
      System.err.println(
          "mos: not enough memory: " + e.getMessage() + "; MOS_JAVA_OPTS=-Xmx8g gives Java 8 GiB");
    } catch (InternalError e) {
      System.err.println("mos: a file became shorter while it was read, or a disk failed: " + e);
    } finally {
      StopSignal.finished();
    }
    System.exit(code);
  }

  /** Runs one command line and returns its exit code: 0 success, 1 failure, 2 usage. */
  static int execute(String... arguments) {
    Words words = Words.of(arguments);
    int code;
    // Stands for the command where that is made of what does not load.
    CommandLine line = withStreams(new CommandLine(new Main()));
    try {
      line = commandLine(words);
      code = line.execute(words.words().toArray(String[]::new));
    } catch (LinkageError e) {
      code = Failures.unloaded(e, line, words.words());
    }
    // A print stream keeps quiet about what it could not write; what nobody got is no success.
    if (code == 0 && System.out.checkError()) {
      Failures.say(line.getErr(), StandardOutput.LOST);
      return FAILURE;
    }
    return code;
  }

  /** The program with all its commands. */
  static CommandLine commandLine() {
    return commandLine(new Words(List.of(), false), List.of(Commands.values()));
  }

  /** The program with the command that is called, or all where none of that name is known. */
  private static CommandLine commandLine(Words words) {
    String word = words.command();
    Commands called = word.isEmpty() ? null : Commands.of(word);
    List<Commands> none = word.isEmpty() ? List.of() : List.of(Commands.values());
    return commandLine(words, called == null ? none : List.of(called));
  }

  private static CommandLine commandLine(Words words, List<Commands> commands) {
    CommandLine line = new CommandLine(new Main());
    for (Commands command : commands) {
      line.addSubcommand(command.word(), command.create());
    }
    addCommonOptions(line);
    line.getCommandSpec().version("mos " + Version.current());
    add(
        line.getCommandSpec(),
        OptionSpec.builder("-V", "--version").versionHelp(true),
        "Show the version and exit.");
    withStreams(line);
    line.registerConverter(Path.class, Failures::path);
    new HelpPage(words.everything()).install(line);
    line.setParameterExceptionHandler(Failures::misused);
    line.setExecutionExceptionHandler(Failures::failed);
    return line;
  }

  private static CommandLine withStreams(CommandLine line) {
    line.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
    return line.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
  }

  /** Without a command: what there is, as an error, since nothing was done. */
  @Override
  public void run() {
    PrintWriter err = spec.commandLine().getErr();
    spec.commandLine().usage(err);
    err.println();
    throw new CommandLine.ParameterException(spec.commandLine(), "no command was named");
  }

  private static void addCommonOptions(CommandLine line) {
    for (CommandLine command : line.getSubcommands().values()) {
      addCommonOptions(command);
    }
    CommandSpec spec = line.getCommandSpec();
    add(spec, OptionSpec.builder("-h", "--help").usageHelp(true), "Show this help and exit.");
    add(spec, OptionSpec.builder(Failures.DEBUG), "Show stack traces of failures.");
  }

  private static void add(CommandSpec spec, OptionSpec.Builder option, String description) {
    for (String name : option.names()) {
      if (spec.findOption(name) != null) {
        return;
      }
    }
    spec.addOption(option.type(boolean.class).arity("0").description(description).build());
  }
}
