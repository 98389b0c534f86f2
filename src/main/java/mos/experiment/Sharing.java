package mos.experiment;

import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import mos.distributed.Processes;
import mos.distributed.SharedWork;
import mos.results.ResultJson;

/** Work that several processes share: rank 0 leads, the others help. */
final class Sharing {
  private Sharing() {}

  /**
   * Runs in the processes that there are.
   *
   * @param work of each process
   * @return the result, the same in each process
   */
  static <R> R run(Processes processes, Function<SharedWork, R> work) {
    if (processes.place().isEmpty()) {
      return work.apply(SharedWork.alone());
    }
    try (SharedWork shared =
        SharedWork.connect(processes.place().get(), processes.timeoutSeconds())) {
      R result = work.apply(shared);
      if (shared.leads()) {
        shared.end(ResultJson.line(result));
      }
      return result;
    }
  }

  /** Work that rank 0 does alone, while the others wait for its result. */
  static <R> R byFirst(Processes processes, Class<R> type, Supplier<R> work) {
    return run(
        processes,
        shared -> shared.leads() ? work.get() : help(shared, type, UnaryOperator.identity()));
  }

  /** The result of rank 0, whose work this process helps with. */
  static <R> R help(SharedWork shared, Class<R> type, UnaryOperator<String> work) {
    return ResultJson.parse(shared.serve(work), type, "result of rank 0");
  }
}
