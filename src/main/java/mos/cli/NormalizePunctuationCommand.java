package mos.cli;

import java.util.concurrent.Callable;
import mos.text.PunctuationNormalizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code normalize-punctuation}: quotation marks, dashes and spaces to ASCII. */
@Command(
    name = "normalize-punctuation",
    description = "It reads standard input and gives what normalize-punctuation.perl gives.",
    footer = {"", "Example: mos normalize-punctuation -l de < corpus.de | mos tokenize -l de"})
public final class NormalizePunctuationCommand implements Callable<Integer> {
  @Option(
      names = {"-l", "--language"},
      defaultValue = "en",
      description = "Language, two letters (default: ${DEFAULT-VALUE}).")
  private String language;

  @Override
  public Integer call() {
    PunctuationNormalizer normalizer = new PunctuationNormalizer(language);
    StandardStreams.filter(null, null, normalizer::normalize, 1);
    return 0;
  }
}
