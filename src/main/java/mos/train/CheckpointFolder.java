package mos.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import mos.base.AtomicFile;
import mos.base.MosException;
import mos.distributed.Ranks;
import mos.model.SuperTransformer;

/** The checkpoints of one training. */
final class CheckpointFolder {
  private final Path folder;
  private final ModelDescription description;
  private final SuperTransformer model;
  private final Adam adam;
  private final Ranks ranks;

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

  private TrainState read() {
    Path last = folder.resolve(Checkpoint.LAST);
    if (!Files.exists(last)) {
      return TrainState.START;
    }
    try (Checkpoint checkpoint = Checkpoint.open(last)) {
      ResumeCheck.same(checkpoint.description(), description, last);
      checkpoint.loadParameters(model);
      if (checkpoint.hasOptimizer()) {
        checkpoint.loadOptimizer(adam);
      }
      return checkpoint.state();
    }
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
