package mos.train;

import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import mos.base.MosException;
import mos.tensor.DeviceEvent;
import mos.tensor.DeviceMemory;
import mos.tensor.ParameterArena;
import mos.tensor.Scope;
import mos.tensor.TensorBytes;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A place in the host's memory for what a checkpoint has, so that training need not wait for a
 * disk: the parameters and both moments, 12 bytes for each parameter. It is taken once and used for
 * every checkpoint. A GPU's is page-locked: the device copies on its way to the next update. From a
 * CPU another thread copies while the next update's gradients are computed, which reads parameters
 * only; before they change {@link #await} waits.
 */
final class CheckpointCopy implements AutoCloseable {
  private static final int TENSORS = 3;

  private final Tensor values;
  private final Tensor first;
  private final Tensor second;
  private final DeviceEvent copied;
  private long update = -1;
  private boolean moments;
  private CountDownLatch copying = new CountDownLatch(0);

  /** Takes the memory, which must be there. */
  CheckpointCopy(ParameterArena arena) {
    Device device = arena.device();
    long length = arena.values().numel();
    try (Scope scope = Scope.open()) {
      Tensor[] taken = new Tensor[TENSORS];
      for (int i = 0; i < TENSORS; i++) {
        taken[i] = Tensors.host(ScalarType.Float, device, length);
        // So that the system gives it now.
        taken[i].zero_();
      }
      values = Scope.own(taken[0]);
      first = Scope.own(taken[1]);
      second = Scope.own(taken[2]);
    }
    copied = DeviceEvent.of(device);
  }

  /** Bytes of one. */
  static long bytes(ParameterArena arena) {
    return TENSORS * arena.values().nbytes();
  }

  /**
   * One, where its memory leaves an eighth of what the host still has.
   *
   * @param available bytes
   * @return null where it does not fit
   */
  static CheckpointCopy fitting(ParameterArena arena, long available) {
    if (bytes(arena) > available - available / 8) {
      return null;
    }
    try {
      return new CheckpointCopy(arena);
    } catch (RuntimeException e) {
      if (DeviceMemory.isExhausted(e)) {
        return null;
      }
      throw e;
    }
  }

  /** Whether it is of this update. */
  boolean isOf(long number) {
    return update == number;
  }

  /**
   * Copies what there is after an update; what was here before is gone.
   *
   * @param other runs what takes long in another thread
   */
  void take(ParameterArena arena, Adam adam, long number, Consumer<Runnable> other) {
    update = number;
    // A shard's come later: all processes must be there.
    boolean whole = adam.shards().isWhole();
    moments = whole;
    if (!arena.device().is_cpu()) {
      copy(arena, adam, whole);
      copied.record();
      return;
    }
    CountDownLatch done = new CountDownLatch(1);
    copying = done;
    other.accept(
        () -> {
          try {
            copy(arena, adam, whole);
          } finally {
            done.countDown();
          }
        });
  }

  private void copy(ParameterArena arena, Adam adam, boolean withMoments) {
    try (Scope scope = Scope.open();
        AutoGradMode off = new AutoGradMode(false)) {
      TensorBytes.copy(arena.values(), values);
      if (withMoments) {
        adam.copyMoments(first, second);
      }
    }
  }

  /** Copies Adam's moments after the same update too, if they are not here yet. */
  void takeMoments(Adam adam) {
    if (!moments) {
      adam.copyMoments(first, second);
      moments = true;
      copied.record();
    }
  }

  /** Waits until nothing is read any more of what a CPU has. */
  void awaitHost() {
    try {
      copying.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MosException("interrupted while a checkpoint was copied", e);
    }
  }

  /** Waits until all that was taken is here. */
  void await() {
    awaitHost();
    copied.synchronize();
  }

  /** What was taken, to be read after {@link #await}. */
  Checkpoint.Content content(boolean withMoments) {
    return new Checkpoint.Content(values, withMoments ? first : null, withMoments ? second : null);
  }

  @Override
  public void close() {
    values.close();
    first.close();
    second.close();
    copied.close();
  }
}
