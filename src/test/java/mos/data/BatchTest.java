package mos.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import mos.base.MosException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class BatchTest {
  private static final ParallelCorpus.LanguagePair EN_DE =
      new ParallelCorpus.LanguagePair("en", "de");

  @TempDir Path folder;

  @BeforeEach
  void writeCorpus() throws IOException {
    Files.writeString(folder.resolve("dict.en.txt"), "a 1\nb 1\nc 1\nd 1\n");
    Files.writeString(folder.resolve("dict.de.txt"), "w 1\nx 1\ny 1\nz 1\n");
    write("train.en-de.en", new int[][] {{4, 5, 6, 2}, {7, 2}});
    write("train.en-de.de", new int[][] {{4, 2}, {5, 6, 2}});
  }

  private void write(String name, int[][] sentences) {
    CorpusWriter.write(
        folder.resolve(name),
        8,
        writer -> {
          for (int[] sentence : sentences) {
            writer.add(sentence);
          }
        });
  }

  @Test
  void sidesArePaddedAndOutputIsShifted() {
    ParallelCorpus corpus = ParallelCorpus.open(folder, "train", EN_DE);
    Batch batch = Batch.of(corpus, new int[] {1, 0});
    assertThat(batch.source()).isDeepEqualTo(new int[][] {{7, 2, 1, 1}, {4, 5, 6, 2}});
    assertThat(batch.sourceLengths()).containsExactly(2, 4);
    assertThat(batch.target()).isDeepEqualTo(new int[][] {{5, 6, 2}, {4, 2, 1}});
    assertThat(batch.previousOutput()).isDeepEqualTo(new int[][] {{2, 5, 6}, {2, 4, 1}});
    assertThat(batch.targetTokens()).isEqualTo(5);
    assertThat(batch.sentences()).containsExactly(1, 0);
    assertThat(Batch.of(corpus, new int[] {1, 0}, Batch.Padding.LEFT).source())
        .isDeepEqualTo(new int[][] {{1, 1, 7, 2}, {4, 5, 6, 2}});
  }

  @Test
  void foldersOfTheReverseDirectionServe() {
    ParallelCorpus.LanguagePair reversed = new ParallelCorpus.LanguagePair("de", "en");
    ParallelCorpus corpus = ParallelCorpus.open(folder, "train", reversed);
    assertThat(corpus.source().get(0)).containsExactly(4, 2);
    assertThat(ParallelCorpus.languagePair(folder)).isEqualTo(EN_DE);
  }

  @Test
  void whatDoesNotBelongTogetherIsAnError() throws IOException {
    assertThatThrownBy(() -> ParallelCorpus.open(folder, "valid", EN_DE))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("no valid data");
    write("test.en-de.en", new int[][] {{4, 2}, {8, 2}, {2}});
    write("test.en-de.de", new int[][] {{4, 2}, {5, 2}, {}});
    ParallelCorpus test = ParallelCorpus.open(folder, "test", EN_DE);
    assertThatThrownBy(() -> Batch.of(test, new int[] {0, 1}))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("holds token 8, but the dictionary has 8 symbols");
    assertThatThrownBy(() -> Batch.of(test, new int[] {2}))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("is empty");
    write("test.en-de.de", new int[][] {{4, 2}});
    assertThatThrownBy(() -> ParallelCorpus.open(folder, "test", EN_DE))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("has 3")
        .hasMessageContaining("has 1");
  }

  private UpdateIterator updates(ParallelCorpus corpus) {
    BatchPlanner planner = new BatchPlanner(corpus, BatchOptions.ofMaxSentences(1));
    return new UpdateIterator(BatchBlocks.of(corpus, planner, 1), 1, UpdateIterator.Position.START);
  }

  @Test
  void preparedUpdatesAreThoseOfTheIterator() {
    ParallelCorpus corpus = ParallelCorpus.open(folder, "train", EN_DE);
    UpdateIterator expected = updates(corpus);
    try (BatchSource source = BatchSource.of(updates(corpus))) {
      for (int k = 0; k < 20; k++) {
        BatchSource.Update update = source.next();
        List<int[]> batches = expected.next().batches();
        assertThat(update.passes().get(0).sentences()).containsExactly(batches.get(0));
        assertThat(update.next()).isEqualTo(expected.position());
        assertThat(update.endOfEpoch()).isEqualTo(k % 2 == 1);
      }
    }
    try (BatchSource source = BatchSource.ofPasses(updates(corpus), Passes.PADDED, 100)) {
      assertThat(source.next().passes()).hasSize(1);
    }
  }

  @Test
  void failureReachesWhoWaits() {
    ParallelCorpus corpus = ParallelCorpus.open(folder, "train", EN_DE);
    try (BatchSource source =
        new BatchSource(
            updates(corpus),
            batches -> {
              throw new IllegalArgumentException("boom");
            })) {
      for (int k = 0; k < 2; k++) {
        assertThatThrownBy(source::next)
            .isInstanceOf(MosException.class)
            .hasMessageContaining("boom");
      }
    }
  }

  @Test
  void closingEndsAThreadThatWaitsForRoom() throws InterruptedException {
    ParallelCorpus corpus = ParallelCorpus.open(folder, "train", EN_DE);
    for (int k : IntStream.range(0, 50).toArray()) {
      BatchSource source = BatchSource.of(updates(corpus));
      if (k % 3 == 0) {
        Thread.sleep(Duration.ofMillis(2).toMillis());
      }
      source.close();
      assertThatThrownBy(source::next).isInstanceOf(IllegalStateException.class);
      source.close();
    }
  }
}
