package mos.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import mos.base.ConfigurationException;
import mos.text.MosesTokenizer;
import mos.text.NonbreakingPrefixes;
import mos.text.PennTokenizer;
import mos.text.ProtectedPatterns;
import mos.text.TokenizerOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tokenize}: plain text to Moses tokens. */
@Command(
    name = "tokenize",
    description = "It reads standard input and gives what tokenizer.perl gives.",
    footer = {"", "Example: mos tokenize -l de < corpus.de > corpus.tok.de"})
public final class TokenizeCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(TokenizeCommand.class);

  @Option(
      names = {"-l", "--language"},
      defaultValue = "en",
      description =
          "Language, by Moses' code such as fi or tdt (default: ${DEFAULT-VALUE}). One that Moses"
              + " does not know has its general rules and English abbreviations.")
  private String language;

  @Option(
      names = {"-a", "--aggressive"},
      description = "Set dashes within words apart: a-b becomes a @-@ b.")
  private boolean aggressive;

  @Option(
      names = {"--no-escape", "-no-escape"},
      description = "Leave & | < > ' \" [ ] as they are.")
  private boolean noEscape;

  @Option(
      names = {"-x", "--skip-markup"},
      description = "Leave lines that are one tag as they are.")
  private boolean skipMarkup;

  @Option(
      names = {"--penn", "-penn"},
      description = "Divide as the Penn Treebank does; for English.")
  private boolean penn;

  @Option(
      names = {"--protected", "-protected"},
      paramLabel = "FILE",
      description = "Keep what these regular expressions match, one a line, as single tokens.")
  private Path patterns;

  @Option(
      names = "--nonbreaking-prefixes",
      paramLabel = "FILE",
      description =
          "Words that keep their full stop, in Moses' format, instead of this program's own list.")
  private Path prefixes;

  @Option(
      names = {"-q", "--quiet"},
      description = "Do not say on standard error which abbreviations are used.")
  private boolean quiet;

  @Option(
      names = {"--threads", "-threads"},
      defaultValue = "1",
      description = "Threads (default: 1).")
  private int threads;

  @Override
  public Integer call() {
    if (prefixes == null && !quiet) {
      NonbreakingPrefixes.note(language).ifPresent(LOG::warn);
    }
    UnaryOperator<String> tokenizer = penn ? pennTokenizer() : mosesTokenizer();
    StandardStreams.filter(null, null, tokenizer, threads);
    return 0;
  }

  private UnaryOperator<String> mosesTokenizer() {
    TokenizerOptions options =
        new TokenizerOptions(
            aggressive,
            !noEscape,
            skipMarkup,
            Optional.ofNullable(prefixes).map(NonbreakingPrefixes::read),
            patterns == null ? ProtectedPatterns.NONE : ProtectedPatterns.read(patterns));
    return new MosesTokenizer(language, options)::tokenize;
  }

  private UnaryOperator<String> pennTokenizer() {
    if (aggressive || noEscape || patterns != null) {
      throw new ConfigurationException(
          "--penn: has no --aggressive, --no-escape or --protected; got one of them");
    }
    NonbreakingPrefixes list =
        prefixes == null ? NonbreakingPrefixes.of(language) : NonbreakingPrefixes.read(prefixes);
    return new PennTokenizer(list, skipMarkup)::tokenize;
  }
}
