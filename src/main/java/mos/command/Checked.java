package mos.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Collectors;
import mos.host.HostLoad;
import mos.latency.PairedLatency;

/**
 * What one SubTransformer was found to take, against all limits.
 *
 * @param verdicts one per limit
 * @param latency the measurement that decides, beside the largest SubTransformer; null where
 *     latency was not measured
 * @param measured all measurements
 * @param machine the machine meanwhile
 * @param at when, ISO 8601
 */
record Checked(
    List<Verdict> verdicts,
    PairedLatency latency,
    List<PairedLatency> measured,
    HostLoad machine,
    String at) {

  boolean met() {
    return verdicts.stream().allMatch(Verdict::met);
  }

  /** Whether a limit in milliseconds, and no other, was missed while others used the machine. */
  boolean undecided() {
    return machine.disturbed()
        && !met()
        && verdicts.stream()
            .filter(verdict -> !verdict.met())
            .allMatch(v -> v.quantity() == Quantity.LATENCY && !v.limit().relative());
  }

  /** The latency that decides. */
  double ms() {
    return latency.candidate().ms();
  }

  /** The largest of all measured values by their limits: at most 1 where all are met. */
  double excess() {
    return verdicts.stream()
        .mapToDouble(verdict -> verdict.measured() / verdict.limitValue())
        .max()
        .orElse(0);
  }

  /** For people: each limit and what was found of it. */
  String describe() {
    return verdicts.stream().map(Verdict::describe).collect(Collectors.joining("; "));
  }

  /** Adds {@code constraint_met}, {@code constraints} and {@code speed_up}. */
  void put(ObjectNode figures) {
    figures.put("constraint_met", met());
    ArrayNode all = figures.putArray("constraints");
    for (Verdict verdict : verdicts) {
      ObjectNode one = verdict.json();
      all.add(one);
      one.put("measured_at", at);
      if (verdict.quantity() == Quantity.LATENCY && !Double.isNaN(machine.otherCores())) {
        one.put("other_load", machine.otherCores());
      } else {
        one.putNull("other_load");
      }
    }
    if (latency != null) {
      figures.put("speed_up", 1 / latency.share());
    }
  }
}
