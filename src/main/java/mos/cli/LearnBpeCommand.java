package mos.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import mos.base.ConfigurationException;
import mos.base.LineReader;
import mos.text.BpeCodes;
import mos.text.BpeLearner;
import mos.text.TokenCounts;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code learn-bpe}: BPE codes from tokenised text. */
@Command(
    name = "learn-bpe",
    footer = {"", "Example: cat corpus.tok.en corpus.tok.de | mos learn-bpe -s 10000 > codes"})
public final class LearnBpeCommand implements Callable<Integer> {
  @Option(
      names = {"-s", "--symbols"},
      defaultValue = "10000",
      description = "Merge operations (default: ${DEFAULT-VALUE}).")
  private int symbols;

  @Option(
      names = "--min-frequency",
      defaultValue = "" + BpeLearner.DEFAULT_MIN_FREQUENCY,
      description = "Stop at pairs that occur less often (default: ${DEFAULT-VALUE}).")
  private int minFrequency;

  @Option(
      names = {"-i", "--input"},
      arity = "1..*",
      description = "Tokenised files, taken together (default: standard input).")
  private List<Path> inputs = List.of();

  @Option(
      names = {"-o", "--output"},
      description = "Code file (default: standard output).")
  private Path output;

  @Override
  public Integer call() {
    if (symbols < 1 || minFrequency < 1) {
      throw new ConfigurationException(
          String.format(
              Locale.ROOT,
              "--symbols and --min-frequency: got %d and %d, must be at least 1",
              symbols,
              minFrequency));
    }
    BpeCodes codes =
        inputs.isEmpty()
            ? BpeLearner.learn(standardInput(), symbols, minFrequency)
            : BpeLearner.learnFromFiles(inputs, symbols, minFrequency);
    if (output == null) {
      byte[] text = codes.text().getBytes(StandardCharsets.UTF_8);
      System.out.write(text, 0, text.length);
      StandardStreams.flush();
    } else {
      codes.write(output);
    }
    return 0;
  }

  private static TokenCounts standardInput() {
    TokenCounts counts = new TokenCounts();
    try (LineReader lines = LineReader.of(System.in, "standard input")) {
      counts.addAll(lines);
    }
    return counts;
  }
}
