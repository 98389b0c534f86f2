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
import mos.tensor.SafeTensors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The checkpoints of one training. */
final class CheckpointFolder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointFolder.class);

  private final Path folder;
  private final ModelDescription description;
  private final SuperTransformer model;
  private final Adam adam;
  private final Ranks ranks;
  private final CheckpointFiles files;
  private Optional<ModelDescription> begun = Optional.empty();

  /**
   * @param ranks of which all read and the first writes
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
    this.folder = folder;
    this.description = description;
    this.model = model;
    this.adam = adam;
    this.files =
        ranks.first()
            ? new CheckpointFiles(folder, description, model.parameters(), adam, memory)
            : null;
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

  /** The state from which training resumes; all ranks save it at the same time. */
  void saveLast(TrainState state) {
    save(Checkpoint.LAST, true, state, () -> {});
  }

  /** The same, and returns when all is written: called by all ranks, before they end. */
  void saveLastNow(TrainState state) {
    try (StopSignal.Saving writing = StopSignal.writing()) {
      if (ranks.first()) {
        files.saveNow(Checkpoint.LAST, true, state);
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
      await();
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
    if (files != null) {
      files.await();
    }
  }

  /** After an update: throws if something that was saved could not be written. */
  void check() {
    if (files != null) {
      files.check();
    }
  }

  private static String numbered(long epoch) {
    return "checkpoint" + epoch + ".safetensors";
  }

  private void save(String name, boolean moments, TrainState state, Runnable after) {
    if (ranks.first()) {
      files.save(name, moments, state, after);
    } else if (moments) {
      adam.copyMoments(null, null);
    }
  }

  /** Waits until all is written. */
  @Override
  public void close() {
    if (files != null) {
      files.close();
    }
  }

  @Override
  public String toString() {
    return folder.toString();
  }
}
