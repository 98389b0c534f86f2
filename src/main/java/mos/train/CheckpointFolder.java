package mos.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongSupplier;
import mos.base.AtomicFile;
import mos.base.MosException;
import mos.base.StopSignal;
import mos.distributed.Ranks;
import mos.model.SuperTransformer;
import mos.tensor.DeviceMemory;
import mos.tensor.ParameterArena;
import mos.tensor.SafeTensors;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of one training. They are written by a thread of their own from a copy, so that
 * training goes on meanwhile; there is one copy, so the next update that saves waits until what is
 * in it is written. Where none fits into the host's memory, training waits for the disk.
 */
final class CheckpointFolder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointFolder.class);

  private final Path folder;
  private final ModelDescription description;
  private final SuperTransformer model;
  private final Adam adam;
  private final Ranks ranks;
  private final LongSupplier memory;
  private final CheckpointWriter writer = new CheckpointWriter();
  private volatile CheckpointCopy copy;
  private boolean unprepared;
  private Optional<ModelDescription> begun = Optional.empty();

  /**
   * @param ranks of which all read and the first writes: saving on the others does nothing
   */
  CheckpointFolder(
      Path folder, ModelDescription description, SuperTransformer model, Adam adam, Ranks ranks) {
    this(folder, description, model, adam, ranks, DeviceMemory::freeOfHost);
  }

  /**
   * @param memory bytes that the host still has
   */
  CheckpointFolder(
      Path folder,
      ModelDescription description,
      SuperTransformer model,
      Adam adam,
      Ranks ranks,
      LongSupplier memory) {
    this.ranks = ranks;
    this.memory = memory;
    this.unprepared = ranks.first();
    adam.beforeChange(this::awaitCopy);
    this.folder = folder;
    this.description = description;
    this.model = model;
    this.adam = adam;
  }

  /**
   * Loads the last state into model and optimiser.
   *
   * @return {@link TrainState#START} when there is none
   * @throws MosException when other ranks read another one
   */
  TrainState restore() {
    TrainState state = read();
    double mean = ranks.sum(state.update())[0] / ranks.size();
    double apart = ranks.sum(Math.abs(state.update() - mean))[0];
    if (apart > 0) {
      throw new MosException(
          "rank "
              + ranks.rank()
              + " found the state of update "
              + state.update()
              + " in "
              + folder
              + ", others another one: save-dir must be a folder that all hosts share");
    }
    return state;
  }

  /** What the training that {@link #restore} found was begun with; empty where there was none. */
  Optional<ModelDescription> begun() {
    return begun;
  }

  private TrainState read() {
    Path last = folder.resolve(Checkpoint.LAST);
    if (!Files.exists(last)) {
      return TrainState.START;
    }
    try (Checkpoint checkpoint = whole(last)) {
      ResumeCheck.same(checkpoint.description(), description, last);
      begun = Optional.of(checkpoint.description());
      checkpoint.loadParameters(model);
      if (checkpoint.hasOptimizer()) {
        checkpoint.loadOptimizer(adam);
      }
      return checkpoint.state();
    }
  }

  private static Checkpoint whole(Path last) {
    try {
      return Checkpoint.open(last);
    } catch (MosException e) {
      throw new MosException(
          e.getMessage()
              + "; put a whole one in its place (another checkpoint of this training is one,"
              + " without the optimiser's moments), or delete it to begin anew",
          e);
    }
  }

  /** Whether the best checkpoint is there with all its bytes. */
  boolean hasBest() {
    try (SafeTensors best = SafeTensors.open(folder.resolve(Checkpoint.BEST), false)) {
      return true;
    } catch (MosException lost) {
      return false;
    }
  }

  /** In the middle of a training, whose best is yet to come, most likely. */
  void warnOfLostBest(double loss) {
    LOG.warn(
        "{}, of loss {}, is gone or cut: the best one from here on takes its place",
        folder.resolve(Checkpoint.BEST),
        loss);
  }

  /**
   * At the end of a training.
   *
   * @param loss of what is lost
   * @param last loss of the last state, which is no replacement
   */
  MosException bestIsLost(double loss, double last) {
    return new MosException(
        folder.resolve(Checkpoint.BEST)
            + " is gone or cut, and "
            + Checkpoint.LAST
            + " beside it is another one: its loss is "
            + last
            + ", was "
            + loss
            + ". Bring it back; or copy "
            + Checkpoint.LAST
            + " to its place and go on with that; or delete "
            + folder
            + " to train again.");
  }

  /** The state from which training resumes; called by all ranks. */
  void saveLast(TrainState state) {
    save(Checkpoint.LAST, true, state, () -> {});
  }

  /** The same, and returns when all is written: called by all ranks, before they end. */
  void saveLastNow(TrainState state) {
    try (StopSignal.Saving writing = StopSignal.writing()) {
      writer.await();
      if (ranks.first()) {
        writeNow(Checkpoint.LAST, true, state);
      } else {
        adam.copyMoments(null, null);
      }
    }
  }

  /**
   * Likewise by one rank alone.
   *
   * @return false where it has not all that there is to save
   */
  boolean saveLastAlone(TrainState state) {
    if (!adam.shards().isWhole()) {
      writer.await();
      return false;
    }
    saveLastNow(state);
    return true;
  }

  void saveBest(TrainState state) {
    save(Checkpoint.BEST, false, state, () -> {});
  }

  /** The state after an epoch; of these, only the last {@code keep} stay. */
  void saveNumbered(TrainState state, int keep) {
    long epoch = state.position().epoch();
    save(numbered(epoch), false, state, () -> delete(numbered(epoch - keep)));
  }

  private void delete(String name) {
    try {
      Files.deleteIfExists(folder.resolve(name));
    } catch (IOException e) {
      throw new MosException("cannot delete in " + folder + ": " + AtomicFile.describe(e), e);
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

  private static String numbered(long epoch) {
    return "checkpoint" + epoch + ".safetensors";
  }

  private void save(String name, boolean moments, TrainState state, Runnable after) {
    if (!ranks.first()) {
      if (moments) {
        adam.copyMoments(null, null);
      }
      return;
    }
    if (!copied(moments, state)) {
      writer.await();
      writeNow(name, moments, state);
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
      copy.take(model.parameters(), adam, state.update(), writer::write);
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
          ParameterArena arena = model.parameters();
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

  private void writeNow(String name, boolean moments, TrainState state) {
    try (Scope scope = Scope.open()) {
      write(name, content(moments), state);
    }
  }

  /** What there is, without a copy where this process has it all. */
  private Checkpoint.Content content(boolean moments) {
    Tensor values = model.parameters().values();
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
    Checkpoint.save(folder.resolve(name), description, model.parameters(), content, state);
  }

  /** Waits until all is written. */
  @Override
  public void close() {
    writer.close();
    if (copy != null) {
      copy.close();
    }
  }

  @Override
  public String toString() {
    return folder.toString();
  }
}
