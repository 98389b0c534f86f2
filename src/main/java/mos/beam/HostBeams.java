package mos.beam;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Beams kept by the host, for models whose logits are in its memory. Owns its model. */
public final class HostBeams implements SlotBeams {
  private final SlotModel model;
  private final BeamOptions options;
  private final BestContinuations best;
  private final SentenceBeams[] beams;

  /** Most steps of a sentence. */
  private final int steps;

  /** Those that each sentence has taken. */
  private final int[] taken;

  /** (slots, beam). */
  private final int[] tokens;

  /** (slots, beam, steps). */
  private final int[] ancestors;

  private List<List<Hypothesis>> results = List.of();

  /** N-best lists of {@code done}, whose slots may be moved to before {@link #go}. */
  private List<List<Hypothesis>> found = List.of();

  private int[] done = new int[0];

  /**
   * @param model with as many places as there are slots
   * @param threads that find the best continuations, at least 1
   */
  public HostBeams(SlotModel model, BeamOptions options, int slots, int steps, int threads) {
    this.model = model;
    this.options = options;
    this.steps = steps;
    best = new BestContinuations(threads);
    beams = new SentenceBeams[slots];
    taken = new int[slots];
    tokens = new int[slots * options.beam()];
    ancestors = new int[slots * options.beam() * steps];
  }

  @Override
  public void encode(List<int[]> sources, int[] places) {
    model.encode(sources, places);
  }

  @Override
  public int[] done() {
    return done;
  }

  @Override
  public void go(int[] finished, List<Start> starts, int[] running) {
    results = found;
    found = List.of();
    for (Start start : starts) {
      int slot = start.slot();
      beams[slot] = new SentenceBeams(options, start.limit());
      taken[slot] = 0;
      putTokens(slot);
    }
    done = new int[0];
    if (running.length > 0) {
      advance(running.length);
      done = IntStream.of(running).filter(slot -> beams[slot].done()).toArray();
      found = IntStream.of(done).mapToObj(slot -> beams[slot].nBest()).toList();
    }
  }

  /** The first n slots are the active ones. */
  private void advance(int n) {
    int beam = options.beam();
    FloatBuffer logits = model.step(n, taken, tokens, ancestors, steps);
    long vocabulary = logits.limit() / ((long) n * beam);
    List<Long> banned = new ArrayList<>();
    for (int slot = 0; slot < n; slot++) {
      beams[slot].addBanned(slot * beam, vocabulary, banned);
    }
    StepScores scores = best.of(logits, n * beam, 2 * beam, options.unkPenalty(), banned);
    for (int slot = 0; slot < n; slot++) {
      beams[slot].advance(scores, slot * beam);
      update(slot);
    }
  }

  private void update(int slot) {
    int beam = options.beam();
    int first = slot * beam * steps;
    int now = taken[slot];
    int[] column = new int[beam];
    for (int u = 0; u <= now; u++) {
      for (int b = 0; b < beam; b++) {
        int parent = beams[slot].parent(b);
        column[b] = u == now ? parent : ancestors[first + parent * steps + u];
      }
      for (int b = 0; b < beam; b++) {
        ancestors[first + b * steps + u] = column[b];
      }
    }
    taken[slot] = now + 1;
    putTokens(slot);
  }

  private void putTokens(int slot) {
    for (int b = 0; b < options.beam(); b++) {
      tokens[slot * options.beam() + b] = beams[slot].lastToken(b);
    }
  }

  @Override
  public List<List<Hypothesis>> results() {
    return results;
  }

  @Override
  public boolean dense() {
    return true;
  }

  @Override
  public void move(int from, int to) {
    model.move(from, to);
    beams[to] = beams[from];
    taken[to] = taken[from];
    putTokens(to);
    int size = options.beam() * steps;
    System.arraycopy(ancestors, from * size, ancestors, to * size, size);
  }

  @Override
  public void close() {
    best.close();
    model.close();
  }
}
