package mos.latency;

import java.util.Arrays;
import mos.model.ModelConfig;
import mos.model.SuperTransformer;
import mos.model.TransformerWeights;
import mos.space.SubTransformer;
import mos.tensor.Precision;
import mos.tensor.Scope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.global.torch;
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

  /** Standard deviation of random weights; time does not depend on it. */
  private static final double WEIGHT_STD = 0.02;

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

  /**
   * Measures given weights, on their device and in their compute type.
   *
   * @param weights of a standalone model (materialise first), alive until this returns
   */
  public Latency measure(TransformerWeights weights) {
    try (AutoGradMode off = new AutoGradMode(false);
        Scope scope = Scope.open();
        SentenceWork work = new SentenceWork(weights, settings)) {
      return measure(work::encode, work::decode);
    }
  }

  /**
   * Measures an architecture with random weights, which take as long as trained ones, and frees
   * them.
   *
   * @param config the SuperTransformer it is cut from; its experts are left out
   * @throws mos.base.ConfigurationException when the architecture does not fit the model
   */
  public Latency measure(
      ModelConfig config, SubTransformer architecture, Device device, Precision precision) {
    try (SuperTransformer plain =
            new SuperTransformer(config.standalone(architecture), device, false);
        Scope scope = Scope.open()) {
      fill(plain);
      return measure(plain.derive(architecture, precision));
    }
  }

  /**
   * Measures two architectures in alternation: a run of the one, a run of the other, and so on.
   *
   * @param config the SuperTransformer both are cut from
   * @param reference what {@code candidate} is compared with; may be the same
   */
  public PairedLatency compare(
      ModelConfig config,
      SubTransformer candidate,
      SubTransformer reference,
      Device device,
      Precision precision) {
    if (candidate.equals(reference)) {
      Latency both = measure(config, candidate, device, precision);
      return new PairedLatency(both, both);
    }
    try (SuperTransformer one = new SuperTransformer(config.standalone(candidate), device, false);
        SuperTransformer other = new SuperTransformer(config.standalone(reference), device, false);
        AutoGradMode off = new AutoGradMode(false);
        Scope scope = Scope.open()) {
      fill(one);
      fill(other);
      try (SentenceWork work = new SentenceWork(one.derive(candidate, precision), settings);
          SentenceWork against = new SentenceWork(other.derive(reference, precision), settings)) {
        return compare(work::encode, against::encode, work::decode, against::decode);
      }
    }
  }

  private static void fill(SuperTransformer plain) {
    torch.manual_seed(1);
    for (String name : plain.parameters().names()) {
      try (Scope scope = Scope.open();
          AutoGradMode off = new AutoGradMode(false)) {
        plain.parameters().value(name).normal_(0, WEIGHT_STD, new GeneratorOptional());
      }
    }
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
