package mos.experiment;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import mos.base.LineReader;
import mos.base.MosException;
import mos.beam.Hypothesis;
import mos.console.Numbers;
import mos.console.Progress;
import mos.data.Dictionary;
import mos.distributed.Processes;
import mos.results.ScoreFigures;
import mos.results.TranslationFigures;
import mos.translation.LineCutter;
import mos.translation.LongLines;
import mos.translation.RawText;
import mos.translation.TextLine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Translates raw lines, a line each, blank ones too. Those that have come while others were
 * translated go together, and are answered before more are read: whoever types gets an answer to
 * each line, a pipe is translated in batches. One process does it.
 *
 * @param translator what translates
 * @param longLines what becomes of a line with more than {@code longest} tokens
 * @param longest source tokens of a line, in 1..1023
 * @param form of the answers
 * @param input UTF-8 lines; not closed
 * @param out takes the answers
 * @param progress whether to show on standard error how far it is
 */
public record InteractiveTranslation(
    TranslatorChoice translator,
    LongLines longLines,
    int longest,
    TranslationForm form,
    InputStream input,
    PrintStream out,
    boolean progress)
    implements Experiment<TranslationFigures> {
  private static final Logger LOG = LoggerFactory.getLogger(InteractiveTranslation.class);

  /** Lines that are translated together, at most. */
  private static final int MOST_LINES = 256;

  @Override
  public TranslationFigures run(Processes processes) {
    return translator.use(processes.place(), ready -> new Answers(ready).all());
  }

  /** The answers with a model that is loaded. */
  private final class Answers {
    private final TranslatorChoice.Ready ready;
    private final DataFolder data;
    private final RawText text;
    private final LineCutter cutter;
    private int number;
    private int skipped;
    private int cut;

    Answers(TranslatorChoice.Ready ready) {
      this.ready = ready;
      data = ready.data();
      text = data.rawText();
      cutter =
          new LineCutter(
              text, data.sourceDictionary(), data.sourceLanguage(), data.targetLanguage());
    }

    TranslationFigures all() {
      // Not closed: the stream is the caller's.
      @SuppressWarnings("resource")
      LineReader reader = LineReader.lenient(input, "the input");
      LinesAhead lines = LinesAhead.of(reader, MOST_LINES);
      try (Progress shown = progress ? Progress.start("translate", 0) : null) {
        for (List<String> some = lines.next(); !some.isEmpty(); some = lines.next()) {
          answer(some);
          if (shown != null) {
            shown.update(number, cut == 0 ? "lines" : "lines, " + Numbers.count(cut) + " cut");
          }
        }
      }
      return new TranslationFigures(
          ScoreFigures.NONE,
          null,
          null,
          null,
          number - skipped,
          skipped,
          TranslationFigures.Speed.NONE,
          null);
    }

    private void answer(List<String> some) {
      List<TextLine> lines = new ArrayList<>();
      List<int[]> pieces = new ArrayList<>();
      for (String line : some) {
        lines.add(cutter.line(line, longLines, longest));
        pieces.addAll(lines.get(lines.size() - 1).pieces());
      }
      List<List<Hypothesis>> found = ready.translator().translate(pieces);
      int from = 0;
      for (TextLine line : lines) {
        int to = from + line.pieces().size();
        print(line, found.subList(from, to));
        from = to;
        number++;
      }
      out.flush();
      if (out.checkError()) {
        throw new MosException("cannot write standard output: closed or full");
      }
    }

    private void print(TextLine line, List<List<Hypothesis>> found) {
      int nBest = translator.options().nBest();
      Dictionary target = data.targetDictionary();
      cut += found.size() > 1 ? 1 : 0;
      if (line.skipped()) {
        skipped++;
        LOG.warn(
            "skipped: line {} of the input has more than {} source tokens", number + 1, longest);
      }
      if (form.plain()) {
        out.print(line.translation(found, text.write(), target, 1).text() + "\n");
      } else {
        form.print(
            data, out, number, cutter.encode(line.text()), null, line.hypotheses(found, nBest));
      }
    }
  }
}
