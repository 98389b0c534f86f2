package mos.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import mos.distributed.Ranks;
import mos.model.SuperTransformer;
import mos.results.MetricsLine;
import mos.results.ResultJson;
import mos.space.SubTransformer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which state is the best, and when a training ends for want of a better one. */
class SelectionTest {
  private static final Selection PATIENT = new Selection(Selection.Metric.BLEU, 3);

  @TempDir Path folder;
  private ReverseTask task;

  @BeforeEach
  void writeData() throws IOException {
    task = ReverseTask.in(Files.createDirectory(folder.resolve("data")));
  }

  @AfterEach
  void closeData() {
    task.close();
  }

  /** Stands for a power cut. */
  private static final class Cut extends RuntimeException {}

  /** BLEU that rises until update 12 and falls then. */
  private static final class Rising implements TrainingListener, ValidationTranslations {
    private final long cut;
    private long last;
    private long ended;
    private int without;

    Rising(long cut) {
      this.cut = cut;
    }

    @Override
    public void updated(long update, long maxUpdates, double loss) {
      last = update;
      if (update == cut) {
        throw new Cut();
      }
    }

    @Override
    public void endedEarly(long update, int validations) {
      ended = update;
      without = validations;
    }

    @Override
    public Optional<double[]> sums(
        SuperTransformer model, SubTransformer a, int rank, int ranks, BooleanSupplier stopped) {
      return Optional.of(new double[] {last, a.equals(ReverseTask.SPACE.largest()) ? 1 : -1});
    }

    @Override
    public int length() {
      return 2;
    }

    @Override
    public double bleu(double[] sums) {
      return 40 - Math.abs(sums[0] - 12) + sums[1];
    }
  }

  private Trainer.Result train(Path run, Selection selection, Rising with) {
    try (SuperTransformer model = task.model(ReverseTask.experts())) {
      return new Trainer(
              model,
              ArchitectureSchedule.supernet(ReverseTask.SPACE, true, 3),
              task.description(model, Map.of()),
              ReverseTask.selecting(ReverseTask.settings(60, 2, 4), selection),
              run,
              with,
              Optional.of(with),
              Ranks.single())
          .run(task.train(), task.valid());
    }
  }

  private static List<MetricsLine> validations(Path run) throws IOException {
    List<MetricsLine> lines = new ArrayList<>();
    for (String line : Files.readAllLines(run.resolve(MetricsLine.FILE_NAME))) {
      MetricsLine read = ResultJson.parse(line, MetricsLine.class, "line");
      if (read.valid() != null) {
        lines.add(read);
      }
    }
    return lines;
  }

  private static TrainState state(Path run, String name) {
    try (Checkpoint checkpoint = Checkpoint.open(run.resolve(name))) {
      return checkpoint.state();
    }
  }

  @Test
  void keepsTheHighestBleuAndEndsWhenPatienceDoes() throws IOException {
    Path run = folder.resolve("run");
    Rising rising = new Rising(-1);
    Trainer.Result result = train(run, PATIENT, rising);
    assertThat(state(run, Checkpoint.BEST).update()).isEqualTo(12);
    assertThat(result.state().best().bleu()).isEqualTo(40);
    List<MetricsLine> lines = validations(run);
    int best = lines.stream().map(MetricsLine::update).toList().indexOf(12L);
    assertThat(best).isPositive();
    assertThat(lines).hasSize(best + 1 + 3);
    assertThat(result.state().update())
        .isEqualTo(lines.get(lines.size() - 1).update())
        .isEqualTo(rising.ended)
        .isLessThan(60);
    assertThat(rising.without).isEqualTo(3);
    assertThat(lines.get(best).valid().get("largest").bleu()).isEqualTo(41);
    assertThat(lines.get(best).valid().get("smallest").bleu()).isEqualTo(39);
    List<String> table = Files.readAllLines(run.resolve("metrics.csv"));
    assertThat(table.get(0)).contains("valid/largest/bleu");
    // Done is done: the same call trains no further.
    assertThat(train(run, PATIENT, new Rising(result.state().update() + 1)).state())
        .isEqualTo(result.state());
  }

  @Test
  void resumedEndsWhereUninterruptedDoes() throws IOException {
    Path whole = folder.resolve("whole");
    Trainer.Result expected = train(whole, PATIENT, new Rising(-1));
    long end = expected.state().update();
    Path run = folder.resolve("run");
    for (long cut : new long[] {11, 13, end - 1, end}) {
      assertThatThrownBy(() -> train(run, PATIENT, new Rising(cut))).isInstanceOf(Cut.class);
    }
    Trainer.Result found = train(run, PATIENT, new Rising(-1));
    assertThat(found.state().update()).isEqualTo(end);
    assertThat(found.state().best()).isEqualTo(expected.state().best());
    for (String name : List.of(Checkpoint.LAST, Checkpoint.BEST)) {
      CheckpointTensors.assertEqual(whole.resolve(name), run.resolve(name));
      assertThat(state(run, name).best()).isEqualTo(state(whole, name).best());
    }
  }

  @Test
  void patienceRaisedLaterGoesOn() {
    Path run = folder.resolve("run");
    long end = train(run, PATIENT, new Rising(-1)).state().update();
    Trainer.Result more = train(run, new Selection(Selection.Metric.BLEU, 5), new Rising(-1));
    assertThat(more.state().update()).isGreaterThan(end);
    assertThat(more.state().best().since()).isEqualTo(5);
  }

  @Test
  void lossThatIsNoNumberIsNeverBetter() {
    BestValidation good = new BestValidation(3, 20, 4);
    BestValidation broken = new BestValidation(Double.NaN, 30, 0);
    assertThat(PATIENT.better(broken, good)).isFalse();
    assertThat(PATIENT.better(new BestValidation(4, 21, 0), good)).isTrue();
    assertThat(PATIENT.better(new BestValidation(4, 0, 0), BestValidation.NONE)).isTrue();
    assertThat(PATIENT.better(good, good)).isFalse();
    // All first validations have a BLEU of 0.
    assertThat(PATIENT.better(new BestValidation(2, 20, 0), good)).isTrue();
    assertThat(PATIENT.better(new BestValidation(4, 20, 0), good)).isFalse();
    assertThat(Selection.BY_LOSS.better(new BestValidation(4, 21, 0), good)).isFalse();
    assertThat(Selection.BY_LOSS.better(new BestValidation(2, 1, 0), good)).isTrue();
    assertThat(Selection.BY_LOSS.better(broken, BestValidation.NONE)).isFalse();
    assertThat(Selection.BY_LOSS.givesUp(good)).isFalse();
    assertThat(new Selection(Selection.Metric.LOSS, 0).givesUp(good)).isFalse();
  }
}
