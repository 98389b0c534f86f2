package mos.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import mos.base.MosException;
import mos.data.UpdateIterator;
import mos.distributed.Ranks;
import mos.model.Initialization;
import mos.model.ModelConfig;
import mos.model.SuperTransformer;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checkpoints that are written while training goes on. How long it waits for a copy shows {@code
 * -Dmos.checkpoint.parameters=500000000}, which needs 14 GB of memory and 12 GB of disk.
 */
class CheckpointFolderTest {
  private static final long PARAMETERS = Long.getLong("mos.checkpoint.parameters", 100_000);
  private static final int WIDTH = 32;

  @TempDir Path folder;
  private ReverseTask task;
  private SuperTransformer model;
  private Adam adam;

  @BeforeEach
  void makeModel() throws Exception {
    task = ReverseTask.in(Files.createDirectory(folder.resolve("data")));
    int vocabulary = (int) (PARAMETERS / WIDTH);
    model =
        new SuperTransformer(
            ModelConfig.of(
                ReverseTask.SPACE, WIDTH, vocabulary, vocabulary, true, ReverseTask.experts()),
            Tensors.cpu(),
            true);
    Initialization.initialise(model, 5);
    adam = new Adam(model.parameters(), AdamConfig.DEFAULT);
    try (Scope scope = Scope.open()) {
      adam.firstMoment().uniform_();
      adam.secondMoment().uniform_();
    }
  }

  @AfterEach
  void close() {
    adam.close();
    model.close();
    task.close();
  }

  private CheckpointFolder checkpoints(LongSupplier memory) {
    return new CheckpointFolder(
        folder, task.description(model, Map.of()), model, adam, Ranks.single(), memory);
  }

  private static TrainState after(long update) {
    return new TrainState(update, UpdateIterator.Position.START, 3, 1, 1);
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  /** What a training does meanwhile. */
  private void change(double value) {
    step();
    try (Scope scope = Scope.open();
        AutoGradMode off = new AutoGradMode(false)) {
      model.parameters().values().fill_(new Scalar(value));
      adam.firstMoment().fill_(new Scalar(value));
      adam.secondMoment().fill_(new Scalar(value));
    }
  }

  /** Of a learning rate of zero, so that what it waits for is all that happens. */
  private void step() {
    try (Scope scope = Scope.open()) {
      Tensor one = Tensors.of(new float[] {1}, Tensors.cpu());
      adam.step(0, 1, one, one);
    }
  }

  private void writeExpected(String best, String last, long update) {
    ModelDescription description = task.description(model, Map.of());
    Checkpoint.save(file(best), description, model, after(update));
    Checkpoint.save(file(last), description, model, adam, after(update));
  }

  @Test
  void filesAreOfTheMomentThatWasSavedWhateverComesAfter() throws Exception {
    writeExpected("best", "last", 5);
    try (CheckpointFolder checkpoints = checkpoints(() -> Long.MAX_VALUE)) {
      checkpoints.saveBest(after(5));
      checkpoints.saveNumbered(after(5), 1);
      checkpoints.saveLast(after(5));
      change(7);
      // The second waits for the first, whose place it takes.
      checkpoints.saveLast(after(6));
      assertThat(Files.readAllBytes(file(Checkpoint.BEST)))
          .isEqualTo(Files.readAllBytes(file("best")));
      assertThat(Files.readAllBytes(file("checkpoint1.safetensors")))
          .isEqualTo(Files.readAllBytes(file("best")));
      change(8);
    }
    change(7);
    writeExpected("best", "later", 6);
    assertThat(Files.readAllBytes(file(Checkpoint.LAST)))
        .isEqualTo(Files.readAllBytes(file("later")));
  }

  @Test
  void whereNoCopyFitsTrainingWaits() throws Exception {
    writeExpected("best", "last", 5);
    long bytes = CheckpointCopy.bytes(model.parameters());
    assertThat(bytes).isEqualTo(12 * model.parameters().values().numel());
    try (CheckpointFolder checkpoints = checkpoints(() -> bytes)) {
      checkpoints.saveBest(after(5));
      checkpoints.saveLast(after(5));
      // There at once.
      assertThat(Files.readAllBytes(file(Checkpoint.BEST)))
          .isEqualTo(Files.readAllBytes(file("best")));
      assertThat(Files.readAllBytes(file(Checkpoint.LAST)))
          .isEqualTo(Files.readAllBytes(file("last")));
    }
  }

  @Test
  void fileThatCannotBeWrittenIsToldAndNoneComesAfterIt() throws Exception {
    Files.createSymbolicLink(file(Checkpoint.BEST), Path.of("/dev/full"));
    try (CheckpointFolder checkpoints = checkpoints(() -> Long.MAX_VALUE)) {
      checkpoints.saveBest(after(5));
      String[] told = {"cannot write " + file(Checkpoint.BEST), "No space left on device"};
      assertThatThrownBy(
              () -> {
                checkpoints.saveLast(after(5));
                checkpoints.await();
              })
          .isInstanceOf(MosException.class)
          .hasMessageContainingAll(told);
      for (Runnable next :
          List.<Runnable>of(
              checkpoints::check,
              () -> checkpoints.saveLast(after(6)),
              () -> checkpoints.saveLastNow(after(6)))) {
        assertThatThrownBy(next::run)
            .isInstanceOf(MosException.class)
            .hasMessageContainingAll(told);
      }
    }
    assertThat(file(Checkpoint.LAST)).doesNotExist();
    Files.delete(file(Checkpoint.BEST));
  }

  /** Prints what training waits for, and what it would wait for without another thread. */
  @Test
  void trainingWaitsForTheCopyAlone() {
    try (CheckpointFolder checkpoints = checkpoints(() -> Long.MAX_VALUE)) {
      checkpoints.check();
      checkpoints.await();
      for (int update = 1; update <= 3; update++) {
        long start = System.nanoTime();
        checkpoints.saveBest(after(update));
        checkpoints.saveLast(after(update));
        double waited = (System.nanoTime() - start) * 1e-9;
        adam.awaitChange();
        double copied = (System.nanoTime() - start) * 1e-9;
        checkpoints.await();
        double written = (System.nanoTime() - start) * 1e-9;
        System.err.printf(
            Locale.ROOT,
            "%,d parameters, checkpoint %d: training goes on after %.3f s, parameters may change"
                + " after %.3f s, all is written after %.3f s%n",
            model.parameters().size(),
            update,
            waited,
            copied,
            written);
      }
    }
    try (Checkpoint last = Checkpoint.open(file(Checkpoint.LAST))) {
      assertThat(last.state().update()).isEqualTo(3);
    }
  }
}
