package mos.train;

import mos.distributed.Ranks;
import mos.tensor.DeviceEvent;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The outcome of an update that the device may still be computing, so that the next one can be
 * given to it meanwhile.
 */
final class PendingOutcome implements AutoCloseable {
  private final Ranks ranks;
  private final long sums;
  private final Tensor host;
  private final DeviceEvent start;
  private final DeviceEvent alone;
  private final DeviceEvent together;
  private final DeviceEvent stepped;
  private final DeviceEvent end;
  private final long tokens;
  private final double divisor;

  /**
   * @param ranks that compute it together
   * @param start recorded before the update's work
   * @param alone recorded before the ranks' gradients were summed; null where there is one process
   * @param together recorded after that; null where there is one process
   * @param stepped recorded before parameters were gathered; null where none are
   */
  PendingOutcome(
      UpdateStep.Computed computed,
      Device device,
      Ranks ranks,
      DeviceEvent start,
      DeviceEvent alone,
      DeviceEvent together,
      DeviceEvent stepped) {
    this.ranks = ranks;
    this.sums = ranks.sumsGiven();
    this.start = start;
    this.alone = alone;
    this.together = together;
    this.stepped = stepped;
    this.end = DeviceEvent.of(device);
    this.tokens = computed.tokens();
    this.divisor = computed.divisor();
    try (Scope scope = Scope.open()) {
      host = Scope.own(Tensors.host(ScalarType.Double, device, 4));
      host.narrow(0, 3, 1).zero_();
      host.narrow(0, 0, 2).copy_(computed.sums().narrow(0, 0, 2), true);
      if (computed.sums().size(0) > 2) {
        host.narrow(0, 3, 1).copy_(computed.sums().narrow(0, 2, 1), true);
      }
      host.narrow(0, 2, 1).copy_(computed.gradientNorm().view(1), true);
    }
    end.record();
  }

  /** Waits for it. */
  Outcome get() {
    end.synchronize();
    ranks.sumsEnded(sums);
    double[] values = new double[4];
    try (Scope scope = Scope.open()) {
      host.data_ptr_double().get(values);
    }
    return new Outcome(values[0] / tokens, values[1] / tokens, values[2] / divisor, values[3] > 0);
  }

  /** Milliseconds that the device had nothing to do between {@code previous} and this update. */
  double idleMs(PendingOutcome previous) {
    return Math.max(0, start.msSince(previous.end));
  }

  /** Milliseconds from the end of {@code previous} to the end of this update. */
  double totalMs(PendingOutcome previous) {
    return end.msSince(previous.end);
  }

  /**
   * Milliseconds for summing gradients over all ranks and gathering parameters of them, waiting for
   * slower ones included.
   */
  double communicationMs() {
    double sums = together == null ? 0 : together.msSince(alone);
    return stepped == null ? sums : sums + end.msSince(stepped);
  }

  @Override
  public void close() {
    host.close();
    start.close();
    if (together != null) {
      alone.close();
      together.close();
    }
    if (stepped != null) {
      stepped.close();
    }
    end.close();
  }
}
