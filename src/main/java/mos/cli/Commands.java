package mos.cli;

import java.util.ArrayList;
import java.util.List;
import mos.command.Command;
import mos.command.SingleCommands;
import mos.run.GenerateScriptCommand;
import mos.run.RunCommand;
import mos.serve.ServeCommand;
import mos.translation.StandardText;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The commands in the order and the groups of the help, each with one sentence. A command's object
 * is made only when it is called, since its options take time.
 */
enum Commands {
  INIT(Group.PIPELINE, "Makes the task file of your own text, or data folder."),
  RUN(Group.PIPELINE, "Finds, trains and scores a fast Transformer."),
  TAKE(Group.PIPELINE, "Trains another answer of a finished run's search."),
  REMEASURE(Group.PIPELINE, "Measures again what a finished run found."),
  GENERATE_SCRIPT(Group.PIPELINE, "Prints the stages of a run as a shell script."),

  PREPARE_SAMPLE(Group.DATA, "Makes the data of the embedded English-German task."),
  GET_PREPROCESSED(Group.DATA, "Downloads the published, binarised data of a task."),
  PREPROCESS(Group.DATA, "Makes a data folder out of raw parallel text."),
  NORMALIZE_PUNCTUATION(Group.DATA, "Makes quotes, dashes, spaces uniform, as Moses does."),
  TOKENIZE(Group.DATA, "Divides text into tokens, as Moses does."),
  DETOKENIZE(Group.DATA, "Joins tokens into text, as Moses does."),
  LEARN_BPE(Group.DATA, "Learns BPE merges from text, as subword-nmt does."),
  APPLY_BPE(Group.DATA, "Divides tokens into subwords, as subword-nmt does."),
  DUMP_DATA(Group.DATA, "Prints a binarised corpus as text, one sentence a line."),
  DISTILL_DATA(Group.DATA, "Makes a data folder with the translations of a teacher."),

  TRAIN(Group.TRAINING, "Trains a SuperTransformer, or one SubTransformer."),
  TRAIN_SUBTRANSFORMER(Group.TRAINING, "Trains one SubTransformer, also from inherited weights."),
  VALIDATE(Group.TRAINING, "Computes loss and perplexity of a checkpoint."),
  EVALUATE_SUPERNET(Group.TRAINING, "Compares inherited with standalone quality."),
  AVERAGE_CHECKPOINTS(Group.TRAINING, "Averages the parameters of several checkpoints."),

  MEASURE(Group.SEARCH, "Measures an architecture: latency, FLOPs, parameters."),
  LATENCY_DATASET(Group.SEARCH, "Measures random SubTransformers for the predictor."),
  LATENCY_PREDICTOR(Group.SEARCH, "Trains a latency predictor on such measurements."),
  EVO_SEARCH(Group.SEARCH, "Finds the best SubTransformer under a constraint."),

  GENERATE(Group.TRANSLATION, "Translates a data set, or text from standard input."),
  SCORE(Group.TRANSLATION, "Scores a translation against its reference."),
  MEASURE_TRANSLATION(Group.TRANSLATION, "Measures latency and memory of real translations."),
  SERVE(Group.TRANSLATION, "Translates, or shows a run's report, over HTTP."),
  EXPORT(Group.TRANSLATION, "Writes a SubTransformer as a folder for use elsewhere."),

  LIST(Group.TOOLS, "Lists the runs below a folder with their figures."),
  REPORT(Group.TOOLS, "Writes the report of a run, or compares several runs."),
  DOCTOR(Group.TOOLS, "Says what works here, and how to mend what does not."),
  BENCH(Group.TOOLS, "Measures how fast this machine trains and translates."),
  IMPORT(Group.TOOLS, "Reads PyTorch checkpoints of HAT and MoS."),
  PARITY(Group.TOOLS, "Compares model and beam search with golden files."),
  COMPLETION(Group.TOOLS, "Prints the script that lets a shell complete commands.");

  /** What the help of the program divides the commands into. */
  enum Group {
    PIPELINE("The whole pipeline"),
    DATA("Data"),
    TRAINING("Training"),
    SEARCH("Search and latency"),
    TRANSLATION("Translation"),
    TOOLS("Tools");

    private final String title;

    Group(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }
  }

  private final Group group;
  private final String summary;

  Commands(Group group, String summary) {
    this.group = group;
    this.summary = summary;
  }

  Group group() {
    return group;
  }

  /** What it does, in one short sentence. */
  String summary() {
    return summary;
  }

  /** The word on the command line. */
  String word() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }

  /** The command of a word; null where there is none. */
  static Commands of(String word) {
    for (Commands command : values()) {
      if (command.word().equals(word)) {
        return command;
      }
    }
    return null;
  }

  /** Makes the command; its description begins with the summary. */
  CommandLine create() {
    CommandLine line =
        switch (this) {
          case INIT -> new CommandLine(new InitCommand());
          case PREPROCESS -> new CommandLine(new PreprocessCommand(new StandardText()));
          case NORMALIZE_PUNCTUATION -> new CommandLine(new NormalizePunctuationCommand());
          case TOKENIZE -> new CommandLine(new TokenizeCommand());
          case DETOKENIZE -> new CommandLine(new DetokenizeCommand());
          case LEARN_BPE -> new CommandLine(new LearnBpeCommand());
          case APPLY_BPE -> new CommandLine(new ApplyBpeCommand());
          case DUMP_DATA -> new CommandLine(new DumpDataCommand());
          case SCORE -> new CommandLine(new ScoreCommand());
          case LIST -> new CommandLine(new ListCommand());
          case REPORT -> new CommandLine(new ReportCommand());
          case TAKE -> new CommandLine(new TakeCommand());
          case REMEASURE -> new CommandLine(new RemeasureCommand());
          case PARITY -> new CommandLine(new ParityCommand());
          case COMPLETION -> new CommandLine(new CompletionCommand());
          default -> TaskCommand.of(command(word()));
        };
    CommandSpec spec = line.getCommandSpec();
    String more = String.join(" ", spec.usageMessage().description()).replace("\n", " ");
    spec.usageMessage().description(more.isEmpty() ? summary : summary + " " + more);
    return line;
  }

  private static Command<?> command(String word) {
    List<Command<?>> all =
        new ArrayList<>(List.of(new RunCommand(), new GenerateScriptCommand(), new ServeCommand()));
    all.addAll(SingleCommands.all());
    return all.stream().filter(one -> one.name().equals(word)).findFirst().orElseThrow();
  }
}
