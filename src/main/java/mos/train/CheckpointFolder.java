package mos.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import mos.base.AtomicFile;
import mos.base.MosException;
import mos.distributed.Ranks;
import mos.model.SuperTransformer;
import mos.tensor.SafeTensors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The checkpoints of one training. */
final class CheckpointFolder {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointFolder.class);

  private final Path folder;
  private final ModelDescription description;
  private final SuperTransformer model;
  private final Adam adam;
  private final Ranks ranks;
  private Optional<ModelDescription> begun = Optional.empty();

  /**
   * @param ranks of which all read and the first writes: saving on the others does nothing
   */
  CheckpointFolder(
      Path folder, ModelDescription description, SuperTransformer model, Adam adam, Ranks ranks) {
    this.ranks = ranks;
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

  /** The state from which training resumes. */
  void saveLast(TrainState state) {
    save(Checkpoint.LAST, adam, state);
  }

  void saveBest(TrainState state) {
    save(Checkpoint.BEST, null, state);
  }

  /** The state after an epoch; of these, only the last {@code keep} stay. */
  void saveNumbered(TrainState state, int keep) {
    if (!ranks.first()) {
      return;
    }
    long epoch = state.position().epoch();
    save(numbered(epoch), null, state);
    try {
      Files.deleteIfExists(folder.resolve(numbered(epoch - keep)));
    } catch (IOException e) {
      throw new MosException("cannot delete in " + folder + ": " + AtomicFile.describe(e), e);
    }
  }

  private static String numbered(long epoch) {
    return "checkpoint" + epoch + ".safetensors";
  }

  private void save(String name, Adam optimizer, TrainState state) {
    if (!ranks.first()) {
      return;
    }
    Checkpoint.save(folder.resolve(name), description, model, optimizer, state);
  }

  @Override
  public String toString() {
    return folder.toString();
  }
}
