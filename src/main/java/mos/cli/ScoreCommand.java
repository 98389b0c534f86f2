package mos.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import mos.base.ConfigurationException;
import mos.base.Json;
import mos.base.LineReader;
import mos.base.MosException;
import mos.metrics.Bleu;
import mos.metrics.Chrf;
import mos.metrics.SacreBleu;
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
    ObjectNode figures = Json.object();
    StringBuilder text = new StringBuilder();
    if (sacrebleu) {
      addSacreBleu(SacreBleu.of(systemLines, referenceLines, lowercase), figures, text);
    } else {
      addBleu(Bleu.of(prepared(systemLines), prepared(referenceLines)), figures, text);
    }
    if (chrf) {
      Chrf score = Chrf.of(systemLines, referenceLines, lowercase);
      figures.put("chrf2", score.score()).put("chrf2_signature", score.signature());
      text.append(score.line()).append('\n');
    }
    System.out.print(json ? Json.line(figures) + "\n" : text);
    StandardStreams.flush();
    return 0;
  }

  private static void addSacreBleu(SacreBleu bleu, ObjectNode figures, StringBuilder text) {
    figures.put("bleu", bleu.score()).put("signature", bleu.signature());
    figures.set("precisions", Json.tree(bleu.precisions()));
    figures.put("bp", bleu.brevityPenalty());
    figures.put("hyp_len", bleu.systemLength()).put("ref_len", bleu.referenceLength());
    figures.set("counts", Json.tree(bleu.counts()));
    figures.set("totals", Json.tree(bleu.totals()));
    text.append(bleu.line()).append('\n');
  }

  private static void addBleu(Bleu bleu, ObjectNode figures, StringBuilder text) {
    figures.put("bleu", bleu.score());
    figures.set("precisions", Json.tree(bleu.precisions()));
    figures.put("bp", bleu.brevityPenalty()).put("ratio", bleu.ratio());
    figures.put("hyp_len", bleu.systemLength()).put("ref_len", bleu.referenceLength());
    text.append(bleu.line()).append('\n');
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
