package mos.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.base.StopSignal;
import mos.base.Version;
import mos.pipeline.StandardText;
import mos.pipeline.Tasks;
import mos.tensor.DeviceMemory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The program {@code mos}: names its commands and turns failures into messages and exit codes. */
@Command(
    name = "mos",
    description =
        "Mixture-of-Supernets: finds a fast Transformer for machine translation on your hardware.",
    subcommands = {
      ApplyBpeCommand.class,
      CompletionCommand.class,
      DetokenizeCommand.class,
      DumpDataCommand.class,
      LearnBpeCommand.class,
      NormalizePunctuationCommand.class,
      ParityCommand.class,
      ReportCommand.class,
      ScoreCommand.class,
      TokenizeCommand.class
    },
    footer = {"", "First steps: mos run --task sample"})
public final class Main implements Runnable {
  private static final int FAILURE = 1;
  private static final int USAGE = 2;
  private static final String DEBUG = "--debug";

  @CommandLine.Spec private CommandSpec spec;

  private Main() {}

  public static void main(String[] arguments) {
    // Before any class of JavaCPP is loaded; see mos.tensor.Scope.
    System.setProperty("org.bytedeco.javacpp.nopointergc", "true");
    // The same bytes everywhere: our own code names locale and charset, libraries may not.
    Locale.setDefault(Locale.ROOT);
    StandardStreams.useUtf8();
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
    CommandLine line = commandLine();
    int code = line.execute(Arrays.stream(arguments).map(Main::hyphenated).toArray(String[]::new));
    // A print stream keeps quiet about what it could not write; what nobody got is no success.
    if (code == 0 && System.out.checkError()) {
      line.getErr().println("mos: cannot write standard output: closed or full");
      return FAILURE;
    }
    return code;
  }

  /** The program with all its commands. */
  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main());
    line.addSubcommand(new PreprocessCommand(new StandardText()));
    Tasks.all().forEach(task -> line.addSubcommand(task.name(), TaskCommand.of(task)));
    addCommonOptions(line);
    line.getCommandSpec().version("mos " + Version.current());
    add(
        line.getCommandSpec(),
        OptionSpec.builder("-V", "--version").versionHelp(true),
        "Show the version and exit.");
    line.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    line.setUsageHelpAutoWidth(true);
    line.setParameterExceptionHandler(Main::misused);
    line.setExecutionExceptionHandler(Main::failed);
    return line;
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "Name a command.");
  }

  private static void addCommonOptions(CommandLine line) {
    for (CommandLine command : line.getSubcommands().values()) {
      addCommonOptions(command);
    }
    CommandSpec spec = line.getCommandSpec();
    add(spec, OptionSpec.builder("-h", "--help").usageHelp(true), "Show this help and exit.");
    add(spec, OptionSpec.builder(DEBUG), "Show stack traces of failures.");
  }

  private static void add(CommandSpec spec, OptionSpec.Builder option, String description) {
    for (String name : option.names()) {
      if (spec.findOption(name) != null) {
        return;
      }
    }
    spec.addOption(option.type(boolean.class).arity("0").description(description).build());
  }

  /**
   * Option names are accepted with underscores, as HAT's scripts and MoS's entry point have them.
   */
  static String hyphenated(String argument) {
    if (!argument.startsWith("--")) {
      return argument;
    }
    int equals = argument.indexOf('=');
    return equals < 0
        ? argument.replace('_', '-')
        : argument.substring(0, equals).replace('_', '-') + argument.substring(equals);
  }

  private static int misused(CommandLine.ParameterException e, String[] arguments) {
    PrintWriter err = e.getCommandLine().getErr();
    err.println("mos: " + e.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(e, err);
    err.println("See: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
    return USAGE;
  }

  private static String message(Exception e) {
    return e instanceof MosException
        ? e.getMessage()
        : "not enough memory: "
            + e.getMessage().lines().findFirst().orElse("")
            + "; free some, which another process may hold, lower batch sizes, or take another"
            + " --device";
  }

  private static int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
    PrintWriter err = command.getErr();
    boolean expected = e instanceof MosException || DeviceMemory.isExhausted(e);
    err.println("mos: " + (expected ? message(e) : "unexpected failure: " + e));
    if (!expected || List.of(parsed.originalArgs().toArray()).contains(DEBUG)) {
      e.printStackTrace(err);
    }
    err.flush();
    return e instanceof ConfigurationException ? USAGE : FAILURE;
  }
}
