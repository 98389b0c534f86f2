package mos.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.base.Seeds;

/**
 * What a training reads: one or more sets, each of one or more shards, of which an epoch takes the
 * next. An epoch is one block that is shuffled as a whole or, where it is too large for that, many;
 * each is made of stretches of sentences that lie together on disk.
 *
 * <p>Every set is walked through in passes, its stretches in another order each time. An epoch goes
 * on where the one before stopped, so that no pair is used twice more often than another. What
 * belongs to a block follows from seed, epoch and number alone.
 *
 * <p>Source: shards as fairseq reads them (one an epoch); temperature as in Devlin's multilingual
 * BERT and Arivazhagan et al. (2019), section 4.2.
 */
public final class TrainingSet implements AutoCloseable {
  /** Most sentence pairs that are read in one go. */
  private static final int STRETCH = 1 << 16;

  /** A pass over a set has at least so many stretches, where it has as many pairs. */
  private static final int STRETCHES = 256;

  private final List<List<ParallelCorpus>> sets;
  private final Sampling sampling;

  /**
   * Successive sentence pairs of a set's shard.
   *
   * @param end after the last one
   */
  record Stretch(int set, ParallelCorpus corpus, int start, int end) {
    int size() {
      return end - start;
    }
  }

  /**
   * @param sets the shards of each; all with the same dictionaries
   * @throws ConfigurationException when the weights are not as many as the sets
   * @throws MosException when an epoch has more pairs than can be counted
   */
  public TrainingSet(List<List<ParallelCorpus>> sets, Sampling sampling) {
    this.sets = sets.stream().map(List::copyOf).toList();
    this.sampling = sampling;
    int weights = sampling.weights().size();
    if (weights > 0 && weights != sets.size()) {
      throw new ConfigurationException(
          "sampling: got "
              + weights
              + " weights for "
              + sets.size()
              + (sets.size() == 1 ? " training set" : " training sets")
              + ", must be one for each (data: sets are between commas)");
    }
    for (long epoch = 1; epoch <= shards(); epoch++) {
      ParallelCorpus.concatenated(ofEpoch(epoch));
    }
  }

  /** One corpus, every pair once an epoch. */
  public static TrainingSet of(ParallelCorpus corpus) {
    return new TrainingSet(List.of(List.of(corpus)), Sampling.PLAIN);
  }

  /** The same, divided in another way. It shares the files with this one. */
  public TrainingSet with(Segmentation segmentation) {
    return new TrainingSet(
        sets.stream()
            .map(shards -> shards.stream().map(shard -> shard.with(segmentation)).toList())
            .toList(),
        sampling);
  }

  /** Epochs until every shard was read. */
  private int shards() {
    return sets.stream().mapToInt(List::size).max().orElseThrow();
  }

  /** Every shard of every set, in order. */
  public List<ParallelCorpus> corpora() {
    return sets.stream().flatMap(List::stream).toList();
  }

  /** Sentence pairs of all shards of all sets. */
  public long size() {
    return corpora().stream().mapToLong(ParallelCorpus::size).sum();
  }

  /** Whether an epoch is other than every pair once. */
  boolean samples() {
    return sampling.samples();
  }

  /** The shards of an epoch, one of each set. */
  List<ParallelCorpus> ofEpoch(long epoch) {
    return sets.stream().map(shards -> shards.get((int) ((epoch - 1) % shards.size()))).toList();
  }

  private long[] amounts(long epoch) {
    return sampling.amounts(ofEpoch(epoch).stream().mapToLong(ParallelCorpus::size).toArray());
  }

  /** What the first epoch has of each set, in words. */
  List<String> words() {
    List<String> words = new ArrayList<>();
    List<ParallelCorpus> shards = ofEpoch(1);
    long[] amounts = amounts(1);
    double all = LongStream.of(amounts).sum();
    for (int k = 0; k < amounts.length; k++) {
      words.add(
          String.format(
              Locale.ROOT,
              "%s: %d pairs, %s%d in the first epoch (%.1f%%)",
              shards.get(k).source().name(),
              shards.get(k).size(),
              sets.get(k).size() > 1 ? "shard 1 of " + sets.get(k).size() + ", " : "",
              amounts[k],
              100 * amounts[k] / all));
    }
    return words;
  }

  /** Blocks of an epoch, at least 1. */
  public int blocks(long epoch) {
    long pairs = LongStream.of(amounts(epoch)).sum();
    long block = sampling.block(pairs);
    return Math.toIntExact((pairs + block - 1) / block);
  }

  /** What block {@code number} of an epoch is made of, in the order of the disk. */
  List<Stretch> stretches(long seed, long epoch, int number) {
    List<ParallelCorpus> shards = ofEpoch(epoch);
    long[] amounts = amounts(epoch);
    int blocks = blocks(epoch);
    List<Stretch> all = new ArrayList<>();
    for (int set = 0; set < shards.size(); set++) {
      long before = before(set, epoch);
      long start = before + part(amounts[set], number, blocks);
      long end = before + part(amounts[set], number + 1, blocks);
      add(all, set, shards.get(set), seed, start, end);
    }
    all.sort(Comparator.comparingInt(Stretch::set).thenComparingInt(Stretch::start));
    return all;
  }

  private static long part(long amount, int number, int blocks) {
    return amount / blocks * number + amount % blocks * number / blocks;
  }

  /** Pairs that earlier epochs took of the shard that this epoch has. */
  private long before(int set, long epoch) {
    int shards = sets.get(set).size();
    long taken = 0;
    for (long earlier = (epoch - 1) % shards + 1; earlier < epoch; earlier += shards) {
      taken += amounts(earlier)[set];
    }
    return taken;
  }

  /** Adds what is from {@code start} to {@code end} of pass after pass over the shard. */
  private void add(
      List<Stretch> all, int set, ParallelCorpus shard, long seed, long start, long end) {
    int size = shard.size();
    int length = Math.max(1, Math.min(STRETCH, size / STRETCHES));
    int shardNumber = sets.get(set).indexOf(shard);
    for (long pass = start / size; pass * size < end; pass++) {
      int[] order = new int[(size - 1) / length + 1];
      for (int k = 0; k < order.length; k++) {
        order[k] = k;
      }
      Random random = new Random(Seeds.derive(seed, "order of stretches", set, shardNumber, pass));
      BatchPlanner.shuffle(order, random);
      long at = pass * size;
      for (int k : order) {
        int first = k * length;
        int last = Math.min(size, first + length);
        int from = (int) (first + Math.max(0, start - at));
        int to = (int) (last - Math.max(0, at + last - first - end));
        if (from < to) {
          all.add(new Stretch(set, shard, from, to));
        }
        at += last - first;
      }
    }
  }

  @Override
  public void close() {
    RuntimeException failure = null;
    Set<ParallelCorpus> closed = new HashSet<>();
    for (ParallelCorpus corpus : corpora()) {
      try {
        if (closed.add(corpus)) {
          corpus.close();
        }
      } catch (RuntimeException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
