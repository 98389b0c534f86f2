package mos.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import mos.base.Json;
import mos.command.settings.MachineSettings;
import mos.config.Settings;
import mos.distributed.Launch;
import mos.distributed.SharedWork;

/** Runs a command whose work several processes may share: rank 0 leads, the others help. */
final class Sharing {
  private Sharing() {}

  /**
   * Runs in the processes that there are: those of torchrun's variables, those that {@code
   * num-gpus} asks for where {@code starts}, or this one.
   *
   * @param starts whether the command starts processes itself
   * @param work of each process, given its place
   * @return the figures, the same in each process
   */
  static ObjectNode run(
      String command,
      Settings settings,
      boolean starts,
      BiFunction<SharedWork, Optional<Launch>, ObjectNode> work) {
    int timeout = settings.get(MachineSettings.DISTRIBUTED_TIMEOUT);
    Optional<Launch> launch = LocalRanks.place();
    if (launch.isEmpty()) {
      return starts && LocalRanks.of(settings) > 1
          ? new LocalRanks(command, settings).run()
          : work.apply(SharedWork.alone(), launch);
    }
    try (SharedWork shared = SharedWork.connect(launch.get(), timeout)) {
      ObjectNode figures = work.apply(shared, launch);
      if (shared.leads()) {
        shared.end(Json.line(figures));
      }
      return figures;
    }
  }

  /** Whether {@link #run} would start processes. */
  static boolean starts(Settings settings) {
    return LocalRanks.place().isEmpty() && LocalRanks.of(settings) > 1;
  }

  /** The figures of rank 0, whose work this process helps with. */
  static ObjectNode help(SharedWork shared, UnaryOperator<String> work) {
    return (ObjectNode) Json.parse(shared.serve(work), "figures of rank 0");
  }
}
