package mos.translate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import mos.kernel.Slots.Start;
import mos.model.SuperTransformer;
import mos.model.TransformerWeights;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Device;

/**
 * Beam search over any number of sentences: those that are finished make room for waiting ones, so
 * that steps stay full. Finds what {@link BeamSearch} finds. The longest sources come first; the
 * encoder runs for groups of sentences, on a GPU ahead of when they are needed.
 */
public final class BatchSearch implements AutoCloseable {
  /** Is told what was found, in the order of ends. */
  @FunctionalInterface
  public interface Found {
    void nBest(int sentence, List<Hypothesis> nBest);
  }

  private static final int LIMIT = SuperTransformer.MAX_POSITIONS - 1;

  private final TransformerWeights weights;
  private final BeamOptions options;
  private final int batchSize;
  private final int maxTokens;

  /** Null until there is a sentence. */
  private BatchSize size;

  private SlotModel model;
  private SlotBeams beams;

  /**
   * @param weights for inference; must outlive this search
   * @param batchSize sentences decoded together at most; 0: as many as suit the device
   * @param maxTokens source tokens of an encoder pass at most, padding counted
   */
  public BatchSearch(
      TransformerWeights weights, BeamOptions options, int batchSize, int maxTokens) {
    this.weights = weights;
    this.options = options;
    this.batchSize = batchSize;
    this.maxTokens = maxTokens;
  }

  /** Why this model or these options need {@link BeamSearch} on their device; null if not. */
  public static String obstacle(TransformerWeights weights, BeamOptions options) {
    return BatchSize.obstacle(weights, options);
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
   * @param sources each with its closing EOS, see {@link BeamSearch#search(List)}
   * @param maxLengths per source, the most tokens before EOS
   */
  public void search(List<int[]> sources, int[] maxLengths, Found found) {
    if (sources.isEmpty()) {
      return;
    }
    BeamSearch.check(sources, weights.config().sourceVocabulary());
    int longest = sources.stream().mapToInt(s -> s.length).max().orElseThrow();
    int steps = 1 + Math.min(Arrays.stream(maxLengths).max().orElseThrow(), LIMIT);
    try (AutoGradMode off = new AutoGradMode(false)) {
      makeRoom(sources.size(), longest, steps);
      new Run(sources, maxLengths, found).run();
    } catch (RuntimeException e) {
      // What was begun is of no use to other sentences.
      close();
      throw e;
    }
  }

  private void makeRoom(int sentences, int sourceTokens, int steps) {
    if (size != null && size.holds(Math.min(sentences, size.slots()), sourceTokens, steps)) {
      return;
    }
    close();
    size = BatchSize.of(weights, options, batchSize, sentences, sourceTokens, steps);
    Device device = weights.targetEmbedding().device();
    model = new TorchSlotModel(weights, options.beam(), size);
    beams =
        device.is_cpu()
            ? new HostBeams(model, options, device, size.slots(), size.steps())
            : new DeviceBeams(
                model,
                options,
                device,
                weights.outputEmbedding().scalar_type(),
                (int) weights.outputEmbedding().size(0),
                size.slots(),
                size.steps());
  }

  @Override
  public void close() {
    if (size != null) {
      beams.close();
      model.close();
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
        model.encode(batch, places);
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
