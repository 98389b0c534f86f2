package mos.beam;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches over a model of plain arrays, which says of each beam what its history must give. */
class HostBeamsTest {
  private static final int VOCABULARY = 4001;
  private static final int EOS = 2;
  private static final BeamOptions OPTIONS = new BeamOptions(4, 0.6, true, 0, 12, 1, 0, 0);

  /**
   * Its scores depend on the source and on all tokens that a beam has read, which it finds by the
   * ancestors that it is told: beams that are mixed up give other translations.
   */
  private static final class HistoryModel implements BatchModel {
    @Override
    public int sourceVocabulary() {
      return VOCABULARY;
    }

    @Override
    public BatchSize size(
        BeamOptions options, int batchSize, int sentences, int sourceTokens, int steps) {
      int slots = Math.min(batchSize, sentences);
      return new BatchSize(slots, slots, sourceTokens, steps);
    }

    @Override
    public SlotBeams open(BeamOptions options, BatchSize size) {
      return new HostBeams(
          new Places(options.beam(), size), options, size.slots(), size.steps(), threads);
    }

    private final int threads;

    HistoryModel(int threads) {
      this.threads = threads;
    }
  }

  private static final class Places implements SlotModel {
    private final int beam;
    private final int[][] sources;

    /** (places, steps, beam): what was read. */
    private final int[][][] read;

    Places(int beam, BatchSize size) {
      this.beam = beam;
      sources = new int[size.places()][];
      read = new int[size.places()][size.steps()][beam];
    }

    @Override
    public void encode(List<int[]> some, int[] places) {
      for (int i = 0; i < places.length; i++) {
        sources[places[i]] = some.get(i);
      }
    }

    @Override
    public FloatBuffer step(int n, int[] taken, int[] tokens, int[] ancestors, int stride) {
      FloatBuffer logits = FloatBuffer.allocate(n * beam * VOCABULARY);
      for (int row = 0; row < n * beam; row++) {
        int place = row / beam;
        int b = row % beam;
        int now = taken[place];
        read[place][now][b] = tokens[row];
        List<Integer> history = new ArrayList<>();
        for (int u = 0; u < now; u++) {
          history.add(read[place][u][ancestors[row * stride + u]]);
        }
        history.add(tokens[row]);
        put(logits, row, 31L * Arrays.hashCode(sources[place]) + history.hashCode(), now);
      }
      return logits;
    }

    private static void put(FloatBuffer logits, int row, long seed, int now) {
      Random random = new Random(seed);
      for (int v = 0; v < VOCABULARY; v++) {
        logits.put(row * VOCABULARY + v, (float) (8 * random.nextGaussian()));
      }
      // Some sentences end early, others at their limit.
      logits.put(row * VOCABULARY + EOS, now < 2 ? 0 : 14 + random.nextInt(14));
    }

    @Override
    public void move(int from, int to) {
      sources[to] = sources[from];
      for (int u = 0; u < read[to].length; u++) {
        System.arraycopy(read[from][u], 0, read[to][u], 0, beam);
      }
    }

    @Override
    public void close() {}
  }

  private static List<int[]> sentences(int count) {
    Random random = new Random(5);
    List<int[]> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] sentence = random.ints(1 + random.nextInt(9), 4, VOCABULARY).toArray();
      sentence[sentence.length - 1] = EOS;
      all.add(sentence);
    }
    return all;
  }

  private static List<List<Hypothesis>> translate(int threads, int batch, List<int[]> sentences) {
    TranslationOptions options = new TranslationOptions(OPTIONS, 4, batch, 4096);
    try (BatchTranslator translator = new BatchTranslator(new HistoryModel(threads), options)) {
      return translator.translate(sentences);
    }
  }

  private static String text(List<List<Hypothesis>> all) {
    StringBuilder text = new StringBuilder();
    for (List<Hypothesis> some : all) {
      for (Hypothesis one : some) {
        text.append(Arrays.toString(one.tokens())).append(one.score()).append('\n');
      }
    }
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void batchesAndThreadsChangeNothing(int threads) {
    List<int[]> sentences = sentences(40);
    // 32 rows of 4,001 numbers are few, 128 are shared among threads.
    String alone = text(translate(1, 1, sentences));
    assertThat(text(translate(threads, 32, sentences))).isEqualTo(alone);
    assertThat(text(translate(threads, 8, sentences))).isEqualTo(alone);
  }

  @Test
  void sentencesEndAtDifferentSteps() {
    List<List<Hypothesis>> found = translate(2, 32, sentences(40));
    assertThat(found).allSatisfy(nBest -> assertThat(nBest).hasSize(4));
    assertThat(found.stream().mapToInt(nBest -> nBest.get(0).tokens().length).distinct().count())
        .isGreaterThan(3);
  }
}
