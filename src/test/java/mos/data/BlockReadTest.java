package mos.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.DoubleAdder;
import mos.base.MosException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockReadTest {
  private static final int PAIRS = 100_000;

  @TempDir Path folder;

  /**
   * A disk of so many bytes a second and so much time for each read that does not follow on. It
   * counts its time and does not take it, so that a busy machine changes nothing.
   */
  private static final class SlowDisk implements BlockFile.Opener {
    private final double bytesPerSecond;
    private final double seekSeconds;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong reads = new AtomicLong();
    private final DoubleAdder seconds = new DoubleAdder();

    SlowDisk(double bytesPerSecond, double seekSeconds) {
      this.bytesPerSecond = bytesPerSecond;
      this.seekSeconds = seekSeconds;
    }

    @Override
    public SeekableByteChannel open(Path file) throws IOException {
      FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
      return new SeekableByteChannel() {
        private long last = -1;

        @Override
        public int read(ByteBuffer into) throws IOException {
          boolean seeks = channel.position() != last;
          int count = channel.read(into);
          last = channel.position();
          bytes.addAndGet(count);
          reads.incrementAndGet();
          seconds.add((seeks ? seekSeconds : 0) + count / bytesPerSecond);
          return count;
        }

        @Override
        public SeekableByteChannel position(long position) throws IOException {
          channel.position(position);
          return this;
        }

        @Override
        public long position() throws IOException {
          return channel.position();
        }

        @Override
        public long size() throws IOException {
          return channel.size();
        }

        @Override
        public boolean isOpen() {
          return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
          channel.close();
        }

        @Override
        public int write(ByteBuffer from) {
          throw new UnsupportedOperationException();
        }

        @Override
        public SeekableByteChannel truncate(long size) {
          throw new UnsupportedOperationException();
        }
      };
    }
  }

  private ParallelCorpus corpus(BlockFile.Opener disk) throws IOException {
    if (!Files.exists(folder.resolve("dict.de.txt"))) {
      LargeCorpus.binary(PAIRS, folder, 1);
    }
    return new ParallelCorpus(
        new BinaryCorpus(folder.resolve("train.en-de.en"), disk),
        new BinaryCorpus(folder.resolve("train.en-de.de"), disk),
        ParallelCorpus.dictionary(folder, "en"),
        ParallelCorpus.dictionary(folder, "de"));
  }

  private static TrainingBatches inBlocks(ParallelCorpus corpus, int size) {
    TrainingSet set = new TrainingSet(List.of(List.of(corpus)), new Sampling(List.of(), 1, size));
    return new TrainingBatches(set, 4096, 1, false);
  }

  @Test
  void aSlowDiskCostsItsOwnBandwidth() throws IOException {
    SlowDisk disk = new SlowDisk(50e6, 1e-3);
    try (ParallelCorpus corpus = corpus(disk)) {
      int pairs = 0;
      try (TrainingBatches batches = inBlocks(corpus, 50_000);
          BatchSource source =
              BatchSource.of(new UpdateIterator(batches, 1, UpdateIterator.Position.START))) {
        BatchSource.Update update;
        do {
          update = source.next();
          pairs += update.passes().get(0).size();
        } while (!update.endOfEpoch());
      }
      assertThat(pairs).isEqualTo(PAIRS);
      long files = 0;
      for (String language : new String[] {"en", "de"}) {
        for (String end : new String[] {"bin", "idx"}) {
          files += Files.size(folder.resolve("train.en-de." + language + "." + end));
        }
      }
      // The lengths are read three times, and one or two blocks of the next epoch were read ahead.
      assertThat(disk.bytes.get()).isBetween(files, 3 * files);
      // A network's 50 MB/s and 1 ms: 200,000 sentences one by one would take 200 s more.
      assertThat(disk.seconds.sum()).isLessThan(disk.bytes.get() / 50e6 + 5);
      assertThat(disk.reads.get()).isLessThan(5000);
    }
  }

  @Test
  void theNextBlockIsReadBeforeItIsWanted() throws Exception {
    SlowDisk disk = new SlowDisk(1, 0);
    try (ParallelCorpus corpus = corpus(disk)) {
      TrainingSet set =
          new TrainingSet(List.of(List.of(corpus)), new Sampling(List.of(), 1, 50_000));
      long first;
      try (TrainingBatches batches = new TrainingBatches(set, 4096, 1, false)) {
        long before = disk.bytes.get();
        corpus.block(0, 50_000);
        first = disk.bytes.get() - before;
        before = disk.bytes.get();
        batches.block(1, 0);
        // Nobody asks for block 1.
        for (int k = 0; k < 3000 && disk.bytes.get() - before < 1.9 * first; k++) {
          Thread.sleep(10);
        }
        assertThat(disk.bytes.get() - before).isGreaterThan((long) (1.9 * first));
        batches.block(1, 1);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lazy", "mmap", "mmap16"})
  void blocksHoldWhatSingleSentencesDo(String form) {
    Path prefix = TokenCorpusTest.GOLDEN.resolve(form + ".en-de.en");
    try (TokenCorpus corpus = TokenCorpus.open(prefix, null)) {
      for (int[] range : new int[][] {{0, 50}, {0, 0}, {49, 50}, {7, 31}}) {
        TokenCorpus block = corpus.block(range[0], range[1]);
        assertThat(block.size()).isEqualTo(range[1] - range[0]);
        int[] lengths = corpus.lengths(range[0], range[1]);
        for (int i = 0; i < block.size(); i++) {
          assertThat(block.get(i)).containsExactly(corpus.get(range[0] + i));
          assertThat(block.length(i)).isEqualTo(lengths[i]);
        }
      }
      TokenCorpus twice = new ConcatenatedCorpus(List.of(corpus, corpus.block(3, 3), corpus));
      assertThat(twice.size()).isEqualTo(100);
      assertThat(twice.get(50)).containsExactly(corpus.get(0));
      assertThat(twice.block(49, 52).get(1)).containsExactly(corpus.get(0));
      assertThat(twice.lengths(45, 55)[5]).isEqualTo(corpus.length(0));
      assertThatThrownBy(() -> twice.get(100)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void readThroughReadsEverythingInLargePieces() throws IOException {
    SlowDisk disk = new SlowDisk(1e12, 0);
    try (ParallelCorpus corpus = corpus(disk)) {
      long before = disk.bytes.get();
      corpus.readThrough();
      assertThat(disk.bytes.get() - before)
          .isEqualTo(
              Files.size(folder.resolve("train.en-de.en.bin"))
                  + Files.size(folder.resolve("train.en-de.de.bin")));
    }
  }

  @Test
  void aFileThatShrinksIsAnErrorWithItsName() throws IOException {
    try (ParallelCorpus corpus = corpus(BlockFile.Opener.FILES)) {
      try (FileChannel bin =
          FileChannel.open(folder.resolve("train.en-de.de.bin"), StandardOpenOption.WRITE)) {
        bin.truncate(1000);
      }
      assertThatThrownBy(() -> corpus.block(0, 50_000))
          .isInstanceOf(MosException.class)
          .hasMessageContaining("train.en-de.de.bin")
          .hasMessageContaining("shorter");
    }
  }
}
