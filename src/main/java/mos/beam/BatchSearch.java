package mos.beam;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import mos.base.MosException;
import mos.data.Dictionary;
import mos.space.SubTransformer;

/**
 * Beam search over any number of sentences: those that are finished make room for waiting ones, so
 * that steps stay full. Each step looks at the 2·beam best continuations of a sentence's beams; see
 * {@link SentenceBeams}. The longest sources come first, so that a lack of memory shows at once;
 * the encoder runs for groups of sentences, on a GPU ahead of when they are needed.
 */
public final class BatchSearch implements AutoCloseable {
  /** Is told what was found, in the order of ends. */
  @FunctionalInterface
  public interface Found {
    void nBest(int sentence, List<Hypothesis> nBest);
  }

  private static final int LIMIT = SubTransformer.MAX_POSITIONS - 1;

  private final BatchModel model;
  private final BeamOptions options;
  private final int batchSize;
  private final int maxTokens;

  /** Null until there is a sentence. */
  private BatchSize size;

  private SlotBeams beams;

  /**
   * @param model must outlive this search
   * @param batchSize sentences decoded together at most; 0: as many as suit the device
   * @param maxTokens source tokens of an encoder pass at most, padding counted
   */
  public BatchSearch(BatchModel model, BeamOptions options, int batchSize, int maxTokens) {
    this.model = model;
    this.options = options;
    this.batchSize = batchSize;
    this.maxTokens = maxTokens;
  }

  /** The same as {@link #search(List, int[], Found)}: n-best lists in the order of the sources. */
  public List<List<Hypothesis>> search(List<int[]> sources, int[] maxLengths) {
    List<List<Hypothesis>> all = new ArrayList<>(Collections.nCopies(sources.size(), null));
    search(sources, maxLengths, all::set);
    return all;
  }

  /**
   * Translates sentences.
   *
   * @param sources each with its closing EOS, at least that, at most {@link
   *     SubTransformer#MAX_POSITIONS} tokens
   * @param maxLengths per source, the most tokens before EOS
   */
  public void search(List<int[]> sources, int[] maxLengths, Found found) {
    if (sources.isEmpty()) {
      return;
    }
    check(sources, model.sourceVocabulary());
    int longest = sources.stream().mapToInt(s -> s.length).max().orElseThrow();
    int steps = 1 + Math.min(Arrays.stream(maxLengths).max().orElseThrow(), LIMIT);
    try {
      makeRoom(sources.size(), longest, steps);
      new Run(sources, maxLengths, found).run();
    } catch (RuntimeException e) {
      // What was begun is of no use to other sentences.
      close();
      throw e;
    }
  }

  /** Refuses sentences of no or too many tokens, and tokens that are none. */
  public static void check(List<int[]> sources, int vocabulary) {
    for (int[] source : sources) {
      if (source.length < 1 || source.length > SubTransformer.MAX_POSITIONS) {
        throw new MosException(
            "source sentence: got "
                + source.length
                + " tokens, must be 1.."
                + SubTransformer.MAX_POSITIONS
                + " with the end symbol");
      }
      for (int token : source) {
        if (token < 0 || token >= vocabulary || token == Dictionary.PAD) {
          throw new MosException(
              "source token: got " + token + ", must be below " + vocabulary + " and not padding");
        }
      }
    }
  }

  private void makeRoom(int sentences, int sourceTokens, int steps) {
    if (size != null && size.holds(Math.min(sentences, size.slots()), sourceTokens, steps)) {
      return;
    }
    close();
    BatchSize wanted = model.size(options, batchSize, sentences, sourceTokens, steps);
    beams = model.open(options, wanted);
    size = wanted;
  }

  @Override
  public void close() {
    if (size != null) {
      beams.close();
      size = null;
    }
  }

  /** A sentence whose encoder outputs are kept. */
  private record Encoded(int sentence, int place) {}

  /** One call's sentences on their way. */
  private final class Run {
    private final List<int[]> sources;
    private final int[] maxLengths;
    private final Found found;
    private final Deque<Integer> waiting = new ArrayDeque<>();
    private final Deque<Encoded> encoded = new ArrayDeque<>();
    private final Encoded[] running = new Encoded[size.slots()];
    private final BitSet freePlaces = new BitSet();

    Run(List<int[]> sources, int[] maxLengths, Found found) {
      this.sources = sources;
      this.maxLengths = maxLengths;
      this.found = found;
      IntStream.range(0, sources.size())
          .boxed()
          .sorted(Comparator.comparingInt(i -> -sources.get(i).length))
          .forEach(waiting::add);
      freePlaces.set(0, size.places());
    }

    void run() {
      int[] done = {};
      encode(size.slots());
      while (true) {
        List<Integer> sentences = leave(done);
        if (beams.dense()) {
          pack();
          encode(freePlaces.cardinality());
        }
        List<Start> starts = start();
        int[] active = IntStream.range(0, running.length).filter(s -> running[s] != null).toArray();
        beams.go(done, starts, active);
        if (!beams.dense() && encoded.size() <= size.slots() / 2) {
          encode(size.slots() - encoded.size());
        }
        List<List<Hypothesis>> results = beams.results();
        for (int i = 0; i < results.size(); i++) {
          found.nBest(sentences.get(i), results.get(i));
        }
        if (active.length == 0 && encoded.isEmpty()) {
          return;
        }
        done = beams.done();
      }
    }

    /** Frees the slots of finished sentences. */
    private List<Integer> leave(int[] done) {
      List<Integer> sentences = new ArrayList<>();
      for (int slot : done) {
        sentences.add(running[slot].sentence);
        freePlaces.set(running[slot].place);
        running[slot] = null;
      }
      return sentences;
    }

    /** Runs the encoder for at most {@code most} waiting sentences. */
    private void encode(int most) {
      int left = Math.min(most, Math.min(waiting.size(), freePlaces.cardinality()));
      while (left > 0) {
        int longest = sources.get(waiting.getFirst()).length;
        int group = Math.max(1, Math.min(left, maxTokens / longest));
        List<int[]> batch = new ArrayList<>();
        int[] places = new int[group];
        for (int i = 0; i < group; i++) {
          int sentence = waiting.removeFirst();
          batch.add(sources.get(sentence));
          places[i] = freePlaces.nextSetBit(0);
          freePlaces.clear(places[i]);
          encoded.add(new Encoded(sentence, places[i]));
        }
        beams.encode(batch, places);
        left -= group;
      }
    }

    /** Gives free slots to sentences. */
    private List<Start> start() {
      List<Start> starts = new ArrayList<>();
      int next = 0;
      while (!encoded.isEmpty()) {
        if (!beams.dense()) {
          while (next < running.length && running[next] != null) {
            next++;
          }
          if (next == running.length) {
            break;
          }
        }
        Encoded sentence = encoded.removeFirst();
        int slot = beams.dense() ? sentence.place : next;
        running[slot] = sentence;
        starts.add(
            new Start(
                slot,
                sentence.place,
                sources.get(sentence.sentence).length,
                Math.min(maxLengths[sentence.sentence], LIMIT)));
      }
      return starts;
    }

    /** Moves the last sentences to free slots that no waiting one will fill. */
    private void pack() {
      int last = running.length - 1;
      for (int slot = 0; freePlaces.cardinality() > waiting.size() && slot < last; slot++) {
        while (last > slot && running[last] == null) {
          last--;
        }
        if (running[slot] == null && last > slot) {
          beams.move(last, slot);
          running[slot] = new Encoded(running[last].sentence, slot);
          running[last] = null;
          freePlaces.set(last);
          freePlaces.clear(slot);
        }
      }
    }
  }
}
