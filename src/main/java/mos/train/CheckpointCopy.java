package mos.train;

import mos.tensor.DeviceEvent;
import mos.tensor.DeviceMemory;
import mos.tensor.ParameterArena;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A place in the host's memory for what a checkpoint has, so that training need not wait for a
 * disk: the parameters and both moments, 12 bytes for each parameter. It is taken once and used for
 * every checkpoint. A GPU's is page-locked: the device copies on its way to the next update, and
 * {@link #await} waits until it has.
 */
final class CheckpointCopy implements AutoCloseable {
  private static final int TENSORS = 3;

  private final Tensor values;
  private final Tensor first;
  private final Tensor second;
  private final DeviceEvent copied;
  private long update = -1;
  private boolean moments;

  /** Takes the memory, which must be there. */
  CheckpointCopy(ParameterArena arena) {
    Device device = arena.device();
    long length = arena.values().numel();
    try (Scope scope = Scope.open()) {
      Tensor[] taken = new Tensor[TENSORS];
      for (int i = 0; i < TENSORS; i++) {
        taken[i] = Tensors.host(ScalarType.Float, device, length);
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

  /** Copies the parameters after an update; what was here before is gone. */
  void take(ParameterArena arena, long number) {
    update = number;
    moments = false;
    try (Scope scope = Scope.open();
        AutoGradMode off = new AutoGradMode(false)) {
      values.copy_(arena.values(), true);
    }
    copied.record();
  }

  /** Copies Adam's moments after the same update too, if they are not here yet. */
  void takeMoments(Adam adam) {
    if (!moments) {
      adam.copyMoments(first, second);
      moments = true;
      copied.record();
    }
  }

  /** Waits until what was taken is here. */
  void await() {
    copied.synchronize();
  }

  /** What was taken, to be read after {@link #await}. */
  Checkpoint.Content content(boolean withMoments) {
    return new Checkpoint.Content(
        values, withMoments ? first : null, withMoments ? second : null);
  }

  @Override
  public void close() {
    values.close();
    first.close();
    second.close();
    copied.close();
  }
}
