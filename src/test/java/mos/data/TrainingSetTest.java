package mos.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import mos.base.ConfigurationException;
import mos.base.MosException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingSetTest {
  /** Sentence {@code i} of corpus {@code c} starts with 10,000 c + i + 4. */
  private static ParallelCorpus corpus(int number, int size) {
    Random random = new Random(number);
    int[][] sentences = new int[size][];
    for (int i = 0; i < size; i++) {
      sentences[i] = new int[2 + random.nextInt(20)];
      Arrays.fill(sentences[i], 4);
      sentences[i][0] = 10_000 * number + i + 4;
      sentences[i][sentences[i].length - 1] = Dictionary.EOS;
    }
    Dictionary dictionary = TestCorpora.dictionary();
    TokenCorpus side = new SentenceBlock("corpus " + number, sentences);
    return new ParallelCorpus(side, side, dictionary, dictionary);
  }

  private static TrainingBatches batches(TrainingSet set) {
    return new TrainingBatches(set, 100, 7, false);
  }

  private static TrainingSet set(Sampling sampling, ParallelCorpus... sets) {
    return new TrainingSet(Arrays.stream(sets).map(List::of).toList(), sampling);
  }

  private static Sampling blocks(int size) {
    return new Sampling(List.of(), 1, size);
  }

  /** The first tokens of every sentence of an update's micro-batches. */
  private static List<List<Integer>> firstTokens(UpdateIterator.MicroBatches update) {
    return update.batches().stream()
        .map(
            batch ->
                Arrays.stream(batch).mapToObj(i -> update.corpus().source().get(i)[0] - 4).toList())
        .toList();
  }

  /** Of one epoch after the other, how often each pair occurs. */
  private static List<Map<Integer, Integer>> epochs(TrainingBatches batches, int epochs) {
    List<Map<Integer, Integer>> all = new ArrayList<>();
    UpdateIterator updates = new UpdateIterator(batches, 3, UpdateIterator.Position.START);
    for (int e = 0; e < epochs; e++) {
      Map<Integer, Integer> counts = new TreeMap<>();
      do {
        firstTokens(updates.next())
            .forEach(batch -> batch.forEach(i -> counts.merge(i, 1, Integer::sum)));
      } while (!updates.atEndOfEpoch());
      all.add(counts);
    }
    return all;
  }

  private static int of(Map<Integer, Integer> counts, int corpus) {
    return counts.entrySet().stream()
        .filter(entry -> entry.getKey() / 10_000 == corpus)
        .mapToInt(Map.Entry::getValue)
        .sum();
  }

  @Test
  void whatFitsIsBatchedAsEver() {
    int size = 20_000;
    Random random = new Random(5);
    int[] source = new int[size];
    int[] target = new int[size];
    for (int i = 0; i < size; i++) {
      source[i] = 1 + random.nextInt(80);
      target[i] = 1 + random.nextInt(80);
    }
    TrainingSet set = TrainingSet.of(TestCorpora.ofLengths(source, target));
    try (TrainingBatches batches = new TrainingBatches(set, 400, 7, false)) {
      // As version 0.1.0 made them.
      int[] expected = {-589867490, -726650320};
      for (int epoch = 1; epoch <= 2; epoch++) {
        EpochPlan plan = batches.block(epoch, 0).plan();
        int hash = 1;
        for (int[] batch : TestCorpora.batches(plan)) {
          hash = 31 * hash + Arrays.hashCode(batch);
        }
        assertThat(plan.batches()).isEqualTo(3059);
        assertThat(hash).isEqualTo(expected[epoch - 1]);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 100, 999, 1000, 5000})
  void everyPairComesOnceAnEpochWhateverTheBlocks(int size) {
    try (TrainingBatches batches = batches(set(blocks(size), corpus(0, 999), corpus(1, 10)))) {
      List<Map<Integer, Integer>> epochs = epochs(batches, 3);
      for (Map<Integer, Integer> epoch : epochs) {
        assertThat(epoch).hasSize(1009);
        assertThat(epoch.values()).containsOnly(1);
      }
    }
  }

  @Test
  void blocksMixFarPlacesAndDifferBetweenEpochs() {
    TrainingSet set = set(blocks(1000), corpus(0, 9000));
    assertThat(set.blocks(1)).isEqualTo(9);
    List<TrainingSet.Stretch> first = set.stretches(7, 1, 0);
    assertThat(first).hasSizeGreaterThan(20);
    assertThat(first.get(0).start()).isLessThan(2000);
    assertThat(first.get(first.size() - 1).start()).isGreaterThan(7000);
    assertThat(set.stretches(7, 2, 0)).isNotEqualTo(first);
    assertThat(set.stretches(8, 1, 0)).isNotEqualTo(first);
    assertThat(set.stretches(7, 1, 0)).isEqualTo(first);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 50, 333})
  void trainingContinuesExactlyAnywhere(int size) {
    TrainingSet set =
        new TrainingSet(
            List.of(List.of(corpus(0, 400), corpus(1, 300)), List.of(corpus(2, 77))),
            new Sampling(List.of(1.0, 0.5), 1, size));
    List<UpdateIterator.Position> positions = new ArrayList<>();
    List<List<List<Integer>>> all = new ArrayList<>();
    try (TrainingBatches batches = batches(set)) {
      UpdateIterator updates = new UpdateIterator(batches, 4, UpdateIterator.Position.START);
      while (updates.position().epoch() < 4) {
        positions.add(updates.position());
        all.add(firstTokens(updates.next()));
      }
    }
    for (int k = 0; k < all.size(); k++) {
      try (TrainingBatches batches = batches(set)) {
        UpdateIterator updates = new UpdateIterator(batches, 4, positions.get(k));
        assertThat(updates.position()).isEqualTo(positions.get(k));
        assertThat(firstTokens(updates.next())).isEqualTo(all.get(k));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100})
  void weightsShareOutAnEpochAndNoPairIsPreferred(int size) {
    TrainingSet set = set(new Sampling(List.of(1.0, 2.0), 1, size), corpus(0, 600), corpus(1, 150));
    try (TrainingBatches batches = batches(set)) {
      List<Map<Integer, Integer>> epochs = epochs(batches, 12);
      Map<Integer, Integer> all = new TreeMap<>();
      for (Map<Integer, Integer> epoch : epochs) {
        assertThat(of(epoch, 0)).isEqualTo(250);
        assertThat(of(epoch, 1)).isEqualTo(500);
        epoch.forEach((pair, count) -> all.merge(pair, count, Integer::sum));
      }
      // 12 × 250 pairs of 600 are five passes, 12 × 500 of 150 are forty.
      assertThat(all).hasSize(750);
      all.forEach((pair, count) -> assertThat(count).isEqualTo(pair < 10_000 ? 5 : 40));
    }
  }

  @Test
  void temperatureFavoursSmallSets() {
    long[] sizes = {900, 100};
    assertThat(Sampling.PLAIN.amounts(sizes)).containsExactly(900, 100);
    assertThat(new Sampling(List.of(), 2, 0).amounts(sizes)).containsExactly(750, 250);
    assertThat(new Sampling(List.of(), 1e9, 0).amounts(sizes)).containsExactly(500, 500);
    assertThat(new Sampling(List.of(3.0, 1.0), 1, 0).amounts(sizes)).containsExactly(750, 250);
  }

  @Test
  void anEpochHasTheNextShard() {
    TrainingSet set =
        new TrainingSet(
            List.of(List.of(corpus(0, 50), corpus(1, 60), corpus(2, 70))), Sampling.PLAIN);
    try (TrainingBatches batches = batches(set)) {
      List<Map<Integer, Integer>> epochs = epochs(batches, 4);
      for (int e = 0; e < 4; e++) {
        assertThat(of(epochs.get(e), e % 3)).isEqualTo(50 + 10 * (e % 3));
        assertThat(epochs.get(e)).hasSize(50 + 10 * (e % 3));
      }
    }
  }

  @Test
  void wrongSamplingIsRefused() {
    assertThatThrownBy(() -> set(new Sampling(List.of(1.0), 1, 0), corpus(0, 5), corpus(1, 5)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("got 1 weights for 2 training sets");
    assertThatThrownBy(() -> new Sampling(List.of(1.0, 0.0), 1, 0))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("must be above 0");
    assertThatThrownBy(() -> new Sampling(List.of(1.0), 2, 0))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("got both");
    assertThatThrownBy(() -> new Sampling(List.of(), 0.5, 0))
        .isInstanceOf(ConfigurationException.class);
  }

  @Test
  void countsPastWhatCanBeReadTogetherAreNamedAtTheStart() {
    TokenCorpus half = huge(1_500_000_000);
    ParallelCorpus one =
        new ParallelCorpus(half, half, TestCorpora.dictionary(), TestCorpora.dictionary());
    assertThatThrownBy(() -> set(Sampling.PLAIN, one, one))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("3000000000 sentences, at most 2147483646")
        .hasMessageContaining("FOLDER:FOLDER");
    // As shards they are not read together.
    assertThat(new TrainingSet(List.of(List.of(one, one)), Sampling.PLAIN).size())
        .isEqualTo(3_000_000_000L);
  }

  private static TokenCorpus huge(int size) {
    return new TokenCorpus() {
      @Override
      public int size() {
        return size;
      }

      @Override
      public int length(int i) {
        return 1;
      }

      @Override
      public int[] get(int i) {
        return new int[] {Dictionary.EOS};
      }

      @Override
      public String name() {
        return "huge";
      }

      @Override
      public void close() {}
    };
  }

  @Test
  void aPositionOfOtherBlocksIsAnError() {
    try (TrainingBatches batches = batches(set(blocks(100), corpus(0, 1000)))) {
      for (UpdateIterator.Position position :
          List.of(
              new UpdateIterator.Position(1, 3),
              new UpdateIterator.Position(1, 3, 11, 0),
              new UpdateIterator.Position(1, 3, 2, 10_000))) {
        assertThatThrownBy(() -> new UpdateIterator(batches, 4, position))
            .isInstanceOf(MosException.class)
            .hasMessageContaining("shuffle-buffer changed?");
      }
    }
  }

  @Test
  void whatNoModelCanReadIsCountedAndBlocksMayHaveNothingElse() {
    int[] lengths = IntStream.range(0, 300).map(i -> i < 200 ? 500 : 5).toArray();
    TrainingSet set =
        new TrainingSet(List.of(List.of(TestCorpora.ofLengths(lengths, lengths))), blocks(10));
    try (TrainingBatches batches = batches(set)) {
      assertThat(batches.skipped().count()).isEqualTo(200);
      UpdateIterator updates = new UpdateIterator(batches, 1, UpdateIterator.Position.START);
      int pairs = 0;
      do {
        pairs += updates.next().batches().get(0).length;
      } while (!updates.atEndOfEpoch());
      assertThat(pairs).isEqualTo(100);
    }
  }
}
