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
      description =
          "Language, by Moses' code (default: ${DEFAULT-VALUE}). cs, de, en, es and fr have rules"
              + " of their own.")
  private String language;

  @Option(
      names = {"--penn", "-penn"},
      description = "Leave ` and '' as they are, for tokenize --penn.")
  private boolean penn;

  @Override
  public Integer call() {
    PunctuationNormalizer normalizer = new PunctuationNormalizer(language, penn);
    StandardStreams.filter(null, null, normalizer::normalize, 1);
    return 0;
  }
}
