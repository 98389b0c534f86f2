package mos.translate;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import mos.kernel.Slots;
import mos.kernel.Slots.Start;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;

/** Beams kept by the host, for models whose logits are in its memory. */
final class HostBeams implements SlotBeams {
  private final SlotModel model;
  private final BeamOptions options;
  private final Slots slots;
  private final SentenceBeams[] beams;
  private final IntBuffer active;
  private final IntBuffer step;
  private final IntBuffer place;
  private final IntBuffer length;
  private final IntBuffer tokens;
  private final IntBuffer ancestors;
  private List<List<Hypothesis>> results = List.of();

  /** N-best lists of {@code done}, whose slots may be moved to before {@link #go}. */
  private List<List<Hypothesis>> found = List.of();

  private int[] done = new int[0];

  HostBeams(SlotModel model, BeamOptions options, Device host, int count, int steps) {
    this.model = model;
    this.options = options;
    slots = Slots.of(host, count, options.beam(), steps);
    beams = new SentenceBeams[count];
    try (Scope scope = Scope.open()) {
      active = Tensors.ints(slots.active());
      step = Tensors.ints(slots.step());
      place = Tensors.ints(slots.place());
      length = Tensors.ints(slots.length());
      tokens = Tensors.ints(slots.tokens());
      ancestors = Tensors.ints(slots.ancestors());
    }
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
      step.put(slot, 0);
      place.put(slot, start.place());
      length.put(slot, start.length());
      putTokens(slot);
    }
    active.put(0, running);
    done = new int[0];
    if (running.length > 0) {
      advance(running);
      done = IntStream.of(running).filter(slot -> beams[slot].done()).toArray();
      found = IntStream.of(done).mapToObj(slot -> beams[slot].nBest()).toList();
    }
  }

  private void advance(int[] running) {
    int beam = options.beam();
    try (Scope scope = Scope.open()) {
      Tensor logits = model.logits(slots, running.length);
      List<Long> banned = new ArrayList<>();
      for (int i = 0; i < running.length; i++) {
        beams[running[i]].addBanned(i * beam, logits.size(1), banned);
      }
      StepScores scores = StepScores.read(logits, 2 * beam, options.unkPenalty(), banned);
      for (int i = 0; i < running.length; i++) {
        beams[running[i]].advance(scores, i * beam);
        update(running[i]);
      }
    }
  }

  private void update(int slot) {
    int beam = options.beam();
    int steps = slots.steps();
    int now = step.get(slot);
    int[] column = new int[beam];
    for (int u = 0; u <= now; u++) {
      for (int b = 0; b < beam; b++) {
        int parent = beams[slot].parent(b);
        column[b] = u == now ? parent : ancestors.get((slot * beam + parent) * steps + u);
      }
      for (int b = 0; b < beam; b++) {
        ancestors.put((slot * beam + b) * steps + u, column[b]);
      }
    }
    step.put(slot, now + 1);
    putTokens(slot);
  }

  private void putTokens(int slot) {
    for (int b = 0; b < options.beam(); b++) {
      tokens.put(slot * options.beam() + b, beams[slot].lastToken(b));
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
    step.put(to, step.get(from));
    place.put(to, to);
    length.put(to, length.get(from));
    putTokens(to);
    int size = options.beam() * slots.steps();
    for (int i = 0; i < size; i++) {
      ancestors.put(to * size + i, ancestors.get(from * size + i));
    }
  }

  @Override
  public void close() {
    slots.close();
  }
}
