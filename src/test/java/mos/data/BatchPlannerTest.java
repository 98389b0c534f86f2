package mos.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import mos.base.ConfigurationException;
import mos.base.MosException;
import org.junit.jupiter.api.Test;

class BatchPlannerTest {
  private static final int SIZE = 2000;
  private static final int[] SOURCE = lengths(1);
  private static final int[] TARGET = lengths(2);

  private static int[] lengths(int seed) {
    Random random = new Random(seed);
    return IntStream.range(0, SIZE).map(i -> 1 + random.nextInt(80)).toArray();
  }

  private static BatchPlanner planner(BatchOptions options) {
    return new BatchPlanner(SIZE, i -> SOURCE[i], i -> TARGET[i], options);
  }

  private static List<int[]> batches(EpochPlan plan) {
    return IntStream.range(0, plan.batches()).mapToObj(plan::batch).toList();
  }

  private static int padded(int[] batch) {
    int longest = Arrays.stream(batch).map(i -> Math.max(SOURCE[i], TARGET[i])).max().orElseThrow();
    return longest * batch.length;
  }

  private static void assertEachOnce(List<int[]> batches) {
    int[] all = batches.stream().flatMapToInt(Arrays::stream).sorted().toArray();
    assertThat(all).containsExactly(IntStream.range(0, SIZE).toArray());
  }

  @Test
  void noSentenceIsLostOrDoubledAndPaddingCounts() {
    for (int multiple : new int[] {1, 8}) {
      EpochPlan plan =
          planner(new BatchOptions(400, 0, multiple, 1024, 1024, true, false)).shuffled(7, 1);
      List<int[]> batches = batches(plan);
      assertEachOnce(batches);
      assertThat(batches).allSatisfy(b -> assertThat(padded(b)).isBetween(1, 400));
      assertThat(plan.sentences()).isEqualTo(SIZE);
    }
  }

  @Test
  void fullBatchesAreCutToTheMultiple() {
    EpochPlan plan = planner(new BatchOptions(0, 13, 8, 1024, 1024, true, false)).byLength();
    for (int k = 0; k < plan.batches() - 1; k++) {
      assertThat(plan.batch(k)).hasSize(8);
    }
    assertEachOnce(batches(plan));
  }

  @Test
  void batchesFollowFromSeedAndEpochAlone() {
    BatchPlanner planner = planner(BatchOptions.ofMaxTokens(400));
    List<int[]> once = batches(planner.shuffled(7, 3));
    assertThat(batches(planner(BatchOptions.ofMaxTokens(400)).shuffled(7, 3)))
        .usingRecursiveComparison()
        .isEqualTo(once);
    for (EpochPlan other : List.of(planner.shuffled(7, 4), planner.shuffled(8, 3))) {
      assertThat(other.batch(0)).isNotEqualTo(once.get(0));
    }
  }

  @Test
  void sentencesAreGroupedBySourceThenTargetLength() {
    EpochPlan plan = planner(BatchOptions.ofMaxTokens(400)).byLength();
    int[] order = batches(plan).stream().flatMapToInt(Arrays::stream).toArray();
    for (int k = 1; k < order.length; k++) {
      assertThat(SOURCE[order[k]] * 1000 + TARGET[order[k]])
          .isGreaterThanOrEqualTo(SOURCE[order[k - 1]] * 1000 + TARGET[order[k - 1]]);
    }
  }

  @Test
  void lengthsBeyondOneDigitAreSorted() {
    int[] lengths = {70_000, 3, 200_000, 65_536, 65_535, 70_000};
    BatchPlanner planner =
        new BatchPlanner(
            6,
            i -> lengths[i],
            i -> 1,
            new BatchOptions(0, 1, 1, Integer.MAX_VALUE, Integer.MAX_VALUE, true, false));
    EpochPlan plan = planner.byLength();
    assertThat(batches(plan).stream().mapToInt(b -> b[0]).toArray())
        .containsExactly(1, 4, 3, 0, 5, 2);
  }

  @Test
  void invalidSentencesAreCountedOrAnError() {
    BatchPlanner planner = planner(new BatchOptions(400, 0, 1, 50, 60, true, false));
    long invalid = IntStream.range(0, SIZE).filter(i -> SOURCE[i] > 50 || TARGET[i] > 60).count();
    assertThat(planner.skipped().count()).isEqualTo((int) invalid).isPositive();
    assertThat(planner.sentences()).isEqualTo(SIZE - planner.skipped().count());
    int first =
        IntStream.range(0, SIZE)
            .filter(i -> SOURCE[i] > 50 || TARGET[i] > 60)
            .findFirst()
            .orElse(0);
    assertThat(planner.skipped().toString())
        .startsWith(invalid + " of " + SIZE + " samples have invalid sizes and will be skipped")
        .contains("max_positions=(50, 60), max_tokens=400", "first few sample ids=[" + first + ",");
    assertThat(planner.shuffled(1, 1).sentences()).isEqualTo(planner.sentences());
    assertThatThrownBy(() -> planner(new BatchOptions(400, 0, 1, 50, 60, false, false)))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("must be in 1..50 and 1..60");
    assertThat(planner(new BatchOptions(40, 0, 1, 1024, 1024, true, false)).skipped().isEmpty())
        .isFalse();
    assertThatThrownBy(() -> new BatchPlanner(3, i -> 0, i -> 5, BatchOptions.ofMaxTokens(100)))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("none of 3");
  }

  @Test
  void largerPairsOfAValidationSetAreBatchesOfTheirOwn() {
    BatchPlanner planner = planner(new BatchOptions(40, 0, 1, 1024, 1024, true, true));
    assertThat(planner.sentences()).isEqualTo(SIZE);
    assertThat(planner.skipped().isEmpty()).isTrue();
    for (int[] batch : batches(planner.byLength())) {
      for (int i : batch) {
        assertThat(batch.length == 1 || Math.max(SOURCE[i], TARGET[i]) <= 40).isTrue();
      }
    }
  }

  @Test
  void unlimitedBatchesAreRefused() {
    assertThatThrownBy(() -> new BatchOptions(0, 0, 8, 1024, 1024, true, false))
        .isInstanceOf(ConfigurationException.class);
    assertThatThrownBy(() -> BatchOptions.ofMaxTokens(-1))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("max-tokens: got -1");
  }

  @Test
  void mergedPassesHoldEachSentenceOnceAndFit() {
    List<int[]> batches = batches(planner(BatchOptions.ofMaxTokens(400)).shuffled(7, 1));
    List<int[]> passes = Passes.PADDED.merge(batches, i -> SOURCE[i], i -> TARGET[i], 10_000);
    assertEachOnce(passes);
    assertThat(passes).allSatisfy(p -> assertThat(padded(p)).isLessThanOrEqualTo(10_000));
    int total = IntStream.range(0, SIZE).map(i -> Math.max(SOURCE[i], TARGET[i])).sum();
    assertThat(passes.size()).isLessThanOrEqualTo(total * 12 / 10 / 10_000 + 1);
    assertThatThrownBy(() -> Passes.PADDED.merge(batches, i -> SOURCE[i], i -> TARGET[i], 50))
        .isInstanceOf(MosException.class);
    assertThat(Passes.PADDED.merge(List.of(), i -> 1, i -> 1, 50)).isEmpty();
  }

  @Test
  void mergeDoesNotDependOnTheGrouping() {
    List<int[]> some = batches(planner(BatchOptions.ofMaxTokens(400)).shuffled(7, 1));
    List<int[]> other = batches(planner(BatchOptions.ofMaxTokens(700)).shuffled(8, 1));
    assertThat(Passes.PADDED.merge(some, i -> SOURCE[i], i -> TARGET[i], 5_000))
        .usingRecursiveComparison()
        .isEqualTo(Passes.PADDED.merge(other, i -> SOURCE[i], i -> TARGET[i], 5_000));
  }

  private static UpdateIterator updates(BatchPlanner planner, UpdateIterator.Position position) {
    ParallelCorpus corpus = TestCorpora.ofLengths(SOURCE, TARGET);
    return new UpdateIterator(BatchBlocks.of(corpus, planner, 7), 4, position);
  }

  @Test
  void resumedIteratorContinuesExactly() {
    BatchPlanner planner = planner(BatchOptions.ofMaxTokens(4_000));
    int updates = (planner.shuffled(7, 1).batches() + 3) / 4;
    UpdateIterator whole = updates(planner, UpdateIterator.Position.START);
    List<List<int[]>> all = new ArrayList<>();
    List<UpdateIterator.Position> positions = new ArrayList<>();
    for (int k = 0; k < 2 * updates + 1; k++) {
      positions.add(whole.position());
      all.add(whole.next().batches());
      assertThat(whole.atEndOfEpoch()).isEqualTo((k + 1) % updates == 0);
    }
    assertThat(all.get(0)).hasSize(4);
    assertThat(positions.get(updates)).isEqualTo(new UpdateIterator.Position(1, updates));
    assertThat(positions.get(updates + 1)).isEqualTo(new UpdateIterator.Position(2, 1));
    for (int k = 0; k < all.size(); k++) {
      assertThat(updates(planner, positions.get(k)).next().batches())
          .usingRecursiveComparison()
          .isEqualTo(all.get(k));
    }
    List<int[]> epoch = all.subList(0, updates).stream().flatMap(List::stream).toList();
    assertEachOnce(epoch);
  }

  @Test
  void impossiblePositionIsAnError() {
    BatchPlanner planner = planner(BatchOptions.ofMaxTokens(4_000));
    assertThatThrownBy(() -> updates(planner, new UpdateIterator.Position(1, 10_000)))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("got update 10000");
    assertThatThrownBy(() -> new UpdateIterator.Position(0, 0)).isInstanceOf(MosException.class);
  }
}
