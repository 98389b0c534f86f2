package mos.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Writes a tokenised parallel text as two binary corpora. The workers decode, number and encode;
 * memory holds a few pieces for each of them. It goes on where a killed one stood.
 */
final class Binarizer {
  private static final String UNKNOWN = "<unk>";

  private final Dictionary sourceDictionary;
  private final Dictionary targetDictionary;
  private final int threads;
  private final long saveEvery;

  /** Tokens with EOS, and how many words the dictionary did not know. */
  record Counts(long tokens, long unknown) {}

  /** What was written. */
  record Outcome(Counts source, Counts target) {}

  private record NumberedPair(Numbers source, Numbers target, int size) {}

  private record Numbers(ContinuedCorpus.Encoded encoded, long unknown) {
    PassState.Side after(PassState.Side before) {
      return before.plus(encoded.tokens().length, encoded.tokenCount(), unknown);
    }
  }

  /**
   * @param saveEvery nanoseconds after which it is noted how far the work is
   */
  Binarizer(Dictionary sourceDictionary, Dictionary targetDictionary, int threads, long saveEvery) {
    this.sourceDictionary = sourceDictionary;
    this.targetDictionary = targetDictionary;
    this.threads = threads;
    this.saveEvery = saveEvery;
  }

  /**
   * Writes the corpora.
   *
   * @param noted the file that tells how far the work is
   * @param progress told how many sentence pairs are done
   */
  Outcome run(
      ParallelText in, Path sourcePrefix, Path targetPrefix, Path noted, LongConsumer progress)
      throws IOException {
    PassState[] state = {PassState.load(noted)};
    if (!state[0].done()) {
      in.skip(state[0].read());
      try (ContinuedCorpus source =
              corpus(sourcePrefix, sourceDictionary, state[0].read(), state[0].source());
          ContinuedCorpus target =
              corpus(targetPrefix, targetDictionary, state[0].read(), state[0].target())) {
        long[] saved = {System.nanoTime()};
        OrderedWork.run(
            threads,
            in::next,
            piece -> numbered(piece, source, target),
            pair -> {
              source.add(pair.source.encoded);
              target.add(pair.target.encoded);
              PassState before = state[0];
              state[0] =
                  new PassState(
                      before.read() + pair.size,
                      before.kept() + pair.size,
                      pair.source.after(before.source()),
                      pair.target.after(before.target()),
                      false);
              if (System.nanoTime() - saved[0] >= saveEvery) {
                saved[0] = System.nanoTime();
                source.force();
                target.force();
                state[0].save(noted);
              }
              progress.accept(state[0].read());
            });
        source.finish();
        target.finish();
      }
      state[0].finished().save(noted);
    }
    return new Outcome(counts(state[0].source()), counts(state[0].target()));
  }

  private static ContinuedCorpus corpus(
      Path prefix, Dictionary dictionary, long sentences, PassState.Side side) throws IOException {
    return new ContinuedCorpus(prefix, dictionary.size(), sentences, side.bytes());
  }

  private static Counts counts(PassState.Side side) {
    return new Counts(side.tokens(), side.unknown());
  }

  private NumberedPair numbered(
      ParallelText.Piece piece, ContinuedCorpus source, ContinuedCorpus target) {
    int[][] sources = new int[piece.size()][];
    int[][] targets = new int[piece.size()][];
    long unknownSources = 0;
    long unknownTargets = 0;
    for (int i = 0; i < sources.length; i++) {
      List<String> sourceWords = Words.of(piece.sourceLine(i));
      List<String> targetWords = Words.of(piece.targetLine(i));
      sources[i] = sourceDictionary.encode(sourceWords);
      targets[i] = targetDictionary.encode(targetWords);
      unknownSources += unknown(sourceWords, sources[i]);
      unknownTargets += unknown(targetWords, targets[i]);
    }
    return new NumberedPair(
        new Numbers(source.encode(sources), unknownSources),
        new Numbers(target.encode(targets), unknownTargets),
        sources.length);
  }

  private static int unknown(List<String> words, int[] ids) {
    int unknown = 0;
    for (int k = 0; k < words.size(); k++) {
      if (ids[k] == Dictionary.UNK && !words.get(k).equals(UNKNOWN)) {
        unknown++;
      }
    }
    return unknown;
  }
}
