package mos.experiment;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import mos.beam.BatchSearch;
import mos.beam.Hypothesis;
import mos.beam.Translator;
import mos.distributed.SharedWork;
import mos.results.TranslationFigures;

/**
 * Sentences that several processes translate, each some of them.
 *
 * @param translator of this process
 * @param sources the same in every process
 */
record SharedTranslations(SharedWork shared, Translator translator, List<int[]> sources) {
  /** More are translated in several parts, so that the results of one are small. */
  private static final int LARGEST_PART = 1 << 15;

  /**
   * Rank 0: translates all.
   *
   * @param found told of each of the sources, by its place, in any order
   */
  void all(BatchSearch.Found found) {
    if (shared.size() == 1) {
      translator.translate(sources, found);
      return;
    }
    int each = (sources.size() + shared.size() - 1) / shared.size();
    int parts = shared.size() * Math.max(1, (each + LARGEST_PART - 1) / LARGEST_PART);
    shared.compute(
        IntStream.range(0, parts).mapToObj(part -> part + " " + parts).toList(),
        this::translate,
        (part, result) -> {
          List<List<Hypothesis>> some = decode(result);
          for (int i = 0; i < some.size(); i++) {
            found.nBest(part + i * parts, some.get(i));
          }
        });
  }

  /** Every process but the first: translates what it is given; the figures of rank 0. */
  TranslationFigures help() {
    return Sharing.help(shared, TranslationFigures.class, this::translate);
  }

  /** Every {@code parts}-th sentence, so that all parts have long and short ones. */
  private String translate(String item) {
    String[] numbers = item.split(" ");
    int parts = Integer.parseInt(numbers[1]);
    List<int[]> mine = new ArrayList<>();
    for (int i = Integer.parseInt(numbers[0]); i < sources.size(); i += parts) {
      mine.add(sources.get(i));
    }
    return encode(translator.translate(mine));
  }

  static String encode(List<List<Hypothesis>> all) {
    int bytes = Integer.BYTES;
    for (List<Hypothesis> nBest : all) {
      bytes += Integer.BYTES;
      for (Hypothesis h : nBest) {
        bytes += Integer.BYTES + Double.BYTES + h.tokens().length * 2 * Integer.BYTES;
      }
    }
    ByteBuffer buffer = ByteBuffer.allocate(bytes).putInt(all.size());
    for (List<Hypothesis> nBest : all) {
      buffer.putInt(nBest.size());
      for (Hypothesis h : nBest) {
        buffer.putInt(h.tokens().length).putDouble(h.score());
        for (int i = 0; i < h.tokens().length; i++) {
          buffer.putInt(h.tokens()[i]).putFloat(h.positionalScores()[i]);
        }
      }
    }
    return Base64.getEncoder().encodeToString(buffer.array());
  }

  static List<List<Hypothesis>> decode(String text) {
    ByteBuffer buffer = ByteBuffer.wrap(Base64.getDecoder().decode(text));
    List<List<Hypothesis>> all = new ArrayList<>();
    int sentences = buffer.getInt();
    for (int s = 0; s < sentences; s++) {
      List<Hypothesis> nBest = new ArrayList<>();
      int count = buffer.getInt();
      for (int n = 0; n < count; n++) {
        int length = buffer.getInt();
        double score = buffer.getDouble();
        int[] tokens = new int[length];
        float[] positional = new float[length];
        for (int i = 0; i < length; i++) {
          tokens[i] = buffer.getInt();
          positional[i] = buffer.getFloat();
        }
        nBest.add(new Hypothesis(tokens, score, positional));
      }
      all.add(nBest);
    }
    return all;
  }
}
