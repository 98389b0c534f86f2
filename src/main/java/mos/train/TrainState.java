package mos.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import mos.base.Json;
import mos.base.MosException;
import mos.data.UpdateIterator;

/**
 * Where training stands, beside parameters and optimiser moments. Random numbers need no state: all
 * are drawn from the seed and the update's number.
 *
 * @param update finished updates
 * @param position what comes next in the corpus
 * @param bestLoss lowest validation loss so far, infinite before the first validation
 * @param seconds time spent in training so far
 * @param targetTokens target tokens trained on so far, counted once per update
 * @param lossScale of the next update
 * @param validationDue whether the validation after this update is still to be done, because a stop
 *     came in its middle
 */
public record TrainState(
    long update,
    UpdateIterator.Position position,
    double bestLoss,
    double seconds,
    long targetTokens,
    LossScale lossScale,
    boolean validationDue) {

  /** Before the first update. */
  public static final TrainState START =
      new TrainState(
          0, UpdateIterator.Position.START, Double.POSITIVE_INFINITY, 0, 0, LossScale.NONE);

  /** With nothing due. */
  public TrainState(
      long update,
      UpdateIterator.Position position,
      double bestLoss,
      double seconds,
      long targetTokens,
      LossScale lossScale) {
    this(update, position, bestLoss, seconds, targetTokens, lossScale, false);
  }

  /** Without loss scaling. */
  public TrainState(
      long update,
      UpdateIterator.Position position,
      double bestLoss,
      double seconds,
      long targetTokens) {
    this(update, position, bestLoss, seconds, targetTokens, LossScale.NONE);
  }

  /** After one more update, whose time is not counted yet. */
  TrainState afterUpdate(UpdateIterator.Position next, long tokens) {
    return new TrainState(update + 1, next, bestLoss, seconds, targetTokens + tokens, lossScale);
  }

  TrainState withBestLoss(double loss) {
    return new TrainState(update, position, loss, seconds, targetTokens, lossScale, validationDue);
  }

  TrainState afterSeconds(double more) {
    return new TrainState(
        update, position, bestLoss, seconds + more, targetTokens, lossScale, validationDue);
  }

  TrainState withLossScale(LossScale scale) {
    return new TrainState(update, position, bestLoss, seconds, targetTokens, scale, validationDue);
  }

  TrainState withValidationDue(boolean due) {
    return new TrainState(update, position, bestLoss, seconds, targetTokens, lossScale, due);
  }

  ObjectNode toJson() {
    ObjectNode node = Json.object();
    node.put("update", update);
    node.put("epoch", position.epoch());
    node.put("epoch_update", position.update());
    if (position.batch() != UpdateIterator.Position.FOLLOWS) {
      node.put("epoch_block", position.block());
      node.put("epoch_block_batch", position.batch());
    }
    if (Double.isFinite(bestLoss)) {
      node.put("best_loss", bestLoss);
    }
    node.put("seconds", seconds);
    node.put("target_tokens", targetTokens);
    if (!lossScale.equals(LossScale.NONE)) {
      node.put("loss_scale", lossScale.scale());
      node.put("loss_scale_steady", lossScale.steady());
    }
    if (validationDue) {
      node.put("validation_due", true);
    }
    return node;
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @param where names the source in the error message
   */
  static TrainState fromJson(JsonNode node, String where) {
    if (!isCount(node.path("update"), 0)
        || !isCount(node.path("epoch"), 1)
        || !isCount(node.path("epoch_update"), 0)) {
      throw new MosException(where + ": not a state of training: " + Json.line(node));
    }
    return new TrainState(
        node.path("update").asLong(),
        new UpdateIterator.Position(
            node.path("epoch").asLong(),
            node.path("epoch_update").asInt(),
            node.path("epoch_block").asInt(0),
            node.path("epoch_block_batch").asInt(UpdateIterator.Position.FOLLOWS)),
        node.path("best_loss").asDouble(Double.POSITIVE_INFINITY),
        node.path("seconds").asDouble(),
        node.path("target_tokens").asLong(),
        new LossScale(node.path("loss_scale").asDouble(1), node.path("loss_scale_steady").asInt(0)),
        node.path("validation_due").asBoolean());
  }

  private static boolean isCount(JsonNode node, long least) {
    return node.canConvertToLong() && node.isIntegralNumber() && node.asLong() >= least;
  }
}
