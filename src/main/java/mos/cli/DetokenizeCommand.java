package mos.cli;

import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import mos.base.ConfigurationException;
import mos.text.MosesDetokenizer;
import mos.text.PennDetokenizer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code detokenize}: Moses tokens to plain text. */
@Command(
    name = "detokenize",
    description = "It reads standard input and gives what detokenizer.perl gives.",
    footer = {"", "Example: mos detokenize -l de < output.tok > output.de"})
public final class DetokenizeCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(DetokenizeCommand.class);

  @Option(
      names = {"-l", "--language"},
      defaultValue = "en",
      description =
          "Language, by Moses' code (default: ${DEFAULT-VALUE}). cs, en, fi, fr and it have rules"
              + " of their own; the others have Moses' general ones.")
  private String language;

  @Option(
      names = {"-u", "--uppercase"},
      description = "Begin every line with a capital.")
  private boolean uppercase;

  @Option(
      names = {"--penn", "-penn"},
      description = "Join tokens of tokenize --penn; for English alone.")
  private boolean penn;

  @Option(
      names = {"-q", "--quiet"},
      description = "Do not say on standard error that a language has no rules of its own.")
  private boolean quiet;

  @Override
  public Integer call() {
    if (!quiet && !MosesDetokenizer.LANGUAGES.contains(language)) {
      LOG.warn("language '{}' has no rules of its own: using Moses' general ones", language);
    }
    if (penn && !language.equals("en")) {
      throw new ConfigurationException("--penn: got language " + language + ", must be en");
    }
    UnaryOperator<String> join =
        penn ? new PennDetokenizer()::detokenize : new MosesDetokenizer(language)::detokenize;
    StandardStreams.filter(
        null, null, uppercase ? line -> MosesDetokenizer.capitalize(join.apply(line)) : join, 1);
    return 0;
  }
}
