package mos.train;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import mos.beam.BeamOptions;
import mos.beam.TranslationOptions;
import mos.beam.Translator;
import mos.data.Dictionary;
import mos.latency.LatencyConfig;
import mos.latency.LatencySource;
import mos.latency.LatencySourceProvider;
import mos.latency.RuntimeSource;
import mos.model.SuperTransformer;
import mos.model.TransformerWeights;
import mos.space.Activation;
import mos.tensor.Compute;
import mos.tensor.Devices;
import mos.tensor.LiveNatives;
import mos.tensor.Precision;
import mos.tensor.Scope;
import mos.translate.TorchTranslator;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.cuda.SegmentInfo;
import org.bytedeco.pytorch.global.torch_cuda;

/**
 * A process that does one kind of work for long and prints, twenty times, a {@link Point}. Of its
 * own, so that Java's heap can be of one fixed size and what grows is something else. At its end
 * the row of the table in docs/reliability.md goes to standard error.
 */
final class LongRun {
  static final int LINES = 20;

  private final String kind;
  private final long steps;
  private final Device device;
  private final Precision precision;
  private final List<Point> points = new ArrayList<>();

  private LongRun(String kind, long steps, Device device) {
    this.kind = kind;
    this.steps = steps;
    this.device = device;
    this.precision = Devices.defaultPrecision(device);
  }

  /**
   * What a process has after so many steps.
   *
   * @param resident bytes of its memory
   * @param natives objects that outlive their scopes
   * @param allocated bytes of tensors on the GPU, 0 on the CPU
   * @param reserved bytes that libtorch's allocator has taken from the GPU
   */
  record Point(long step, long resident, int natives, long allocated, long reserved) {
    static Point of(String line) {
      long[] numbers = Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
      return new Point(numbers[0], numbers[1], (int) numbers[2], numbers[3], numbers[4]);
    }

    String line() {
      return step + " " + resident + " " + natives + " " + allocated + " " + reserved;
    }

    /** Of resident memory since {@code warm}. */
    double growthSince(Point warm) {
      return (resident - warm.resident) / (double) warm.resident;
    }
  }

  /** Half of the run is to warm up: pools and caches fill, and Java compiles code until then. */
  static Point warm(List<Point> points) {
    return points.get(points.size() / 2 - 1);
  }

  /** Arguments: train, latency or decode; the number of steps; an empty folder; the device. */
  public static void main(String[] arguments) throws Exception {
    Device device = Devices.of(arguments[3]);
    Devices.use(device);
    LongRun run = new LongRun(arguments[0], Long.parseLong(arguments[1]), device);
    Path folder = Path.of(arguments[2]);
    try (ReverseTask task = ReverseTask.in(Files.createDirectories(folder.resolve("data")));
        SuperTransformer model = task.model(ReverseTask.experts(), Activation.RELU, device);
        LiveNatives live = new LiveNatives()) {
      switch (run.kind) {
        case "train" -> run.train(task, model, folder, live);
        case "latency" -> run.latency(model, live);
        case "decode" -> run.decode(model, live);
        default -> throw new IllegalArgumentException(run.kind);
      }
    }
    System.err.println(run.row());
  }

  private void done(long step, LiveNatives live) {
    if (step % Math.max(1, steps / LINES) == 0) {
      int natives = live.count();
      Point point =
          new Point(
              step,
              LiveNatives.residentBytes(),
              natives,
              allocated(SegmentInfo::allocated_size),
              allocated(SegmentInfo::total_size));
      points.add(point);
      System.out.println(point.line());
    }
  }

  private long allocated(ToLongFunction<SegmentInfo> size) {
    if (device.is_cpu()) {
      return 0;
    }
    try (Scope scope = Scope.open()) {
      SegmentInfo all = torch_cuda.getAllocator().snapshot().segments();
      return LongStream.range(0, all.limit()).map(i -> size.applyAsLong(all.getPointer(i))).sum();
    }
  }

  private String row() {
    Point warm = warm(points);
    Point last = points.get(points.size() - 1);
    double mib = 1 << 20;
    return String.format(
        Locale.ROOT,
        "| %s on %s | %,d | %.1f MiB | %.1f MiB | %+.2f%% | %d to %d | %.1f to %.1f MiB of tensors,"
            + " %.1f to %.1f MiB reserved |",
        kind,
        Devices.describe(device),
        last.step,
        warm.resident / mib,
        last.resident / mib,
        100 * last.growthSince(warm),
        warm.natives,
        last.natives,
        warm.allocated / mib,
        last.allocated / mib,
        warm.reserved / mib,
        last.reserved / mib);
  }

  private void train(ReverseTask task, SuperTransformer model, Path folder, LiveNatives live) {
    new Trainer(
            model,
            ArchitectureSchedule.supernet(ReverseTask.SPACE, true, 3),
            task.description(model, Map.of()),
            ReverseTask.settings((int) steps, 100, 500, precision, false),
            folder.resolve("run"),
            new TrainingListener() {
              @Override
              public void updated(long update, long maxUpdates, double loss) {
                done(update, live);
              }
            })
        .run(task.train(), task.valid());
  }

  private void latency(SuperTransformer model, LiveNatives live) {
    LatencySource source =
        new RuntimeSource.Provider()
            .open(
                new LatencySourceProvider.Request(
                    model.config(),
                    new LatencyConfig(6, 6, 4, 3),
                    "here",
                    Optional.empty(),
                    () -> new Compute(device, precision),
                    Optional.empty(),
                    Optional.empty(),
                    ""));
    SplittableRandom random = new SplittableRandom(6);
    for (long row = 1; row <= steps; row++) {
      source.measure(ReverseTask.SPACE.sample(random));
      done(row, live);
    }
  }

  private void decode(SuperTransformer model, LiveNatives live) {
    SplittableRandom random = new SplittableRandom(6);
    BeamOptions beam = new BeamOptions(4, 1, true, 1, 5, 1, 0, 0);
    try (Scope scope = Scope.open()) {
      TransformerWeights weights = model.derive(ReverseTask.SPACE.largest(), precision);
      Translator translator = new TorchTranslator(weights, new TranslationOptions(beam, 1, 8, 200));
      for (long sentence = 1; sentence <= steps; sentence++) {
        List<int[]> source = new ArrayList<>();
        source.add(random.ints(1 + random.nextInt(8), 4, 30).toArray());
        source.get(0)[source.get(0).length - 1] = Dictionary.EOS;
        translator.translate(source);
        done(sentence, live);
      }
    }
  }
}
