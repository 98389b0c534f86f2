package mos.translate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import mos.beam.BeamOptions;
import mos.beam.Hypothesis;
import mos.beam.SentenceBeams;
import mos.beam.SlotBeams;
import mos.beam.Start;
import mos.kernel.BeamArrays;
import mos.kernel.BeamArrays.Written;
import mos.kernel.Slots;
import mos.kernel.Slots.Rules;
import mos.tensor.DeviceGraph;
import mos.tensor.Scope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Beams kept by a GPU: whole steps are recorded, one {@link DeviceGraph} for each number of
 * sentences, halves of the one before; the host looks at the status only every {@value #STEPS}
 * steps.
 */
final class DeviceBeams implements SlotBeams {
  /** More steps keep finished sentences longer, fewer let the device wait more often. */
  private static final int STEPS = 4;

  private static final int FEWEST = 8;

  private final TensorSlotModel model;
  private final BeamOptions options;
  private final Slots slots;
  private final BeamArrays arrays;
  private final Map<Integer, DeviceGraph> graphs = new HashMap<>();

  /** Steps given since each slot's sentence began. */
  private final int[] given;

  private int[] active = new int[0];

  DeviceBeams(
      TensorSlotModel model,
      BeamOptions options,
      Device device,
      ScalarType type,
      int vocabulary,
      int count,
      int steps) {
    this.model = model;
    this.options = options;
    slots = Slots.of(device, count, options.beam(), steps);
    Rules rules =
        new Rules(options.minLength(), (float) options.unkPenalty(), options.noRepeatNgramSize());
    arrays = new BeamArrays(slots, type, vocabulary, rules);
    given = new int[count];
  }

  @Override
  public void encode(List<int[]> sources, int[] places) {
    try (AutoGradMode off = new AutoGradMode(false)) {
      model.encode(sources, places);
    }
  }

  @Override
  public int[] done() {
    if (active.length == 0) {
      return active;
    }
    int[] status = arrays.status();
    for (int slot : active) {
      if (status[slot] == BeamArrays.FAILED) {
        throw SentenceBeams.noHypothesis(given[slot]);
      }
    }
    return IntStream.of(active).filter(slot -> status[slot] == BeamArrays.DONE).toArray();
  }

  @Override
  public void go(int[] finished, List<Start> starts, int[] running) {
    try (AutoGradMode off = new AutoGradMode(false)) {
      take(finished, starts, running);
    }
  }

  private void take(int[] finished, List<Start> starts, int[] running) {
    int n = sentences(running.length);
    DeviceGraph graph = running.length == 0 ? null : graphs.computeIfAbsent(n, this::record);
    int width = IntStream.of(finished).map(s -> Math.min(given[s], slots.steps())).max().orElse(0);
    arrays.tell(finished, width, starts, running, n);
    starts.forEach(start -> given[start.slot()] = 0);
    active = running;
    if (graph == null) {
      return;
    }
    for (int i = 0; i < STEPS; i++) {
      graph.launch();
    }
    for (int slot : running) {
      given[slot] += STEPS;
    }
    arrays.readStatus();
  }

  /** So many sentences a step is recorded for, at least those. */
  private int sentences(int running) {
    int n = slots.count();
    while (n / 2 >= Math.max(running, FEWEST)) {
      n /= 2;
    }
    return n;
  }

  /** While it is recorded, no sentence is active. */
  private DeviceGraph record(int n) {
    try (Scope scope = Scope.open()) {
      slots.active().fill_(new Scalar(-1));
    }
    return DeviceGraph.of(
        slots.active().device(),
        () -> {
          arrays.best(model.logits(slots, n), n);
          arrays.advance(n);
        });
  }

  @Override
  public List<List<Hypothesis>> results() {
    List<List<Hypothesis>> results = new ArrayList<>();
    for (List<Written> sentence : arrays.collected()) {
      results.add(
          sentence.stream()
              .map(written -> Hypothesis.of(written.tokens(), written.scores(), options))
              .sorted(Comparator.comparingDouble((Hypothesis h) -> -h.score()))
              .toList());
    }
    return results;
  }

  @Override
  public boolean dense() {
    return false;
  }

  @Override
  public void move(int from, int to) {
    throw new IllegalStateException("slots of a GPU stay");
  }

  @Override
  public void close() {
    graphs.values().forEach(DeviceGraph::close);
    arrays.close();
    slots.close();
    model.close();
  }
}
