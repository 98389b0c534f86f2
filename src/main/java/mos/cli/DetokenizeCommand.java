package mos.cli;

import java.util.concurrent.Callable;
import mos.text.MosesDetokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code detokenize}: Moses tokens to plain text. */
@Command(
    name = "detokenize",
    description = "It reads standard input and gives what detokenizer.perl gives.",
    footer = {"", "Example: mos detokenize -l de < output.tok > output.de"})
public final class DetokenizeCommand implements Callable<Integer> {
  @Option(
      names = {"-l", "--language"},
      defaultValue = "en",
      description = "Language, two letters (default: ${DEFAULT-VALUE}).")
  private String language;

  @Override
  public Integer call() {
    MosesDetokenizer detokenizer = new MosesDetokenizer(language);
    StandardStreams.filter(null, null, detokenizer::detokenize, 1);
    return 0;
  }
}
