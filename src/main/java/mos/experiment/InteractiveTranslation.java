package mos.experiment;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import mos.base.LineReader;
import mos.base.MosException;
import mos.beam.Hypothesis;
import mos.distributed.Processes;
import mos.results.ScoreFigures;
import mos.results.TranslationFigures;
import mos.translation.RawText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Translates raw lines one by one, a line each, empty ones too; each is answered before the next is
 * read. One process does it.
 *
 * @param translator what translates
 * @param skipInvalid whether to answer lines that are too long for a model with nothing, which
 *     otherwise are an error
 * @param form of the answers
 * @param input UTF-8 lines; not closed
 * @param out takes the answers
 */
public record InteractiveTranslation(
    TranslatorChoice translator,
    boolean skipInvalid,
    TranslationForm form,
    InputStream input,
    PrintStream out)
    implements Experiment<TranslationFigures> {
  private static final Logger LOG = LoggerFactory.getLogger(InteractiveTranslation.class);

  @Override
  public TranslationFigures run(Processes processes) {
    return translator.use(processes.place(), this::answer);
  }

  private TranslationFigures answer(TranslatorChoice.Ready ready) {
    DataFolder data = ready.data();
    RawText text = data.rawText();
    int number = 0;
    int skipped = 0;
    // Not closed: the stream is the caller's.
    @SuppressWarnings("resource")
    LineReader in = LineReader.lenient(input, "the input");
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      int[] source = data.sourceDictionary().encode(text.encode().apply(line));
      List<Hypothesis> nBest = List.of();
      if (SourceSentences.isReadable(source.length)) {
        nBest =
            SourceSentences.withoutModel(source)
                .orElseGet(() -> ready.translator().translate(List.of(source)).get(0));
      } else if (skipInvalid) {
        skipped++;
        LOG.warn("skipped: {}", SourceSentences.tooLong(number, source.length, "of the input"));
      } else {
        throw new MosException(SourceSentences.tooLong(number, source.length, "of the input"));
      }
      if (!form.plain()) {
        form.print(data, out, number, source, null, nBest);
      } else if (nBest.isEmpty()) {
        out.print("\n");
      } else {
        String tokens = data.targetDictionary().string(nBest.get(0).tokens(), true);
        out.print(text.decode().apply(tokens) + "\n");
      }
      if (out.checkError()) {
        throw new MosException("cannot write standard output: closed or full");
      }
      number++;
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
}
