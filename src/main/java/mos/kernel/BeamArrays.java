package mos.kernel;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.List;
import mos.beam.Start;
import mos.tensor.DeviceEvent;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The beams of the sentences of {@link Slots} on a GPU: what they have written, what is finished,
 * and the kernels that take them a step further without the host. Work is given to the current
 * stream and waited for only where that is said.
 */
public final class BeamArrays implements AutoCloseable {
  /** What a slot's status can be. */
  public static final int RUNNING = 1;

  /** The sentence has its hypotheses. */
  public static final int DONE = 2;

  /** The sentence ended without any. */
  public static final int FAILED = 3;

  private static final int START_FIELDS = 4;

  /**
   * A finished hypothesis.
   *
   * @param tokens with the end symbol
   * @param scores cumulative log-probabilities
   */
  public record Written(int[] tokens, float[] scores) {}

  private final Slots slots;
  private final Slots.Rules rules;
  private final int vocabulary;
  private final CudaKernel best;
  private final CudaKernel start;
  private final CudaKernel advance;
  private final CudaKernel collect;
  private final List<Tensor> owned = new ArrayList<>();
  private final Tensor status;
  private final Tensor limits;
  private final Tensor finished;
  private final Tensor totals;
  private final Tensor prefixes;
  private final Tensor scores;
  private final Tensor finishedLengths;
  private final Tensor finishedTokens;
  private final Tensor finishedScores;
  private final Tensor values;
  private final Tensor columns;
  private final Tensor ends;

  /** Slots to collect, slots to start: what the host tells; the active ones have their place. */
  private final Tensor told;

  private final Tensor collected;
  private final Tensor toldHost;
  private final Tensor activeHost;
  private final Tensor statusHost;
  private final Tensor collectedHost;
  private final DeviceEvent statusRead;
  private final DeviceEvent collectedRead;
  private int collectedCount;
  private int collectedWidth;

  /**
   * @param type of logits
   * @param vocabulary V
   */
  public BeamArrays(Slots slots, ScalarType type, int vocabulary, Slots.Rules rules) {
    this.slots = slots;
    this.rules = rules;
    this.vocabulary = vocabulary;
    CudaModule module = CudaBatchKernels.module(type, slots.beam());
    best = new CudaKernel(module, "bestOfRows", 256);
    start = new CudaKernel(module, "startSlots", 128);
    advance = new CudaKernel(module, "advanceSlots", 64);
    collect = new CudaKernel(module, "collectSlots", 64);
    Device device = slots.active().device();
    long n = slots.count();
    long beam = slots.beam();
    long steps = slots.steps();
    statusRead = DeviceEvent.of(device);
    collectedRead = DeviceEvent.of(device);
    try (Scope scope = Scope.open()) {
      status = zeros(ScalarType.Int, device, n);
      limits = zeros(ScalarType.Int, device, n);
      finished = zeros(ScalarType.Int, device, n);
      totals = zeros(ScalarType.Float, device, n, beam);
      prefixes = zeros(ScalarType.Int, device, n, beam, steps);
      scores = zeros(ScalarType.Float, device, n, beam, steps);
      finishedLengths = zeros(ScalarType.Int, device, n, beam);
      finishedTokens = zeros(ScalarType.Int, device, n, beam, steps);
      finishedScores = zeros(ScalarType.Float, device, n, beam, steps);
      values = zeros(ScalarType.Float, device, n, beam, 2 * beam);
      columns = zeros(ScalarType.Int, device, n, beam, 2 * beam);
      ends = zeros(ScalarType.Float, device, n, beam);
      told = zeros(ScalarType.Int, device, (1 + START_FIELDS) * n);
      collected = zeros(ScalarType.Int, device, n * beam * (1 + 2 * steps));
      toldHost = own(Tensors.host(ScalarType.Int, device, (1 + START_FIELDS) * n));
      activeHost = own(Tensors.host(ScalarType.Int, device, n));
      statusHost = own(Tensors.host(ScalarType.Int, device, n));
      collectedHost = own(Tensors.host(ScalarType.Int, device, collected.numel()));
    }
  }

  private Tensor zeros(ScalarType type, Device device, long... shape) {
    return own(Tensors.zeros(type, device, shape));
  }

  private Tensor own(Tensor tensor) {
    owned.add(Scope.own(tensor));
    return tensor;
  }

  /**
   * Copies what finished slots have found, begins other sentences, and says which are active. Not
   * before what was told last has been done, which {@link #status} waits for.
   *
   * @param done slots to copy from
   * @param width most tokens of their hypotheses
   * @param active at most n of them
   * @param n sentences of the next steps; those over {@code active} are none
   */
  public void tell(int[] done, int width, List<Start> starts, int[] active, int n) {
    IntBuffer buffer = Tensors.ints(toldHost);
    buffer.put(done);
    for (Start s : starts) {
      buffer.put(s.slot()).put(s.place()).put(s.length()).put(s.limit());
    }
    IntBuffer activeBuffer = Tensors.ints(activeHost);
    for (int i = 0; i < n; i++) {
      activeBuffer.put(i < active.length ? active[i] : -1);
    }
    try (Scope scope = Scope.open()) {
      int used = done.length + START_FIELDS * starts.size();
      if (used > 0) {
        told.narrow(0, 0, used).copy_(toldHost.narrow(0, 0, used), true);
      }
      slots.active().narrow(0, 0, n).copy_(activeHost.narrow(0, 0, n), true);
      collectedCount = done.length;
      collectedWidth = width;
      if (done.length > 0) {
        long size = (long) done.length * slots.beam() * (1 + 2L * width);
        collect
            .call()
            .with(told)
            .with(finished)
            .with(finishedLengths)
            .with(finishedTokens)
            .with(finishedScores)
            .with(collected)
            .with(width)
            .with(slots.steps())
            .launch(done.length, slots.beam());
        collectedHost.narrow(0, 0, size).copy_(collected.narrow(0, 0, size), true);
        collectedRead.record();
      }
      if (!starts.isEmpty()) {
        start
            .call()
            .with(told.data_ptr().address() + (long) Integer.BYTES * done.length)
            .with(starts.size())
            .with(slots.step())
            .with(slots.place())
            .with(slots.length())
            .with(limits)
            .with(status)
            .with(finished)
            .with(slots.tokens())
            .with(totals)
            .launch(CudaKernel.blocks(starts.size(), 128), 1);
      }
    }
  }

  /** Lets all slots run, whatever was told, so that kernels can be timed. */
  public void run(int limit) {
    try (Scope scope = Scope.open()) {
      status.fill_(new Scalar((long) RUNNING));
      limits.fill_(new Scalar((long) limit));
      finished.zero_();
    }
  }

  /**
   * Finds the best continuations of every row; can be recorded.
   *
   * @param logits contiguous (n·beam, V)
   */
  public void best(Tensor logits, int n) {
    best.call()
        .with(slots.active())
        .with(status)
        .with(slots.step())
        .with(prefixes)
        .with(slots.steps())
        .with(logits)
        .with(values)
        .with(columns)
        .with(ends)
        .with(vocabulary)
        .with(2 * slots.beam())
        .with(rules.minLength())
        .with(rules.unkPenalty())
        .with(rules.ngram())
        .launch(
            (long) n * slots.beam(),
            1,
            256,
            rules.ngram() > 0 ? (vocabulary + 31) / 32 * Integer.BYTES : 0);
  }

  /** Takes n sentences a step further by what {@link #best} found; can be recorded. */
  public void advance(int n) {
    advance
        .call()
        .with(slots.active())
        .with(slots.step())
        .with(limits)
        .with(status)
        .with(slots.tokens())
        .with(totals)
        .with(slots.ancestors())
        .with(prefixes)
        .with(scores)
        .with(finished)
        .with(finishedLengths)
        .with(finishedTokens)
        .with(finishedScores)
        .with(values)
        .with(columns)
        .with(ends)
        .with(2 * slots.beam())
        .with(slots.steps())
        .launch(n, 1);
  }

  /** Asks for the status after what was given so far. */
  public void readStatus() {
    try (Scope scope = Scope.open()) {
      statusHost.copy_(status, true);
      statusRead.record();
    }
  }

  /** Waits for the status asked for last; of every slot. */
  public int[] status() {
    statusRead.synchronize();
    int[] all = new int[slots.count()];
    Tensors.ints(statusHost).get(all);
    return all;
  }

  /** Waits for what the last {@link #tell} copied: per slot its hypotheses, in order of ending. */
  public List<List<Written>> collected() {
    List<List<Written>> all = new ArrayList<>();
    if (collectedCount == 0) {
      return all;
    }
    collectedRead.synchronize();
    IntBuffer from = Tensors.ints(collectedHost);
    int each = 1 + 2 * collectedWidth;
    for (int i = 0; i < collectedCount; i++) {
      List<Written> hypotheses = new ArrayList<>();
      for (int b = 0; b < slots.beam(); b++) {
        int at = (i * slots.beam() + b) * each;
        int length = from.get(at);
        if (length > 0) {
          int[] tokens = new int[length];
          float[] cumulative = new float[length];
          for (int u = 0; u < length; u++) {
            tokens[u] = from.get(at + 1 + u);
            cumulative[u] = Float.intBitsToFloat(from.get(at + 1 + collectedWidth + u));
          }
          hypotheses.add(new Written(tokens, cumulative));
        }
      }
      all.add(hypotheses);
    }
    return all;
  }

  @Override
  public void close() {
    owned.forEach(Tensor::close);
    statusRead.close();
    collectedRead.close();
  }
}
