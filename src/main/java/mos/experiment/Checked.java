package mos.experiment;

import java.util.List;
import java.util.stream.Collectors;
import mos.host.HostLoad;
import mos.latency.PairedLatency;
import mos.results.ConstraintResult;
import mos.results.Constraints;

/**
 * What one SubTransformer was found to take, against all limits.
 *
 * @param results one per limit
 * @param latency the measurement that decides, beside the largest SubTransformer; null where
 *     latency was not measured
 * @param measured all measurements
 * @param load of the machine meanwhile
 */
record Checked(
    List<ConstraintResult> results,
    PairedLatency latency,
    List<PairedLatency> measured,
    HostLoad load) {

  boolean met() {
    return results.stream().allMatch(ConstraintResult::met);
  }

  /** Whether a limit in milliseconds, and no other, was missed while others used the machine. */
  boolean undecided() {
    return load.disturbed()
        && !met()
        && results.stream()
            .filter(result -> !result.met())
            .allMatch(result -> result.timed() && !result.relative());
  }

  /** The latency that decides. */
  double ms() {
    return latency.candidate().ms();
  }

  /** The largest of all measured values by their limits: at most 1 where all are met. */
  double excess() {
    return results.stream()
        .mapToDouble(result -> result.measured() / result.limitValue())
        .max()
        .orElse(0);
  }

  /** For people: each limit and what was found of it. */
  String describe() {
    return results.stream().map(ConstraintResult::describe).collect(Collectors.joining("; "));
  }

  Constraints constraints() {
    return new Constraints(met(), results, latency == null ? null : (Double) (1 / latency.share()));
  }
}
