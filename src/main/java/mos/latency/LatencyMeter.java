package mos.latency;

import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures the gold latency of a SubTransformer: dry runs until times are steady, then timed runs
 * of the encoder, then of the decoder; each in a scope of its own. No expert is mixed while the
 * clock runs: the weights are those of a plain Transformer.
 *
 * <p>Source: Wang et al., HAT (ACL 2020), section 4; unlike HAT's, a decoder step includes finding
 * the best continuations (see {@link SentenceWork}).
 */
public final class LatencyMeter {
  private static final Logger LOG = LoggerFactory.getLogger(LatencyMeter.class);

  /** Dry runs that are compared with as many before, so that there are twice as many at least. */
  private static final int DRY_RUNS = 3;

  /** Dry runs at most; a machine that is still unsteady then stays so. */
  private static final int MAX_DRY_RUNS = 30;

  /** Steady: the medians of two successive groups of dry runs differ by at most this share. */
  private static final double STEADY = 0.05;

  /** How long encoder and decoder each run before a meter's first measurement. */
  private static final long FIRST_WARM_UP_NANOS = 1_500_000_000L;

  private final LatencyConfig settings;
  private final Timer timer;
  private final long firstWarmUpNanos;
  private boolean warm;

  /** A meter for one device: {@link Timer#MONOTONIC} for the CPU. */
  public LatencyMeter(LatencyConfig settings, Timer timer) {
    this(settings, timer, FIRST_WARM_UP_NANOS);
  }

  LatencyMeter(LatencyConfig settings, Timer timer, long firstWarmUpNanos) {
    this.settings = settings;
    this.timer = timer;
    this.firstWarmUpNanos = firstWarmUpNanos;
  }

  /** Measures a sentence's work. */
  Latency measure(SentenceWork work) {
    return measure(work::encode, work::decode);
  }

  /** Measures two in alternation: a run of the one, a run of the other, and so on. */
  PairedLatency compare(SentenceWork work, SentenceWork other) {
    return compare(work::encode, other::encode, work::decode, other::decode);
  }

  /** Times two pieces of work. */
  Latency measure(Runnable encode, Runnable decode) {
    TrimmedRuns encoder = TrimmedRuns.of(timed("encoder", encode));
    TrimmedRuns decoder = TrimmedRuns.of(timed("decoder", decode));
    warm = true;
    return latency(encoder, decoder);
  }

  /** Times two pieces of work beside two others. */
  PairedLatency compare(
      Runnable encode, Runnable otherEncode, Runnable decode, Runnable otherDecode) {
    TrimmedRuns[] encoders = alternated("encoder", encode, otherEncode);
    TrimmedRuns[] decoders = alternated("decoder", decode, otherDecode);
    warm = true;
    return new PairedLatency(latency(encoders[0], decoders[0]), latency(encoders[1], decoders[1]));
  }

  private static Latency latency(TrimmedRuns encoder, TrimmedRuns decoder) {
    return new Latency(
        encoder.meanMs(),
        decoder.meanMs(),
        encoder.stdMs(),
        decoder.stdMs(),
        encoder.interquartileMs() + decoder.interquartileMs());
  }

  private TrimmedRuns[] alternated(String what, Runnable one, Runnable other) {
    if (!warm) {
      warmUp(what, one);
      warmUp(what, other);
    }
    // What is not steady yet is so for both.
    for (int i = 0; i < DRY_RUNS; i++) {
      timer.timeMs(one);
      timer.timeMs(other);
    }
    double[] ones = new double[settings.runs()];
    double[] others = new double[settings.runs()];
    for (int i = 0; i < ones.length; i++) {
      ones[i] = timer.timeMs(one);
      others[i] = timer.timeMs(other);
    }
    return new TrimmedRuns[] {TrimmedRuns.of(ones), TrimmedRuns.of(others)};
  }

  private double[] timed(String what, Runnable work) {
    warmUp(what, work);
    return runs(work, settings.runs());
  }

  private void warmUp(String what, Runnable work) {
    if (!warm) {
      // A young Java process still compiles its code: without this, first measurements are too
      // long.
      long end = System.nanoTime() + firstWarmUpNanos;
      while (System.nanoTime() < end) {
        work.run();
      }
    }
    double before = median(runs(work, DRY_RUNS));
    for (int done = 2 * DRY_RUNS; done <= MAX_DRY_RUNS; done += DRY_RUNS) {
      double now = median(runs(work, DRY_RUNS));
      if (Math.abs(now - before) <= STEADY * Math.max(now, before)) {
        return;
      }
      before = now;
    }
    LOG.debug("{}: times not steady after {} dry runs", what, MAX_DRY_RUNS);
  }

  private double[] runs(Runnable work, int count) {
    double[] ms = new double[count];
    Arrays.setAll(ms, i -> timer.timeMs(work));
    return ms;
  }

  private static double median(double[] ms) {
    Arrays.sort(ms);
    return TrimmedRuns.quantile(ms, 0.5);
  }
}
