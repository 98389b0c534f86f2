package mos.cli;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.text.BpeCodes;
import mos.text.BpeEncoder;
import mos.text.TokenCounts;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code apply-bpe}: tokenised text to subwords. */
@Command(
    name = "apply-bpe",
    description = "Subwords that do not end a token end in @@.",
    footer = {"", "Example: mos apply-bpe -c codes < corpus.tok.de > corpus.bpe.de"})
public final class ApplyBpeCommand implements Callable<Integer> {
  @Option(
      names = {"-c", "--codes"},
      required = true,
      description = "Code file of learn-bpe.")
  private Path codes;

  @Option(
      names = "--vocabulary",
      description = "File of 'subword count' lines: merges that lead out of it are undone.")
  private Path vocabulary;

  @Option(
      names = "--vocabulary-threshold",
      description = "Least count of a subword of the vocabulary (default: any).")
  private Long threshold;

  @Option(
      names = {"-i", "--input"},
      description = "Tokenised file (default: standard input).")
  private Path input;

  @Option(
      names = {"-o", "--output"},
      description = "File for the result (default: standard output).")
  private Path output;

  @Option(names = "--threads", defaultValue = "1", description = "Threads (default: 1).")
  private int threads;

  @Override
  public Integer call() {
    if (threshold != null && vocabulary == null) {
      throw new ConfigurationException("--vocabulary-threshold needs --vocabulary");
    }
    BpeEncoder encoder = new BpeEncoder(BpeCodes.read(codes), allowed());
    StandardStreams.filter(input, output, encoder::encode, threads);
    return 0;
  }

  private Set<String> allowed() {
    if (vocabulary == null) {
      return Set.of();
    }
    long least = threshold == null ? Long.MIN_VALUE : threshold;
    Set<String> tokens = TokenCounts.read(vocabulary, least);
    if (tokens.isEmpty()) {
      throw new MosException(
          String.format(
              Locale.ROOT, "%s: no subword that occurs %d times or more", vocabulary, least));
    }
    return tokens;
  }
}
