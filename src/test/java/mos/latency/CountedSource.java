package mos.latency;

import mos.base.ConfigurationException;
import mos.host.Hardware;
import mos.space.ArchitectureCost;
import mos.space.SubTransformer;

/** A source as a jar beside the program may bring it: FLOPs at a given speed, {@code counted:G}. */
public final class CountedSource implements LatencySourceProvider {
  @Override
  public String name() {
    return "counted";
  }

  @Override
  public LatencySource open(Request request) {
    if (!request.argument().matches("[1-9][0-9]{0,5}")) {
      throw new ConfigurationException(
          "latency-source counted: got \"" + request.argument() + "\", need GFLOPs per second");
    }
    LatencyConfig how = request.how();
    ArchitectureCost cost =
        new ArchitectureCost(request.model().cost(), how.sourceTokens(), how.targetSteps());
    double flopsPerMs = Integer.parseInt(request.argument()) * 1e6;
    return new LatencySource() {
      @Override
      public Latency measure(SubTransformer architecture) {
        return new Latency(0, cost.flops(architecture) / flopsPerMs, 0, 0, 0);
      }

      @Override
      public Hardware hardware() {
        return new Hardware(request.hardwareSpec(), "", 1, 1, "", "counted", "", "");
      }
    };
  }
}
