package mos.cli;

import java.util.concurrent.Callable;
import mos.text.MosesTokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tokenize}: plain text to Moses tokens. */
@Command(
    name = "tokenize",
    description = "It reads standard input and gives what tokenizer.perl gives.",
    footer = {"", "Example: mos tokenize -l de < corpus.de > corpus.tok.de"})
public final class TokenizeCommand implements Callable<Integer> {
  @Option(
      names = {"-l", "--language"},
      defaultValue = "en",
      description = "Language, two letters (default: ${DEFAULT-VALUE}).")
  private String language;

  @Option(
      names = {"-a", "--aggressive"},
      description = "Set dashes within words apart: a-b becomes a @-@ b.")
  private boolean aggressive;

  @Option(
      names = {"--no-escape", "-no-escape"},
      description = "Leave & | < > ' \" [ ] as they are.")
  private boolean noEscape;

  @Option(names = "--threads", defaultValue = "1", description = "Threads (default: 1).")
  private int threads;

  @Override
  public Integer call() {
    MosesTokenizer tokenizer = new MosesTokenizer(language, aggressive, !noEscape);
    StandardStreams.filter(null, null, tokenizer::tokenize, threads);
    return 0;
  }
}
