package mos.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import mos.base.ConfigurationException;
import mos.base.MosException;

/** The sentences of one language as token ids; reads are thread-safe. */
public interface TokenCorpus extends AutoCloseable {
  /** The number of sentences. */
  int size();

  /** The number of tokens of sentence {@code i}, 0 ≤ i &lt; size, its closing EOS included. */
  int length(int i);

  /**
   * The tokens of sentence {@code i}, 0 ≤ i &lt; size; the array is the caller's.
   *
   * @throws MosException when the file holds something that is no token id
   */
  int[] get(int i);

  /** The lengths of the sentences from {@code start} to before {@code end}, read in one go. */
  default int[] lengths(int start, int end) {
    return IntStream.range(start, end).map(this::length).toArray();
  }

  /**
   * The sentences from {@code start} to before {@code end} in memory, read in one go where the form
   * allows it; nothing of this corpus is used by it any more.
   */
  default TokenCorpus block(int start, int end) {
    return new SentenceBlock(
        name(), IntStream.range(start, end).mapToObj(this::get).toArray(int[][]::new));
  }

  /** Reads everything once, in sequence, so that the operating system has it at hand. */
  default void readThrough() {}

  /** What error messages call the corpus. */
  String name();

  /** Ends the use of the corpus; nothing may be read afterwards. */
  @Override
  void close();

  /**
   * Opens any of fairseq's forms: {@code PREFIX.bin} with {@code PREFIX.idx} (memory-mapped or
   * lazy/cached, told apart by the first bytes of the index), or {@code PREFIX} as text.
   *
   * @param dictionary numbers the words of a text; may be null, then a text is refused
   * @throws MosException when there is no such corpus, or it is damaged
   */
  static TokenCorpus open(Path prefix, Dictionary dictionary) {
    if (Files.exists(BinaryCorpus.indexFile(prefix))) {
      return new BinaryCorpus(prefix);
    }
    if (!exists(prefix)) {
      throw new MosException(
          "no corpus " + prefix + ": neither " + BinaryCorpus.indexFile(prefix) + " nor a text");
    }
    if (dictionary == null) {
      throw new ConfigurationException(prefix + " is text: its dictionary is needed to number it");
    }
    return new TextCorpus(prefix, dictionary);
  }

  /** Whether {@link #open} finds something there. */
  static boolean exists(Path prefix) {
    return Files.exists(BinaryCorpus.indexFile(prefix)) || Files.isRegularFile(prefix);
  }
}
