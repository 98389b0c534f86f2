package mos.train;

import java.nio.file.Path;
import java.util.function.LongSupplier;
import mos.tensor.ParameterArena;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the files of a training's checkpoints in a thread of its own from a copy, so that training
 * goes on meanwhile. There is one copy, so the next update that saves waits until what is in it is
 * written. Where none fits into the host's memory, training waits for the disk.
 */
final class CheckpointFiles implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointFiles.class);

  private final Path folder;
  private final ModelDescription description;
  private final ParameterArena arena;
  private final Adam adam;
  private final LongSupplier memory;
  private final CheckpointWriter writer;
  private volatile CheckpointCopy copy;
  private boolean unprepared = true;

  /**
   * @param memory bytes that the host still has
   */
  CheckpointFiles(
      Path folder,
      ModelDescription description,
      ParameterArena arena,
      Adam adam,
      LongSupplier memory) {
    this.folder = folder;
    this.description = description;
    this.arena = arena;
    this.adam = adam;
    this.memory = memory;
    this.writer = new CheckpointWriter(arena.device());
    adam.beforeChange(this::awaitCopy);
  }

  /**
   * Writes one file, in its turn.
   *
   * @param moments whether with the optimiser, for which all processes must be there
   * @param after comes when it is written
   */
  void save(String name, boolean moments, TrainState state, Runnable after) {
    if (!copied(moments, state)) {
      saveNow(name, moments, state);
      after.run();
      return;
    }
    Checkpoint.Content content = copy.content(moments);
    CheckpointCopy written = copy;
    writer.write(
        () -> {
          written.await();
          write(name, content, state);
          after.run();
        });
  }

  /** Writes one file after all others, and waits for it. */
  void saveNow(String name, boolean moments, TrainState state) {
    writer.await();
    try (Scope scope = Scope.open()) {
      write(name, content(moments), state);
    }
  }

  /** Waits until all that was saved is written; throws if it was not. */
  void await() {
    writer.await();
  }

  /** After an update: throws if something that was saved could not be written. */
  void check() {
    writer.check();
    if (unprepared) {
      // Now it shows how much memory an update leaves.
      prepare();
    }
  }

  /** False where there is no room for a copy. */
  private boolean copied(boolean moments, TrainState state) {
    if (unprepared) {
      prepare();
    }
    if (copy == null) {
      writer.await();
    }
    if (copy == null) {
      return false;
    }
    if (!copy.isOf(state.update())) {
      writer.await();
      copy.take(arena, adam, state.update(), writer::write);
    }
    if (moments) {
      copy.takeMoments(adam);
    }
    return true;
  }

  /** Has the other thread take memory, which may last. */
  private void prepare() {
    unprepared = false;
    writer.write(
        () -> {
          copy = CheckpointCopy.fitting(arena, memory.getAsLong());
          if (copy == null) {
            LOG.info(
                "training waits for its checkpoints: a copy to write them from does not fit into"
                    + " memory ({} MB)",
                CheckpointCopy.bytes(arena) >> 20);
          }
        });
  }

  private void awaitCopy() {
    if (copy != null) {
      copy.awaitHost();
    }
  }

  /** What there is, without a copy where this process has it all. */
  private Checkpoint.Content content(boolean moments) {
    Tensor values = arena.values();
    if (!moments) {
      return new Checkpoint.Content(values, null, null);
    }
    if (adam.shards().isWhole()) {
      return new Checkpoint.Content(values, adam.firstMoment(), adam.secondMoment());
    }
    Tensor first = Tensors.zeros(ScalarType.Float, Tensors.cpu(), values.numel());
    Tensor second = Tensors.zeros(ScalarType.Float, Tensors.cpu(), values.numel());
    adam.copyMoments(first, second);
    return new Checkpoint.Content(values, first, second);
  }

  private void write(String name, Checkpoint.Content content, TrainState state) {
    Checkpoint.save(folder.resolve(name), description, arena, content, state);
  }

  /** Waits until all is written. */
  @Override
  public void close() {
    writer.close();
    if (copy != null) {
      copy.close();
    }
  }
}
