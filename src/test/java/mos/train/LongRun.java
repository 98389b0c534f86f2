package mos.train;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import mos.data.Dictionary;
import mos.latency.LatencyMeter;
import mos.latency.LatencySettings;
import mos.latency.Timer;
import mos.model.SuperTransformer;
import mos.model.TransformerWeights;
import mos.tensor.LiveNatives;
import mos.tensor.Precision;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import mos.translate.BeamOptions;
import mos.translate.TranslationOptions;
import mos.translate.Translator;
import org.bytedeco.pytorch.Device;

/**
 * A process that does one kind of work for long and prints, twenty times, how many steps it has
 * done, its resident bytes, and its live native objects. Of its own, so that Java's heap can be of
 * one fixed size and what grows is something else.
 */
final class LongRun {
  private static final int LINES = 20;

  private final long steps;

  private LongRun(long steps) {
    this.steps = steps;
  }

  /** Arguments: train, latency or decode; the number of steps; an empty folder. */
  public static void main(String[] arguments) throws Exception {
    LongRun run = new LongRun(Long.parseLong(arguments[1]));
    Path folder = Path.of(arguments[2]);
    try (ReverseTask task = ReverseTask.in(Files.createDirectories(folder.resolve("data")));
        SuperTransformer model = task.model(ReverseTask.experts());
        LiveNatives live = new LiveNatives()) {
      switch (arguments[0]) {
        case "train" -> run.train(task, model, folder, live);
        case "latency" -> run.latency(model, live);
        case "decode" -> run.decode(model, live);
        default -> throw new IllegalArgumentException(arguments[0]);
      }
    }
  }

  private void done(long step, LiveNatives live) {
    if (step % Math.max(1, steps / LINES) == 0) {
      System.out.println(step + " " + LiveNatives.residentBytes() + " " + live.count());
    }
  }

  private void train(ReverseTask task, SuperTransformer model, Path folder, LiveNatives live) {
    new Trainer(
            model,
            ArchitectureSchedule.supernet(ReverseTask.SPACE, true, 3),
            task.description(model, Map.of()),
            ReverseTask.settings((int) steps, 100, 500),
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
    LatencyMeter meter = new LatencyMeter(new LatencySettings(6, 6, 4, 3), Timer.MONOTONIC);
    SplittableRandom random = new SplittableRandom(6);
    Device cpu = Tensors.cpu();
    for (long row = 1; row <= steps; row++) {
      meter.measure(model.config(), ReverseTask.SPACE.sample(random), cpu, Precision.FP32);
      done(row, live);
    }
  }

  private void decode(SuperTransformer model, LiveNatives live) {
    SplittableRandom random = new SplittableRandom(6);
    BeamOptions beam = new BeamOptions(4, 1, true, 1, 5, 1, 0, 0);
    try (Scope scope = Scope.open()) {
      TransformerWeights weights = model.derive(ReverseTask.SPACE.largest(), Precision.FP32);
      Translator translator = new Translator(weights, new TranslationOptions(beam, 1, 8, 200));
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
