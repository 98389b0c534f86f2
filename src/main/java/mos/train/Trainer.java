package mos.train;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import mos.base.MosException;
import mos.base.StopSignal;
import mos.data.BatchSource;
import mos.data.InvalidSizes;
import mos.data.ParallelCorpus;
import mos.data.TrainingBatches;
import mos.data.TrainingSet;
import mos.data.UpdateIterator;
import mos.distributed.Ranks;
import mos.model.SuperTransformer;
import mos.results.MetricsLine;
import mos.tensor.DeviceMemory;
import mos.tensor.Precision;

/**
 * Trains a model to its last update, continuing from the folder's last checkpoint if there is one.
 * On the CPU an interrupted and resumed training gives the same parameters bit for bit.
 *
 * <p>Source: HAT (2020), section 4; Mixture-of-Supernets (2024), section 4.
 */
public final class Trainer {
  private static final int LOG_INTERVAL = 10;

  private final SuperTransformer model;
  private final ArchitectureSchedule schedule;
  private final ModelDescription description;
  private final TrainingConfig config;
  private final Path folder;
  private final TrainingListener listener;
  private final Ranks ranks;
  private boolean told;
  private TrainingBatches batches;
  private TrainState state = TrainState.START;
  private final Pace pace = new Pace();
  private CheckpointFolder checkpoints;
  private EarlyEnd early;
  private LossWatch losses;
  private BestCheckpoint best;
  private Validations validations;
  private MetricsLog metrics;

  /**
   * @param model initialised; trained in place
   * @param folder receives checkpoints and metrics.jsonl
   */
  public Trainer(
      SuperTransformer model,
      ArchitectureSchedule schedule,
      ModelDescription description,
      TrainingConfig config,
      Path folder,
      TrainingListener listener) {
    this(model, schedule, description, config, folder, listener, Ranks.single());
  }

  /** One of several that train together, each with the same arguments; only the first writes. */
  public Trainer(
      SuperTransformer model,
      ArchitectureSchedule schedule,
      ModelDescription description,
      TrainingConfig config,
      Path folder,
      TrainingListener listener,
      Ranks ranks) {
    this.ranks = ranks;
    this.model = model;
    this.schedule = schedule;
    this.description = description;
    this.config = config;
    this.folder = folder;
    this.listener = listener;
  }

  /**
   * The end of a training.
   *
   * @param state of the last update
   * @param validation losses of the last validation, by architecture name
   * @param skipped sentence pairs that were not trained on
   * @param skippedInValidation sentence pairs that were not validated
   */
  public record Result(
      TrainState state,
      Map<String, ValidationLoss> validation,
      InvalidSizes skipped,
      InvalidSizes skippedInValidation) {}

  /**
   * Trains.
   *
   * @throws MosException when a set has no sentences, when stopped by a signal, after saving, or
   *     when losses are not finite
   */
  public Result run(TrainingSet train, ParallelCorpus valid) {
    try (TrainingBatches open =
        new TrainingBatches(train, config.update().maxTokens(), config.seed(), ranks.first())) {
      batches = open;
      return run(valid);
    }
  }

  /** The same with one training set, in the way of {@link TrainingConfig#sampling}. */
  public Result run(ParallelCorpus train, ParallelCorpus valid) {
    return run(new TrainingSet(List.of(List.of(train)), config.sampling()), valid);
  }

  private Result run(ParallelCorpus valid) {
    Validator validator =
        new Validator(
            valid,
            config.update().maxTokens(),
            config.gradients().labelSmoothing(),
            config.gradients().precision(),
            ranks);
    try (Adam adam = new Adam(model.parameters(), config.adam(), ranks.shards(model.parameters()));
        CheckpointFolder saved = new CheckpointFolder(folder, description, model, adam, ranks);
        GradientEngine engine = GradientEngine.of(model, config.gradients())) {
      checkpoints = saved;
      early = new EarlyEnd(checkpoints);
      losses = new LossWatch(scaled(), early);
      best = new BestCheckpoint(checkpoints);
      validations = new Validations(validator, model, schedule, listener);
      // Nothing is written before all ranks have read the same.
      state = checkpoints.restore();
      if (state.update() > 0) {
        listener.resumed(state.update(), checkpoints.begun().orElse(description));
      }
      if (ranks.first()) {
        boolean over = state.update() >= config.maxUpdates();
        state = best.find(state, over && !state.validationDue());
        metrics =
            new MetricsLog(
                folder.resolve(MetricsLine.FILE_NAME), state, schedule.validated().keySet());
      }
      if (state.validationDue()) {
        validateNow(updates().atEndOfEpoch());
      }
      if (state.update() < config.maxUpdates()) {
        train(engine, adam);
      }
      if (validations.last().isEmpty()) {
        validations.run(state.update(), () -> false);
        state = best.remake(state, validations.meanLoss());
      }
      checkpoints.await();
      best.require(state);
      ranks.barrier();
      return new Result(state, validations.last(), batches.skipped(), validator.skipped());
    }
  }

  /** What a stop left to do. */
  private void validateNow(boolean endOfEpoch) {
    try (StopSignal.Saving saving = StopSignal.saving()) {
      state = state.withValidationDue(false);
      afterUpdate(endOfEpoch);
    }
  }

  private void train(GradientEngine engine, Adam adam) {
    if (scaled() && state.lossScale().equals(LossScale.NONE)) {
      state = state.withLossScale(LossScale.START);
    }
    int tokensPerPass =
        PassSize.of(config, model.device(), ranks.size()).fit(model, schedule, engine);
    Updater updater =
        new Updater(
            model,
            engine,
            adam,
            config.clipNorm(),
            config.seed(),
            !config.gradients().deterministic(),
            ranks);
    // A scaled update must know whether the one before overflowed.
    int ahead = model.device().is_cpu() || scaled() ? 0 : 1;
    try (BatchSource source = source(tokensPerPass);
        Flight flight = new Flight();
        StopSignal.Saving saving = StopSignal.saving()) {
      pace.rest();
      while (state.update() < config.maxUpdates()) {
        BatchSource.Update batch = source.next();
        start(batch, updater, flight);
        boolean pause = pauseAfter(batch.endOfEpoch());
        finishAllBut(pause ? 0 : ahead, flight);
        checkpoints.check();
        if (!pause && stopTold()) {
          pause = true;
          finishAllBut(0, flight);
        }
        if (pause) {
          flight.interrupt();
          afterUpdate(batch.endOfEpoch());
          pace.rest();
        }
      }
    }
  }

  private UpdateIterator updates() {
    return new UpdateIterator(batches, config.update().inAll(ranks.size()), state.position());
  }

  private BatchSource source(int tokensPerPass) {
    return BatchSource.ofShare(
        updates(), PassSize.passes(model.device()), tokensPerPass, ranks.rank(), ranks.size());
  }

  private void start(BatchSource.Update batch, Updater updater, Flight flight) {
    long update = state.update() + 1;
    double rate = config.learningRate().after(state.update());
    double scale = state.lossScale().scale();
    try {
      PendingOutcome pending =
          updater.update(
              schedule.trained(update), batch.passes(), batch.targetTokens(), update, rate, scale);
      flight.add(new Flight.Entry(pending, update, batch, rate));
    } catch (RuntimeException e) {
      throw DeviceMemory.isExhausted(e) ? exhausted(e, flight) : e;
    }
    state = state.afterUpdate(batch.next(), batch.targetTokens());
  }

  private MosException exhausted(RuntimeException cause, Flight flight) {
    finishAllBut(0, flight);
    DeviceMemory.release(model.device());
    return early.outOfMemory(state, config.gradients().deterministic(), cause);
  }

  private void finishAllBut(int newest, Flight flight) {
    while (flight.size() > newest) {
      finish(flight);
    }
  }

  private void finish(Flight flight) {
    Flight.Landed landed = flight.land();
    Flight.Entry entry = landed.entry();
    Outcome outcome = landed.outcome();
    state = state.afterSeconds(pace.updated(entry.batch().targetTokens()));
    told |= outcome.stop();
    state = losses.after(state, outcome, entry.update());
    listener.updated(entry.update(), config.maxUpdates(), outcome.loss());
    if (entry.update() % LOG_INTERVAL == 0 || entry.update() == config.maxUpdates()) {
      double speed = pace.takeTokensPerSecond();
      double idle = flight.takeIdleShare();
      if (ranks.first()) {
        metrics.updated(entry, outcome, state, speed, idle);
      }
    }
  }

  /** Whether small gradients would be zero without a scaled loss. */
  private boolean scaled() {
    return config.gradients().precision() == Precision.FP16;
  }

  private boolean validationDue(boolean endOfEpoch) {
    return state.update() == config.maxUpdates() || config.intervals().validates(state, endOfEpoch);
  }

  /** The same on all ranks: what they told each other with the last finished update. */
  private boolean stopTold() {
    return ranks.isDistributed() ? told : StopSignal.requested();
  }

  /** Whether anything is to be done that needs the parameters after this update. */
  private boolean pauseAfter(boolean endOfEpoch) {
    return endOfEpoch || validationDue(endOfEpoch) || stopTold() || config.intervals().saves(state);
  }

  private void afterUpdate(boolean endOfEpoch) {
    if (validationDue(endOfEpoch)) {
      validate();
    }
    int kept = config.intervals().keepLastEpochs();
    if (endOfEpoch && kept > 0) {
      checkpoints.saveNumbered(state, kept);
    }
    // The last state comes last, so that whoever resumes from it lacks none of the files above.
    if (stopTold()) {
      MosException stopped = early.stopped("after update ", state);
      // The first serves the others until they have heard of it.
      ranks.barrier();
      throw stopped;
    }
    if (validationDue(endOfEpoch) || config.intervals().saves(state)) {
      checkpoints.saveLast(state);
    }
  }

  private void validate() {
    if (!validations.run(state.update(), StopSignal::requested)) {
      MosException stopped =
          early.stopped("in the validation after update ", state.withValidationDue(true));
      ranks.barrier();
      throw stopped;
    }
    if (ranks.first()) {
      metrics.validated(state, validations.last());
    }
    state = best.keep(state, validations.meanLoss());
  }
}
