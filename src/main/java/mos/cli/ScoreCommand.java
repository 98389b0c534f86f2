package mos.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import mos.base.ConfigurationException;
import mos.base.LineReader;
import mos.base.MosException;
import mos.metrics.Bleu;
import mos.metrics.Chrf;
import mos.metrics.SacreBleu;
import mos.results.ResultJson;
import mos.results.ScoredFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code score}: BLEU of a translation. */
@Command(
    name = "score",
    description = "Both files have as many lines.",
    footer = {"", "Example: mos score --sys output.de --ref test.de --sacrebleu --chrf"})
public final class ScoreCommand implements Callable<Integer> {
  @Option(names = "--sys", required = true, description = "The translation, one sentence a line.")
  private Path system;

  @Option(names = "--ref", required = true, description = "The reference, as many lines.")
  private Path reference;

  @Option(
      names = "--sacrebleu",
      description = "sacreBLEU of plain text (13a, signature) instead of BLEU on tokens.")
  private boolean sacrebleu;

  @Option(names = "--lowercase", description = "Lower-case both sides first.")
  private boolean lowercase;

  @Option(
      names = "--compound-split",
      description = "Set hyphens within tokens apart first, as HAT does for BLEU on tokens.")
  private boolean compoundSplit;

  @Option(names = "--chrf", description = "chrF2 as well.")
  private boolean chrf;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    if (compoundSplit && sacrebleu) {
      throw new ConfigurationException(
          "--compound-split is for BLEU on tokens: got it together with --sacrebleu");
    }
    List<String> systemLines = LineReader.all(system);
    List<String> referenceLines = LineReader.all(reference);
    if (systemLines.size() != referenceLines.size()) {
      throw new MosException(
          String.format(
              Locale.ROOT,
              "--sys and --ref need as many lines each: got %d (%s) and %d (%s)",
              systemLines.size(),
              system,
              referenceLines.size(),
              reference));
    }
    if (systemLines.isEmpty()) {
      throw new MosException("nothing to score: " + system + " and " + reference + " are empty");
    }
    Chrf characters = chrf ? Chrf.of(systemLines, referenceLines, lowercase) : null;
    StringBuilder text = new StringBuilder();
    ScoredFiles figures;
    if (sacrebleu) {
      SacreBleu score = SacreBleu.of(systemLines, referenceLines, lowercase);
      text.append(score.line()).append('\n');
      figures = figures(score, characters);
    } else {
      Bleu score = Bleu.of(prepared(systemLines), prepared(referenceLines));
      text.append(score.line()).append('\n');
      figures = figures(score, characters);
    }
    if (chrf) {
      text.append(characters.line()).append('\n');
    }
    System.out.print(json ? ResultJson.line(figures) + "\n" : text);
    StandardStreams.flush();
    return 0;
  }

  private static ScoredFiles figures(SacreBleu bleu, Chrf chrf) {
    return new ScoredFiles(
        bleu.score(),
        bleu.signature(),
        bleu.precisions(),
        bleu.brevityPenalty(),
        null,
        new ScoredFiles.Lengths(bleu.systemLength(), bleu.referenceLength()),
        new ScoredFiles.Matches(bleu.counts(), bleu.totals()),
        characters(chrf));
  }

  private static ScoredFiles figures(Bleu bleu, Chrf chrf) {
    return new ScoredFiles(
        bleu.score(),
        null,
        bleu.precisions(),
        bleu.brevityPenalty(),
        bleu.ratio(),
        new ScoredFiles.Lengths(bleu.systemLength(), bleu.referenceLength()),
        null,
        characters(chrf));
  }

  private static ScoredFiles.Characters characters(Chrf chrf) {
    return chrf == null ? null : new ScoredFiles.Characters(chrf.score(), chrf.signature());
  }

  private List<String> prepared(List<String> lines) {
    Stream<String> prepared = lines.stream();
    if (lowercase) {
      prepared = prepared.map(line -> line.toLowerCase(Locale.ROOT));
    }
    if (compoundSplit) {
      prepared = prepared.map(Bleu::splitCompounds);
    }
    return prepared.toList();
  }
}
