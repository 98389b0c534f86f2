package mos.latency;

import mos.base.ConfigurationException;
import mos.host.Hardware;
import mos.space.SubTransformer;

/** Latency that a command of the user's tells, see {@link CommandRunner}. */
public final class CommandSource implements LatencySource {
  private final String spec;
  private final CommandRunner runner;

  private CommandSource(String spec, CommandRunner runner) {
    this.spec = spec;
    this.runner = runner;
  }

  /** The provider of commands. */
  public static final class Provider implements LatencySourceProvider {
    /** Its name. */
    public static final String NAME = "command";

    @Override
    public String name() {
      return NAME;
    }

    @Override
    public LatencySource open(Request request) {
      CommandRunner runner =
          request
              .runner()
              .orElseThrow(
                  () -> new ConfigurationException("runner is needed: the command that measures"));
      return new CommandSource(request.hardwareSpec(), runner);
    }
  }

  @Override
  public Latency measure(SubTransformer architecture) {
    return runner.measure(architecture);
  }

  @Override
  public Hardware hardware() {
    return Hardware.ofRunner(spec, runner.identity());
  }
}
