package mos.experiment;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import mos.base.MosException;
import mos.base.StopSignal;
import mos.beam.Translator;
import mos.console.Progress;
import mos.data.CorpusWriter;
import mos.data.Dictionary;
import mos.data.ParallelCorpus;
import mos.data.TokenCorpus;
import mos.distributed.SharedWork;

/**
 * The training set's translations, in parts that several processes share.
 *
 * @param made the folder that they are kept in, each a file as soon as it is translated
 * @param size sentences of each but the last
 */
record DistilledParts(
    ParallelCorpus train,
    Dictionary targets,
    Translator translator,
    DistilledFolder made,
    int size) {

  /** Rank 0: translates what is not translated yet, with the help of the others. */
  List<Path> all(SharedWork shared) {
    int count = (train.size() + size - 1) / size;
    List<Path> files = IntStream.range(0, count).mapToObj(made::part).toList();
    List<String> missing =
        IntStream.range(0, count)
            .filter(part -> !TokenCorpus.exists(files.get(part)))
            .mapToObj(Integer::toString)
            .toList();
    try (Progress progress = Progress.start("translating train", train.size());
        StopSignal.Saving saving = StopSignal.saving()) {
      int[] kept = {count - missing.size()};
      progress.update(sentences(kept[0]), "");
      shared.compute(
          missing,
          this::translate,
          (item, result) -> {
            progress.update(sentences(++kept[0]), "");
            stopIfAsked(kept[0]);
          });
    }
    return files;
  }

  private long sentences(int parts) {
    return Math.min(train.size(), (long) parts * size);
  }

  private void stopIfAsked(int parts) {
    if (StopSignal.requested() && sentences(parts) < train.size()) {
      throw new MosException(
          "stopped; "
              + sentences(parts)
              + " of "
              + train.size()
              + " sentences are translated and kept; the same command continues");
    }
  }

  /** What is empty, or too long for the teacher, keeps its reference. */
  static boolean isTranslated(int sourceLength) {
    return sourceLength > 1 && SourceSentences.isReadable(sourceLength);
  }

  /** Translates a part and keeps it. */
  String translate(String item) {
    int part = Integer.parseInt(item);
    int from = part * size;
    int to = Math.min(train.size(), from + size);
    List<int[]> sources = new ArrayList<>();
    List<Integer> rows = new ArrayList<>();
    List<int[]> translations = new ArrayList<>();
    for (int i = from; i < to; i++) {
      translations.add(train.target().get(i));
      if (isTranslated(train.source().length(i))) {
        rows.add(i - from);
        sources.add(train.source().get(i));
      }
    }
    translator.translate(
        sources,
        (place, nBest) -> {
          translations.set(
              rows.get(place),
              nBest.isEmpty() ? new int[] {Dictionary.EOS} : nBest.get(0).tokens());
          stopIfAsked(part);
        });
    CorpusWriter.write(
        made.part(part),
        targets.size(),
        writer -> {
          for (int[] translation : translations) {
            writer.add(translation);
          }
        });
    return "";
  }
}
