package mos.nn;

import java.util.ArrayList;
import java.util.List;
import mos.tensor.DeviceEvent;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Where the chosen experts of every token compute it: slots, those of one expert after those of
 * another, each of which holds one token's row.
 *
 * <p>With a capacity every expert has the same number of slots, known without looking at the
 * choice, so that a GPU waits for nothing; some stay empty: they hold any row, and no token takes
 * their result. Without, how many each expert has is read back, once for all experts of a layer,
 * and rounded up on a GPU: its library looks for the fastest kernel at every new size of a product,
 * which takes longer than a few empty slots do.
 *
 * <p>Source: Fedus et al., Switch Transformers (JMLR 2022), section 2.2 (capacity).
 *
 * @param rows (A) int64, the token of each slot
 * @param slots (N, k) int64, where each of a token's assignments is computed
 * @param kept (N, k) float32, 0 for assignments that found no room, which then have any slot; null:
 *     all found room
 * @param starts n + 1 numbers: where each expert's slots begin, and A
 */
public record TokenDispatch(Tensor rows, Tensor slots, Tensor kept, long[] starts) {
  /** Different numbers of slots that an expert has on a GPU. */
  private static final int SIZES = 32;

  /**
   * The k most probable experts of each token.
   *
   * @param p (N, n)
   * @return (N, k) int64, the most probable first
   */
  public static Tensor best(Tensor p, int k) {
    return torch.topk(p.detach(), k, 1, true, true).get1();
  }

  /**
   * @param best (N, k) int64, experts
   * @return (n, N) float32, 1 where an expert is among a token's
   */
  public static Tensor assigned(Tensor best, int experts) {
    Tensor none = Tensors.zeros(ScalarType.Float, best.device(), experts, best.size(0));
    return none.scatter_(0, best.t(), new Scalar(1));
  }

  /** A slot for every assignment; on a GPU up to a 32nd more for each expert. */
  public static TokenDispatch exact(Tensor best, Tensor assigned) {
    long part = best.is_cpu() ? 1 : Math.max(1, best.numel() / SIZES);
    return exact(best, assigned, Long.highestOneBit(part));
  }

  /**
   * @param step each expert has a multiple of it, a power of two
   */
  static TokenDispatch exact(Tensor best, Tensor assigned, long step) {
    int experts = (int) assigned.size(0);
    Tensor counts = assigned.sum(1).to(ScalarType.Long);
    Tensor room = counts.add(new Scalar(step - 1)).bitwise_and(new Scalar(-step));
    Tensor host = Tensors.host(ScalarType.Long, best.device(), experts);
    long[] starts = new long[experts + 1];
    try (DeviceEvent copied = DeviceEvent.of(best.device())) {
      host.copy_(room, true);
      copied.record();
      // While this is computed the host goes on.
      Tensor first = room.cumsum(0).sub(room);
      Tensor slots =
          first.index_select(0, best.reshape(-1)).view_as(best).add(place(best, assigned));
      Tensor rows =
          Tensors.range(best.numel() + experts * (step - 1), best.device())
              .remainder(new Scalar(best.size(0)));
      rows.scatter_(0, slots.view(-1), tokens(best));
      copied.synchronize();
      long[] read = Tensors.toLongs(host);
      for (int e = 0; e < experts; e++) {
        starts[e + 1] = starts[e] + read[e];
      }
      return new TokenDispatch(rows.narrow(0, 0, starts[experts]), slots, null, starts);
    }
  }

  /**
   * Room for {@code factor} times tokens / n on each expert, which the first ones take.
   *
   * @param counted (N) float32, 0 for padding, which gets no room; null: all are tokens
   */
  public static TokenDispatch bounded(Tensor best, Tensor assigned, Tensor counted, double factor) {
    long tokens = best.size(0);
    long experts = assigned.size(0);
    long room = Math.max(1, (long) Math.min(tokens, Math.ceil(tokens * (factor / experts))));
    long all = room * experts;
    Tensor place = place(best, counted == null ? assigned : assigned.mul(counted));
    Tensor fits = place.lt(new Scalar(room));
    if (counted != null) {
      Tensor limit = counted.sum().mul(new Scalar(factor / experts)).ceil();
      fits = fits.bitwise_and(place.lt(limit)).bitwise_and(counted.gt(new Scalar(0)).unsqueeze(1));
    }
    // What finds no room is spread over all slots: gradients added in one place wait on each other.
    Tensor any =
        Tensors.range(best.numel(), best.device()).remainder(new Scalar(all)).view_as(best);
    Tensor own = best.mul(new Scalar(room)).add(place);
    Tensor whether = fits.to(ScalarType.Long);
    Tensor slots = torch.addcmul(any, whether, own.sub(any));
    // One more for those without.
    Tensor written = whether.mul(own.sub(new Scalar(all))).add(new Scalar(all)).view(-1);
    Tensor rows = Tensors.range(all + 1, best.device()).remainder(new Scalar(tokens));
    rows.scatter_(0, written, tokens(best));
    long[] starts = new long[(int) experts + 1];
    for (int e = 0; e <= experts; e++) {
      starts[e] = e * room;
    }
    return new TokenDispatch(rows.narrow(0, 0, all), slots, fits.to(ScalarType.Float), starts);
  }

  /** (N, k) int64: how many tokens before chose the same expert. */
  private static Tensor place(Tensor best, Tensor assigned) {
    // Along the inner dimension, which GPUs do in parallel.
    Tensor before = assigned.cumsum(1).sub(assigned);
    return before.t().gather(1, best).to(ScalarType.Long);
  }

  /** (N·k) int64: 0 k times, 1 k times, … */
  private static Tensor tokens(Tensor best) {
    Tensor numbers = Tensors.range(best.size(0), best.device()).unsqueeze(1);
    return numbers.expand(best.size(0), best.size(1)).reshape(-1);
  }

  /** How many slots there are. */
  public long size() {
    return starts[starts.length - 1];
  }

  /** What an expert makes of the rows of its slots, as many as it is given. */
  @FunctionalInterface
  public interface OfExpert {
    Tensor apply(int expert, Tensor rows);
  }

  /** What the experts make of all slots, each of its own, (A, D) → (A, D). */
  public Tensor eachExpert(Tensor slotRows, OfExpert function) {
    List<Tensor> parts = new ArrayList<>();
    for (int e = 0; e + 1 < starts.length; e++) {
      long count = starts[e + 1] - starts[e];
      if (count > 0) {
        parts.add(function.apply(e, slotRows.narrow(0, starts[e], count)));
      }
    }
    return Tensors.cat(0, parts.toArray(Tensor[]::new));
  }

  /** Every token's row in all slots that hold it, (N, D) → (A, D). */
  public Tensor scatter(Tensor x) {
    return x.index_select(0, rows);
  }

  /** What assignment {@code j} of every token came to, (A, D) → (N, D). */
  public Tensor result(Tensor slotRows, int j) {
    return slotRows.index_select(0, slots.select(1, j));
  }

  /** What every token's assignments came to, k times (N, D). */
  public List<Tensor> results(Tensor slotRows) {
    List<Tensor> results = new ArrayList<>();
    for (int j = 0; j < slots.size(1); j++) {
      results.add(result(slotRows, j));
    }
    return results;
  }

  /**
   * The sum of each token's results.
   *
   * @param gates (N, k), their factors, 0 for those without room
   */
  public static Tensor combine(List<Tensor> results, Tensor gates) {
    Tensor y = results.get(0).mul(gates.narrow(1, 0, 1));
    for (int j = 1; j < results.size(); j++) {
      y = torch.addcmul(y, results.get(j), gates.narrow(1, j, 1));
    }
    return y;
  }
}
