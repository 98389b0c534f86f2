package mos.data;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import mos.base.MosException;
import mos.base.Seeds;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Divides a {@link TrainingSet} into batches. An epoch of one block stays on disk, memory-mapped,
 * and takes about 12 bytes a pair for its plan; of several blocks one is in memory and the next one
 * is read ahead by a thread, so that memory does not grow with the set.
 */
public final class TrainingBatches implements BatchBlocks {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingBatches.class);
  private static final int SCANNED = 1 << 16;

  private final TrainingSet set;
  private final BatchOptions options;
  private final long seed;
  private final InvalidSizes skipped;
  private final ExecutorService reader =
      Executors.newSingleThreadExecutor(
          work -> {
            Thread thread = new Thread(work, "read-ahead");
            thread.setDaemon(true);
            return thread;
          });
  private List<ParallelCorpus> wholeShards;
  private ParallelCorpus whole;
  private BatchPlanner wholePlanner;
  private Key currentKey;
  private Block current;
  private Key aheadKey;
  private Future<Block> ahead;

  private record Key(long epoch, int number) {}

  /**
   * @param maxTokens pairs of more are left out
   * @param tell whether the log says what is left out, and how it is read
   * @throws MosException when no sentence pair of a shard is left
   */
  public TrainingBatches(TrainingSet set, int maxTokens, long seed, boolean tell) {
    this.set = set;
    this.options = BatchOptions.ofMaxTokens(maxTokens);
    this.seed = seed;
    long count = 0;
    for (ParallelCorpus shard : set.corpora()) {
      InvalidSizes some = scan(shard);
      if (some.count() == shard.size()) {
        throw new MosException(
            shard.size() == 0
                ? "the training set has no sentences (" + shard.source().name() + ")"
                : shard.source().name()
                    + ": none of "
                    + shard.size()
                    + " sentence pairs can be used: "
                    + options.need());
      }
      if (tell && !some.isEmpty()) {
        LOG.warn("{}: {}", shard.source().name(), some);
      }
      count += some.count();
    }
    skipped =
        new InvalidSizes(
            (int) Math.min(Integer.MAX_VALUE, count),
            (int) Math.min(Integer.MAX_VALUE, set.size()),
            List.of(),
            options.limits());
    if (tell && set.corpora().size() > 1) {
      set.words().forEach(LOG::info);
    }
    if (tell && set.blocks(1) > 1) {
      LOG.info(
          "an epoch has {} blocks: pairs are shuffled and grouped by length within one"
              + " (shuffle-buffer)",
          set.blocks(1));
    }
  }

  /** Reads the lengths once, in sequence. */
  private InvalidSizes scan(ParallelCorpus shard) {
    int count = 0;
    List<Integer> first = new ArrayList<>();
    for (int start = 0; start < shard.size(); start += SCANNED) {
      int end = (int) Math.min(shard.size(), (long) start + SCANNED);
      int[] sources = shard.source().lengths(start, end);
      int[] targets = shard.target().lengths(start, end);
      for (int i = 0; i < sources.length; i++) {
        if (!options.takes(sources[i], targets[i])) {
          count++;
          if (first.size() < InvalidSizes.SHOWN) {
            first.add(start + i);
          }
        }
      }
      if (end == shard.size()) {
        break; // start + SCANNED may overflow
      }
    }
    return new InvalidSizes(count, shard.size(), first, options.limits());
  }

  /** The sentence pairs that are left out, of all shards. */
  public InvalidSizes skipped() {
    return skipped;
  }

  @Override
  public int count(long epoch) {
    return set.blocks(epoch);
  }

  @Override
  public synchronized Block block(long epoch, int number) {
    Key key = new Key(epoch, number);
    if (count(epoch) == 1) {
      current = null;
      currentKey = null;
      forget();
      return ofWhole(epoch);
    }
    if (key.equals(currentKey)) {
      return current;
    }
    whole = null;
    wholePlanner = null;
    wholeShards = null;
    current = null;
    current = key.equals(aheadKey) ? taken(ahead) : read(key);
    currentKey = key;
    Key next = number + 1 < count(epoch) ? new Key(epoch, number + 1) : new Key(epoch + 1, 0);
    forget();
    if (count(next.epoch) > 1) {
      aheadKey = next;
      ahead = reader.submit(() -> read(next));
    }
    return current;
  }

  private void forget() {
    aheadKey = null;
    ahead = null;
  }

  private Block ofWhole(long epoch) {
    List<ParallelCorpus> shards = set.ofEpoch(epoch);
    if (!shards.equals(wholeShards)) {
      wholeShards = shards;
      whole = ParallelCorpus.concatenated(shards);
      wholePlanner = new BatchPlanner(whole, options);
      ParallelCorpus read = whole;
      // Sentences are wanted in any order: one reading in sequence is cheaper for a slow disk.
      reader.submit(read::readThrough);
    }
    if (!set.samples()) {
      return new Block(whole, wholePlanner.shuffled(seed, epoch));
    }
    return new Block(whole, wholePlanner.shuffled(sampled(shards, epoch), seed, epoch));
  }

  /** Indices in the concatenated shards, some several times. */
  private int[] sampled(List<ParallelCorpus> shards, long epoch) {
    int[] starts = new int[shards.size()];
    for (int k = 1; k < starts.length; k++) {
      starts[k] = starts[k - 1] + shards.get(k - 1).size();
    }
    List<TrainingSet.Stretch> stretches = set.stretches(seed, epoch, 0);
    int[] all = new int[stretches.stream().mapToInt(TrainingSet.Stretch::size).sum()];
    int size = 0;
    for (TrainingSet.Stretch stretch : stretches) {
      for (int i = stretch.start(); i < stretch.end(); i++) {
        all[size++] = starts[stretch.set()] + i;
      }
    }
    return all;
  }

  private Block read(Key key) {
    List<ParallelCorpus> parts = new ArrayList<>();
    for (TrainingSet.Stretch stretch : set.stretches(seed, key.epoch, key.number)) {
      parts.add(stretch.corpus().block(stretch.start(), stretch.end()));
    }
    if (parts.isEmpty()) {
      parts.add(set.ofEpoch(key.epoch).get(0).block(0, 0)); // tiny blocks of many sets
    }
    ParallelCorpus corpus = ParallelCorpus.concatenated(parts);
    BatchPlanner planner = BatchPlanner.ofBlock(corpus, options);
    return new Block(corpus, planner.shuffled(Seeds.derive(seed, "block", key.number), key.epoch));
  }

  private static Block taken(Future<Block> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MosException("interrupted while waiting for the next block of sentences", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException known) {
        throw known;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new MosException("reading sentences failed: " + e.getCause(), e);
    }
  }

  @Override
  public void close() {
    reader.shutdown();
    boolean ended = false;
    boolean interrupted = false;
    while (!ended) {
      try {
        ended = reader.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
