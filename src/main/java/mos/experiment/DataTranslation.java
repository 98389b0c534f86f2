package mos.experiment;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import mos.base.DataLocks;
import mos.beam.Hypothesis;
import mos.console.Progress;
import mos.data.ParallelCorpus;
import mos.distributed.Processes;
import mos.distributed.SharedWork;
import mos.results.TranslationFigures;
import mos.tensor.Devices;

/**
 * Translates a part of a data folder and scores it against its references. Several processes share
 * the sentences; what comes out is the same.
 *
 * @param translator what translates
 * @param subset of the data, for example test
 * @param skipInvalid whether to go on without sentences that are too long for a model, which
 *     otherwise are an error
 * @param form of what is printed
 * @param sink takes the translations
 */
public record DataTranslation(
    TranslatorChoice translator,
    String subset,
    boolean skipInvalid,
    TranslationForm form,
    TranslationSink sink)
    implements Experiment<TranslationFigures> {

  @Override
  public TranslationFigures run(Processes processes) {
    return Sharing.run(
        processes, shared -> translator.use(processes.place(), ready -> translate(ready, shared)));
  }

  private TranslationFigures translate(TranslatorChoice.Ready ready, SharedWork shared) {
    DataFolder data = ready.data();
    try (DataLocks reading = data.reading();
        ParallelCorpus corpus = data.split(subset)) {
      SourceSentences sentences = new SourceSentences(corpus.source(), subset, skipInvalid);
      SharedTranslations work =
          new SharedTranslations(shared, ready.translator(), sentences.asked());
      if (!shared.leads()) {
        return work.help();
      }
      List<Integer> rows = sentences.rows();
      List<List<Hypothesis>> found = new ArrayList<>(Collections.nCopies(rows.size(), List.of()));
      long start = System.nanoTime();
      double seconds;
      Translations translations;
      try (TranslationText text = new TranslationText(data, corpus, subset, rows)) {
        try (Progress progress = Progress.start("translating " + subset, rows.size())) {
          int[] finished = {0};
          work.all(
              sentences.found(
                  (place, nBest) -> {
                    found.set(place, nBest);
                    text.add(place, nBest);
                    progress.update(++finished[0], "");
                  }));
        }
        seconds = (System.nanoTime() - start) / 1e9;
        translations = text.all();
      }
      double textSeconds = (System.nanoTime() - start) / 1e9;
      long tokens =
          found.stream().filter(n -> !n.isEmpty()).mapToLong(n -> n.get(0).tokens().length).sum();
      TranslationFigures figures =
          new TranslationFigures(
              translations.scores(),
              subset,
              translator.options().beam().beam(),
              translator.options().beam().lengthPenalty(),
              rows.size(),
              sentences.skipped().count(),
              new TranslationFigures.Speed(seconds, tokens / seconds, tokens / textSeconds),
              null);
      sink.take(
          translations,
          printed(data, corpus, rows, found, translations),
          figures,
          () -> {
            Optional<Path> parent = Optional.of(translator.model());
            return Provenance.of(data, Devices.describe(ready.compute().device()), parent, subset);
          });
      return figures;
    }
  }

  private ByteArrayOutputStream printed(
      DataFolder data,
      ParallelCorpus corpus,
      List<Integer> rows,
      List<List<Hypothesis>> found,
      Translations translations) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
    if (form.plain()) {
      // A line for each sentence of the set, empty where it was skipped.
      String[] plain = new String[corpus.size()];
      Arrays.fill(plain, "");
      for (int k = 0; k < rows.size(); k++) {
        plain[rows.get(k)] = translations.plain().get(k);
      }
      for (String line : plain) {
        out.print(line + "\n");
      }
    } else {
      for (int k = 0; k < rows.size(); k++) {
        int row = rows.get(k);
        int[] source = corpus.source().get(row);
        form.print(data, out, row, source, corpus.target().get(row), found.get(k));
      }
    }
    out.flush();
    return bytes;
  }
}
