package mos.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import mos.base.ConfigurationException;
import mos.experiment.SystemScoring;
import mos.metrics.Bleu;
import mos.metrics.Chrf;
import mos.metrics.CorpusMetric;
import mos.metrics.SacreBleu;
import mos.metrics.Significance;
import mos.metrics.Ter;
import mos.results.ResultJson;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code score}: quality of translations, of several systems side by side. */
@Command(
    name = "score",
    description = {
      "All files have as many lines. Of several systems the first is what the others are compared"
          + " with."
    },
    footer = {
      "",
      "Example: mos score --sys output.de --ref test.de --sacrebleu --chrf",
      "         mos score --sys a.de b.de --ref test.de --sacrebleu --ter --paired-bs"
    })
public final class ScoreCommand implements Callable<Integer> {
  @Option(
      names = {"-i", "--sys"},
      required = true,
      arity = "1..*",
      description = "The translation, one sentence a line; several of several systems.")
  private List<Path> systems;

  @Option(
      names = "--ref",
      required = true,
      arity = "1..*",
      description = "The reference, as many lines; several where a sentence has several.")
  private List<Path> references;

  @Option(
      names = "--sacrebleu",
      description = "sacreBLEU of plain text (13a, signature) instead of BLEU on tokens.")
  private boolean sacrebleu;

  @Option(
      names = {"-m", "--metrics"},
      arity = "1..*",
      description = "Only these, of plain text: bleu (as --sacrebleu), chrf, ter.")
  private List<String> metrics;

  @Option(names = "--lowercase", description = "Lower-case both sides first.")
  private boolean lowercase;

  @Option(
      names = "--compound-split",
      description = "Set hyphens within tokens apart first, as HAT does for BLEU on tokens.")
  private boolean compoundSplit;

  @Option(names = "--chrf", description = "chrF2 as well.")
  private boolean chrf;

  @Option(
      names = "--chrf-word-order",
      defaultValue = "0",
      description = "Longest word n-gram of chrF; 2: chrF2++ (default: ${DEFAULT-VALUE}).")
  private int wordOrder;

  @Option(names = "--ter", description = "TER as well: edits per word, fewer are better.")
  private boolean ter;

  @Option(names = "--ter-case-sensitive", description = "TER tells upper from lower case.")
  private boolean terCaseSensitive;

  @Option(
      names = {"--confidence"},
      description = "The 95%% interval of each score, by bootstrap.")
  private boolean confidence;

  @Option(
      names = "--confidence-n",
      defaultValue = "1000",
      description = "Resamples of --confidence (default: ${DEFAULT-VALUE}).")
  private int confidenceSamples;

  @ArgGroup private Pairing pairing;

  private static final class Pairing {
    @Option(
        names = "--paired-bs",
        description = "Do systems differ from the first by more than chance? Paired bootstrap.")
    private boolean bootstrap;

    @Option(names = "--paired-ar", description = "The same by approximate randomisation.")
    private boolean randomisation;
  }

  @Option(
      names = "--paired-bs-n",
      defaultValue = "1000",
      description = "Resamples of --paired-bs (default: ${DEFAULT-VALUE}).")
  private int bootstrapSamples;

  @Option(
      names = "--paired-ar-n",
      defaultValue = "10000",
      description = "Trials of --paired-ar (default: ${DEFAULT-VALUE}).")
  private int randomisationTrials;

  @Option(
      names = "--seed",
      defaultValue = "" + Significance.DEFAULT_SEED,
      description =
          "Of resampling; equal seeds give sacrebleu's figures (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    Significance.Test test = test();
    boolean plain = sacrebleu || metrics != null;
    if (compoundSplit && plain) {
      throw new ConfigurationException(
          "--compound-split is for BLEU on tokens: got it together with "
              + (sacrebleu ? "--sacrebleu" : "--metrics"));
    }
    atLeast("--chrf-word-order", wordOrder, 0);
    atLeast("--confidence-n", confidenceSamples, 1);
    atLeast("--paired-bs-n", bootstrapSamples, 1);
    atLeast("--paired-ar-n", randomisationTrials, 1);
    atLeast("--seed", seed, 0);
    if (test != null && systems.size() < 2) {
      throw new ConfigurationException(
          "--paired-bs, --paired-ar: compare systems, got one, need --sys FIRST OTHER");
    }
    SystemScoring scoring =
        new SystemScoring(
            systems,
            references,
            chosen(),
            test,
            test == Significance.Test.PAIRED_BOOTSTRAP ? bootstrapSamples : randomisationTrials,
            confidence ? confidenceSamples : 0,
            seed);
    ScoreText text = new ScoreText(scoring, scoring.run());
    System.out.print(json ? ResultJson.line(text.figures()) + "\n" : text.text());
    StandardStreams.flush();
    return 0;
  }

  private Significance.Test test() {
    if (pairing == null) {
      return null;
    }
    return pairing.bootstrap
        ? Significance.Test.PAIRED_BOOTSTRAP
        : Significance.Test.APPROXIMATE_RANDOMISATION;
  }

  private List<CorpusMetric> chosen() {
    List<String> names = new ArrayList<>();
    for (String name : metrics == null ? List.<String>of() : metrics) {
      String known = name.toLowerCase(Locale.ROOT);
      if (!List.of("bleu", "chrf", "ter").contains(known)) {
        throw new ConfigurationException(
            "--metrics: got '" + name + "', need one or more of bleu, chrf, ter");
      }
      names.add(known);
    }
    List<CorpusMetric> all = new ArrayList<>();
    if (names.contains("bleu") || sacrebleu) {
      all.add(new SacreBleu.Metric(lowercase));
    } else if (metrics == null) {
      all.add(new Bleu.Metric(lowercase, compoundSplit));
    }
    if (chrf || names.contains("chrf") || (wordOrder > 0 && metrics == null)) {
      all.add(new Chrf(wordOrder, lowercase));
    }
    if (ter || names.contains("ter")) {
      all.add(new Ter(terCaseSensitive));
    }
    return all;
  }

  private static void atLeast(String option, long value, long least) {
    if (value < least) {
      throw new ConfigurationException(
          String.format(Locale.ROOT, "%s: got %d, must be at least %d", option, value, least));
    }
  }
}
