package mos.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import mos.data.Dictionary;
import mos.data.TokenCorpus;
import picocli.CommandLine;

/** Prints a corpus of any of fairseq's forms as text. */
@CommandLine.Command(
    name = "dump-data",
    description = "Sentences are token ids or, with --dict, tokens.",
    footer = {"", "Example: mos dump-data data/test.en-de.de --dict data/dict.de.txt"})
public final class DumpDataCommand implements Callable<Integer> {
  private static final int LINES_BETWEEN_CHECKS = 1000;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @CommandLine.Parameters(
      paramLabel = "PREFIX",
      description =
          "PREFIX.bin and PREFIX.idx, lazy/cached or memory-mapped; or PREFIX itself as text")
  private Path prefix;

  @CommandLine.Option(
      names = "--dict",
      paramLabel = "FILE",
      description = "dictionary: print tokens (without the end of sentence) in place of ids")
  private Path dictionaryFile;

  @Override
  public Integer call() {
    Dictionary dictionary = dictionaryFile == null ? null : Dictionary.load(dictionaryFile);
    PrintWriter out = spec.commandLine().getOut();
    try (TokenCorpus corpus = TokenCorpus.open(withoutSuffix(), dictionary)) {
      for (int i = 0; i < corpus.size(); i++) {
        int[] ids = corpus.get(i);
        String line = dictionary == null ? numbers(ids) : dictionary.string(ids, false);
        out.print(line + "\n");
        // Nobody reads on, as with "| head".
        if (i % LINES_BETWEEN_CHECKS == 0 && out.checkError()) {
          break;
        }
      }
    }
    out.flush();
    return 0;
  }

  /** Shells complete file names: PREFIX.idx and PREFIX.bin mean PREFIX. */
  private Path withoutSuffix() {
    String name = prefix.getFileName().toString();
    return name.endsWith(".idx") || name.endsWith(".bin")
        ? prefix.resolveSibling(name.substring(0, name.length() - 4))
        : prefix;
  }

  private static String numbers(int[] ids) {
    return Arrays.stream(ids).mapToObj(Integer::toString).collect(Collectors.joining(" "));
  }
}
