package mos.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import mos.base.MosException;
import mos.base.Seeds;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Divides a corpus into batches of sentences of similar length.
 *
 * <p>An epoch's sentences are shuffled, sorted by source length and within it by target length
 * (sentences of equal lengths stay shuffled), cut into batches, and the batches shuffled. All of it
 * follows from (seed, epoch), on any Java. It takes about 12 bytes a sentence.
 *
 * <p>Source: the batching of Ott et al., fairseq (NAACL 2019), section 3. Unlike there, no batch
 * exceeds the limit when the next sentence is much longer.
 */
public final class BatchPlanner {
  private static final Logger LOG = LoggerFactory.getLogger(BatchPlanner.class);
  private static final int DIGIT_BITS = 16;

  private final IntUnaryOperator sourceLength;
  private final IntUnaryOperator targetLength;
  private final BatchOptions options;
  private final int[] valid;
  private final InvalidSizes skipped;

  /** Plans the batches of a part of a training set, which may have no pair that can be used. */
  static BatchPlanner ofBlock(ParallelCorpus corpus, BatchOptions options) {
    return new BatchPlanner(
        corpus.size(), corpus.source()::length, corpus.target()::length, options, true);
  }

  /**
   * Plans the batches of a validation, of every pair that a model can read: those of more than
   * {@code maxTokens} are batches of their own.
   *
   * @param tell whether the log says what is left out
   * @throws MosException when no sentence pair is left
   */
  public static BatchPlanner ofValidation(ParallelCorpus corpus, int maxTokens, boolean tell) {
    BatchOptions options = BatchOptions.ofWholeSet(maxTokens);
    if (corpus.size() == 0) {
      throw new MosException(
          "the validation set has no sentences (" + corpus.source().name() + ")");
    }
    BatchPlanner planner = new BatchPlanner(corpus, options);
    if (tell && !planner.skipped().isEmpty()) {
      LOG.warn("{}: {}", corpus.source().name(), planner.skipped());
    }
    int alone = tell ? planner.larger() : 0;
    if (alone > 0) {
      LOG.warn(
          "{}: {} of {} samples have more than max-tokens = {} tokens; none is left out, each is a"
              + " batch of its own",
          corpus.source().name(),
          alone,
          corpus.size(),
          options.maxTokens());
    }
    return planner;
  }

  /** Sentence pairs in use that are larger than a batch. */
  private int larger() {
    return (int) Arrays.stream(valid).filter(i -> length(i) > options.maxTokens()).count();
  }

  /** Plans batches of a corpus. */
  public BatchPlanner(ParallelCorpus corpus, BatchOptions options) {
    this(corpus.size(), corpus.source()::length, corpus.target()::length, options);
  }

  /**
   * Plans batches of {@code size} sentence pairs with these lengths in tokens.
   *
   * @throws MosException when none is left, or one is invalid and is not to be skipped
   */
  public BatchPlanner(
      int size,
      IntUnaryOperator sourceLength,
      IntUnaryOperator targetLength,
      BatchOptions options) {
    this(size, sourceLength, targetLength, options, false);
  }

  private BatchPlanner(
      int size,
      IntUnaryOperator sourceLength,
      IntUnaryOperator targetLength,
      BatchOptions options,
      boolean mayBeEmpty) {
    this.sourceLength = sourceLength;
    this.targetLength = targetLength;
    this.options = options;
    int[] kept = new int[size];
    int count = 0;
    List<Integer> first = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      if (isValid(i)) {
        kept[count++] = i;
      } else if (!options.skipInvalid()) {
        throw new MosException(invalid(i));
      } else if (first.size() < InvalidSizes.SHOWN) {
        first.add(i);
      }
    }
    if (count == 0 && size > 0 && !mayBeEmpty) {
      throw new MosException("none of " + size + " sentence pairs can be used: " + invalid(0));
    }
    valid = count == size ? kept : Arrays.copyOf(kept, count);
    skipped = new InvalidSizes(size - count, size, first, options.limits());
  }

  /** The number of sentence pairs in use. */
  public int sentences() {
    return valid.length;
  }

  /** The sentence pairs that are left out: empty, too long, or larger than a batch. */
  public InvalidSizes skipped() {
    return skipped;
  }

  /** The batches of an epoch in random order; equal arguments give equal plans. */
  public EpochPlan shuffled(long seed, long epoch) {
    return shuffledInPlace(valid.clone(), seed, epoch);
  }

  /** The same of some sentences, which may occur several times; invalid ones are left out. */
  EpochPlan shuffled(int[] sentences, long seed, long epoch) {
    return shuffledInPlace(Arrays.stream(sentences).filter(this::isValid).toArray(), seed, epoch);
  }

  private EpochPlan shuffledInPlace(int[] sentences, long seed, long epoch) {
    int[] order = sentences;
    shuffle(order, new Random(Seeds.derive(seed, "sentence order", epoch)));
    order = sortByLength(order);
    int[] starts = cut(order);
    int[] batchOrder = identity(starts.length - 1);
    shuffle(batchOrder, new Random(Seeds.derive(seed, "batch order", epoch)));
    return new EpochPlan(order, starts, batchOrder);
  }

  /** The batches from the shortest to the longest sentences, for evaluation. */
  public EpochPlan byLength() {
    int[] order = sortByLength(valid.clone());
    int[] starts = cut(order);
    return new EpochPlan(order, starts, identity(starts.length - 1));
  }

  private boolean isValid(int i) {
    return options.takes(sourceLength.applyAsInt(i), targetLength.applyAsInt(i));
  }

  private String invalid(int i) {
    return "sentence "
        + i
        + " has "
        + sourceLength.applyAsInt(i)
        + " source and "
        + targetLength.applyAsInt(i)
        + " target tokens, "
        + options.need();
  }

  private int[] sortByLength(int[] order) {
    return stableSort(stableSort(order, targetLength), sourceLength);
  }

  /** A radix sort: linear, and with one array of working memory. May return either array. */
  private static int[] stableSort(int[] order, IntUnaryOperator key) {
    int largest = 0;
    for (int i : order) {
      largest = Math.max(largest, key.applyAsInt(i));
    }
    int[] from = order;
    int[] to = new int[order.length];
    for (int shift = 0; shift < Integer.SIZE && largest >>> shift != 0; shift += DIGIT_BITS) {
      int mask = (1 << DIGIT_BITS) - 1;
      int[] next = new int[Math.min(mask, largest >>> shift) + 2];
      for (int i : from) {
        next[(key.applyAsInt(i) >>> shift & mask) + 1]++;
      }
      for (int d = 1; d < next.length; d++) {
        next[d] += next[d - 1];
      }
      for (int i : from) {
        to[next[key.applyAsInt(i) >>> shift & mask]++] = i;
      }
      int[] swapped = from;
      from = to;
      to = swapped;
    }
    return from;
  }

  /** Where each batch starts in {@code order}, and the end. */
  private int[] cut(int[] order) {
    int[] starts = new int[16];
    int batches = 0;
    int start = 0;
    int longest = 0;
    for (int i = 0; i < order.length; i++) {
      int length = length(order[i]);
      // Again where the multiple left over more than fits beside this sentence.
      while (i > start && isFull(i - start, Math.max(longest, length))) {
        int count = i - start;
        int multiple = options.requiredMultiple();
        start += count < multiple ? count : count - count % multiple;
        batches++;
        if (batches + 1 >= starts.length) {
          starts = Arrays.copyOf(starts, Math.min(Integer.MAX_VALUE - 8, starts.length * 2));
        }
        starts[batches] = start;
        longest = 0;
        for (int k = start; k < i; k++) {
          longest = Math.max(longest, length(order[k]));
        }
      }
      longest = Math.max(longest, length);
    }
    if (order.length > 0) {
      starts[++batches] = order.length;
    }
    return Arrays.copyOf(starts, batches + 1);
  }

  /** Whether one more sentence makes {@code count} with this longest one too many. */
  private boolean isFull(int count, int longest) {
    return (options.maxSentences() > 0 && count >= options.maxSentences())
        || (options.maxTokens() > 0 && (count + 1L) * longest > options.maxTokens());
  }

  private int length(int i) {
    return Math.max(sourceLength.applyAsInt(i), targetLength.applyAsInt(i));
  }

  private static int[] identity(int size) {
    int[] numbers = new int[size];
    for (int i = 0; i < size; i++) {
      numbers[i] = i;
    }
    return numbers;
  }

  /** Fisher and Yates's shuffle, with the generator whose numbers Java's documentation fixes. */
  static void shuffle(int[] values, Random random) {
    for (int i = values.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int value = values[i];
      values[i] = values[j];
      values[j] = value;
    }
  }
}
