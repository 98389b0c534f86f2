package mos.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Writes a tokenised parallel text as two binary corpora. */
final class Binarizer {
  private static final String UNKNOWN = "<unk>";

  private final Dictionary sourceDictionary;
  private final Dictionary targetDictionary;
  private final int threads;

  /** Tokens with EOS, and how many words the dictionary did not know. */
  static final class Counts {
    private long tokens;
    private long unknown;

    long tokens() {
      return tokens;
    }

    long unknown() {
      return unknown;
    }

    private void write(Numbers numbers, CorpusWriter writer) throws IOException {
      for (int[] sentence : numbers.sentences) {
        writer.add(sentence);
        tokens += sentence.length;
      }
      unknown += numbers.unknown;
    }
  }

  /** What was written. */
  record Outcome(Counts source, Counts target) {}

  @SuppressWarnings("ArrayRecordComponent") // Handed over between threads, never compared.
  private record Numbers(int[][] sentences, long unknown) {}

  private record NumberedPair(Numbers source, Numbers target) {}

  Binarizer(Dictionary sourceDictionary, Dictionary targetDictionary, int threads) {
    this.sourceDictionary = sourceDictionary;
    this.targetDictionary = targetDictionary;
    this.threads = threads;
  }

  Outcome run(ParallelText in, Path sourcePrefix, Path targetPrefix) {
    Outcome outcome = new Outcome(new Counts(), new Counts());
    CorpusWriter.write(
        sourcePrefix,
        sourceDictionary.size(),
        source ->
            CorpusWriter.write(
                targetPrefix,
                targetDictionary.size(),
                target ->
                    OrderedWork.run(
                        threads,
                        in::next,
                        piece ->
                            new NumberedPair(
                                number(piece.source(), sourceDictionary),
                                number(piece.target(), targetDictionary)),
                        pair -> {
                          outcome.source.write(pair.source, source);
                          outcome.target.write(pair.target, target);
                        })));
    return outcome;
  }

  private static Numbers number(List<String> lines, Dictionary dictionary) {
    int[][] sentences = new int[lines.size()][];
    long unknown = 0;
    for (int i = 0; i < sentences.length; i++) {
      List<String> words = Words.of(lines.get(i));
      sentences[i] = dictionary.encode(words);
      for (int k = 0; k < words.size(); k++) {
        if (sentences[i][k] == Dictionary.UNK && !words.get(k).equals(UNKNOWN)) {
          unknown++;
        }
      }
    }
    return new Numbers(sentences, unknown);
  }
}
