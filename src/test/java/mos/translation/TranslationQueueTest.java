package mos.translation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import mos.base.MosException;
import mos.beam.BatchSearch;
import mos.beam.BeamOptions;
import mos.beam.Hypothesis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TranslationQueueTest {
  private static final BeamOptions BEAM = BeamOptions.DEFAULT;
  private static final int BAD = 666;

  private final List<Integer> batches = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch open = new CountDownLatch(1);
  private boolean ended;

  /** Gives each sentence back; the first batch waits until {@link #open}. */
  private final class Echo implements TranslationQueue.Model {
    @Override
    public void translate(List<int[]> sentences, BeamOptions beam, BatchSearch.Found found) {
      batches.add(sentences.size());
      try {
        open.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      if (sentences.stream().anyMatch(one -> one[0] == BAD)) {
        throw new MosException("no memory");
      }
      for (int i = sentences.size() - 1; i >= 0; i--) {
        int[] one = sentences.get(i);
        found.nBest(i, List.of(new Hypothesis(one, beam.beam(), new float[one.length])));
      }
    }

    @Override
    public void close() {
      ended = true;
    }
  }

  private static List<int[]> sentences(int first, int count) {
    return IntStream.range(first, first + count).mapToObj(i -> new int[] {i, 2}).toList();
  }

  private static List<Integer> firsts(CompletableFuture<List<List<Hypothesis>>> found) {
    return found.join().stream().map(nBest -> nBest.get(0).tokens()[0]).toList();
  }

  private void waitForFirstBatch() throws InterruptedException {
    while (batches.isEmpty()) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  @Test
  void whatWaitsGoesTogetherAndManyTakeTurnsWithFew() throws InterruptedException {
    try (TranslationQueue queue = new TranslationQueue(new Echo())) {
      var first = queue.add(sentences(0, 1), BEAM);
      waitForFirstBatch();
      var many = queue.add(sentences(1000, 600), BEAM);
      var other = queue.add(sentences(5, 2), BeamOptions.of(2, 1));
      var few = queue.add(sentences(20, 3), BEAM);
      var none = queue.add(List.of(), BEAM);
      assertThat(none.join()).isEmpty();
      open.countDown();
      assertThat(firsts(first)).containsExactly(0);
      assertThat(firsts(few)).containsExactly(20, 21, 22);
      assertThat(firsts(many)).isEqualTo(IntStream.range(1000, 1600).boxed().toList());
      assertThat(firsts(other)).containsExactly(5, 6);
      // the other beam goes before the rest of the many
      assertThat(batches).containsExactly(1, 256, 2, 256, 91);
      assertThat(queue.counts().sentences()).isEqualTo(606);
      assertThat(queue.counts().sourceTokens()).isEqualTo(1212);
    }
    assertThat(ended).isTrue();
  }

  @Test
  void oneCallersFailureIsNotAnothers() throws InterruptedException {
    try (TranslationQueue queue = new TranslationQueue(new Echo())) {
      queue.add(sentences(0, 1), BEAM);
      waitForFirstBatch();
      var good = queue.add(sentences(1, 2), BEAM);
      var bad = queue.add(sentences(BAD, 2), BEAM);
      var late = queue.add(sentences(3, 1), BEAM);
      open.countDown();
      assertThat(firsts(good)).containsExactly(1, 2);
      assertThat(firsts(late)).containsExactly(3);
      assertThatThrownBy(bad::join).hasCauseInstanceOf(MosException.class);
      assertThat(firsts(queue.add(sentences(9, 1), BEAM))).containsExactly(9);
    }
  }

  @Test
  void whatIsCancelledIsDroppedAndAnEndFinishesTheRest() throws InterruptedException {
    TranslationQueue queue = new TranslationQueue(new Echo());
    queue.add(sentences(0, 1), BEAM);
    waitForFirstBatch();
    var dropped = queue.add(sentences(10, 500), BEAM);
    var rest = queue.add(sentences(1, 2), BEAM);
    dropped.cancel(true);
    open.countDown();
    queue.close();
    assertThat(firsts(rest)).containsExactly(1, 2);
    assertThat(batches).containsExactly(1, 2);
    assertThatThrownBy(() -> queue.add(sentences(1, 1), BEAM))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }
}
