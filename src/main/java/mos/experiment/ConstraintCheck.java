package mos.experiment;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import mos.base.MosException;
import mos.host.HostLoad;
import mos.latency.Latency;
import mos.latency.LatencySource;
import mos.latency.PairedLatency;
import mos.results.ConstraintResult;
import mos.results.Quantity;
import mos.space.ArchitectureCost;
import mos.space.SubTransformer;

/**
 * Whether a SubTransformer keeps within the limits, measured beside the largest one. Where a share
 * is the limit, the share decides; where milliseconds are, these, and a miss while other programs
 * use the machine is measured again after a pause.
 */
final class ConstraintCheck {
  /** Measurements of one check. */
  static final int MEASUREMENTS = 3;

  /** Which of the measurements decides. */
  enum Deciding {
    SLOWEST,
    MEDIAN
  }

  /** A miss by more than this is no other program's doing. */
  private static final double BEYOND_OTHERS = 20;

  /** A constraint is hopeless if the smallest SubTransformer needs so many times as much. */
  private static final double HOPELESS_MS = 1.25;

  private static final double HOPELESS_SHARE = 1.05;

  /** What needs no measuring. */
  @FunctionalInterface
  interface Counts {
    /** FLOPs or parameters, in the quantity's unit. */
    double of(Quantity quantity, SubTransformer architecture);
  }

  private final Limits limits;
  private final Counts counts;
  private final SubTransformer largest;
  private final Function<SubTransformer, PairedLatency> meter;
  private final Supplier<Supplier<HostLoad>> watch;
  private final Pauses pauses;

  /**
   * @param meter measures a SubTransformer beside the largest
   * @param watch begins to watch the machine; what it returns tells the state since then
   */
  ConstraintCheck(
      Limits limits,
      Counts counts,
      SubTransformer largest,
      Function<SubTransformer, PairedLatency> meter,
      Supplier<Supplier<HostLoad>> watch,
      Pauses pauses) {
    this.limits = limits;
    this.counts = counts;
    this.largest = largest;
    this.meter = meter;
    this.watch = watch;
    this.pauses = pauses;
  }

  /**
   * A check by measuring.
   *
   * @param largest SubTransformer of the space
   */
  static ConstraintCheck of(
      Limits limits,
      LatencySource source,
      ArchitectureCost cost,
      SubTransformer largest,
      Pauses pauses) {
    return new ConstraintCheck(
        limits,
        (quantity, a) -> Figures.count(quantity, cost, a),
        largest,
        limits.timedAgainstLargest() || source.alternates()
            ? a -> source.compare(a, largest)
            : besideKnown(source, largest),
        source::watch,
        pauses);
  }

  /** What is not timed in alternation is taken as it is, so the largest's is asked once. */
  private static Function<SubTransformer, PairedLatency> besideKnown(
      LatencySource source, SubTransformer largest) {
    AtomicReference<Latency> known = new AtomicReference<>();
    return a -> {
      Latency latency = source.measure(a);
      if (known.get() == null) {
        known.set(a.equals(largest) ? latency : source.measure(largest));
      }
      return new PairedLatency(latency, known.get());
    };
  }

  Limits limits() {
    return limits;
  }

  SubTransformer largest() {
    return largest;
  }

  /**
   * Refuses limits that not even the smallest SubTransformer comes near, before anything is
   * searched.
   *
   * @throws MosException telling what it takes
   */
  void requireFeasible(SubTransformer smallest) {
    for (ConstraintResult result : counted(smallest)) {
      require(result, 1, "");
    }
    if (limits.timed()) {
      Checked checked = measured(smallest, Deciding.MEDIAN, 1);
      boolean relative = limits.timedAgainstLargest();
      require(
          checked.results().get(checked.results().size() - 1),
          relative ? HOPELESS_SHARE : HOPELESS_MS,
          relative
              ? ""
              : (checked.load().disturbed()
                      ? "; " + checked.load().others() + ": try again when they use fewer, or"
                      : ";")
                  + " give a larger --latency-constraint, or a share of the largest's, such as 60%");
    }
  }

  private static void require(ConstraintResult smallest, double tolerance, String advice) {
    if (smallest.measured() > tolerance * smallest.limitValue()) {
      throw new MosException(
          "no SubTransformer under "
              + smallest.limitText()
              + ": the smallest of the search space takes "
              + smallest.measuredText()
              + advice);
    }
  }

  /** What is constrained is checked: latency is measured only if it has a limit. */
  Checked check(SubTransformer a) {
    return limits.timed()
        ? measured(a, Deciding.SLOWEST, MEASUREMENTS)
        : checked(counted(a), null, List.of(), HostLoad.UNKNOWN);
  }

  /**
   * The same with the latency measured in any case.
   *
   * @param times measurements of one attempt; of the slowest, no more are made than the limit needs
   */
  Checked measured(SubTransformer a, Deciding deciding, int times) {
    boolean relative = limits.timedAgainstLargest();
    List<PairedLatency> all = new ArrayList<>();
    Checked best = null;
    do {
      Supplier<HostLoad> watched = watch.get();
      List<PairedLatency> attempt = relative ? all : new ArrayList<>();
      for (int i = 0; i < times; i++) {
        attempt.add(meter.apply(a));
        if (deciding == Deciding.SLOWEST
            && !checked(a, attempt, deciding, HostLoad.UNKNOWN).met()) {
          break;
        }
      }
      Checked now = checked(a, attempt, deciding, watched.get());
      // Others only make milliseconds longer, but a share they make wrong either way.
      if (best == null || relative || now.ms() < best.ms()) {
        best = now;
      }
    } while (worthRepeating(best, relative && deciding == Deciding.SLOWEST));
    return best;
  }

  private boolean worthRepeating(Checked checked, boolean shareIsEnough) {
    return !shareIsEnough
        && checked.results().stream()
            .filter(result -> !result.met())
            .allMatch(ConstraintResult::timed)
        && !checked.met()
        && checked.excess() < BEYOND_OTHERS
        && pauses.before(checked.describe(), checked.load());
  }

  private List<ConstraintResult> counted(SubTransformer a) {
    List<ConstraintResult> results = new ArrayList<>();
    limits
        .byQuantity()
        .forEach(
            (quantity, limit) -> {
              if (quantity != Quantity.LATENCY) {
                double most = counts.of(quantity, largest);
                results.add(ConstraintResult.of(quantity, limit, counts.of(quantity, a), most));
              }
            });
    return results;
  }

  private Checked checked(
      SubTransformer a, List<PairedLatency> measured, Deciding deciding, HostLoad load) {
    PairedLatency latency = deciding(measured, deciding);
    List<ConstraintResult> results = counted(a);
    if (limits.timed()) {
      results.add(
          ConstraintResult.of(
              Quantity.LATENCY,
              limits.byQuantity().get(Quantity.LATENCY),
              latency.candidate().ms(),
              latency.reference().ms()));
    }
    return checked(results, latency, measured, load);
  }

  private static Checked checked(
      List<ConstraintResult> results,
      PairedLatency latency,
      List<PairedLatency> measured,
      HostLoad load) {
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    return new Checked(
        results.stream().map(result -> result.measured(now, load.otherCores())).toList(),
        latency,
        List.copyOf(measured),
        load);
  }

  private PairedLatency deciding(List<PairedLatency> measured, Deciding deciding) {
    List<PairedLatency> sorted = new ArrayList<>(measured);
    sorted.sort(
        limits.timedAgainstLargest()
            ? Comparator.comparingDouble(PairedLatency::share)
            : Comparator.comparingDouble(pair -> pair.candidate().ms()));
    return sorted.get(deciding == Deciding.SLOWEST ? sorted.size() - 1 : sorted.size() / 2);
  }
}
