package mos.train;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import mos.base.MosException;
import mos.base.StopSignal;
import mos.data.BatchOptions;
import mos.data.BatchPlanner;
import mos.data.BatchSource;
import mos.data.ParallelCorpus;
import mos.data.UpdateIterator;
import mos.distributed.Ranks;
import mos.model.SuperTransformer;
import mos.space.SubTransformer;
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
  private static final int MAX_UNUSABLE_UPDATES = 10;

  private final SuperTransformer model;
  private final ArchitectureSchedule schedule;
  private final ModelDescription description;
  private final TrainingConfig config;
  private final Path folder;
  private final TrainingListener listener;
  private final Ranks ranks;
  private boolean told;
  private TrainState state = TrainState.START;
  private Map<String, ValidationLoss> lastValidation = Map.of();
  private CheckpointFolder checkpoints;
  private MetricsLog metrics;
  private int unusable;
  private long mark;
  private double lineSeconds;
  private long lineTokens;

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

  /**
   * One of several processes that train together, each with the same arguments; only the first
   * writes.
   *
   * @param config whose micro-batches are that of each process
   */
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
   */
  public record Result(TrainState state, Map<String, ValidationLoss> validation) {}

  /**
   * Trains.
   *
   * @throws MosException when stopped by a signal, after saving, or when losses are not finite
   */
  public Result run(ParallelCorpus train, ParallelCorpus valid) {
    Validator validator =
        new Validator(
            valid,
            config.update().maxTokens(),
            config.gradients().labelSmoothing(),
            config.gradients().precision(),
            ranks);
    try (Adam adam = new Adam(model.parameters(), config.adam());
        GradientEngine engine = GradientEngine.of(model, config.gradients())) {
      checkpoints = new CheckpointFolder(folder, description, model, adam, ranks.first());
      state = checkpoints.restore();
      sameStart();
      if (state.update() > 0) {
        listener.resumed(state.update());
      }
      if (ranks.first()) {
        metrics = new MetricsLog(folder.resolve("metrics.jsonl"), state);
      }
      if (state.validationDue()) {
        validateNow(updates(train).atEndOfEpoch(), validator);
      }
      if (state.update() < config.maxUpdates()) {
        train(train, validator, engine, adam);
      }
      if (lastValidation.isEmpty()) {
        lastValidation = validate(validator, () -> false);
      }
      ranks.barrier();
      return new Result(state, lastValidation);
    }
  }

  /** What a stop left to do. */
  private void validateNow(boolean endOfEpoch, Validator validator) {
    try (StopSignal.Saving saving = StopSignal.saving()) {
      state = state.withValidationDue(false);
      afterUpdate(endOfEpoch, validator);
    }
  }

  /** All must have read the same checkpoint; nothing is written before. */
  private void sameStart() {
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
  }

  private void train(ParallelCorpus train, Validator validator, GradientEngine engine, Adam adam) {
    boolean scaled = config.gradients().precision() == Precision.FP16;
    if (scaled && state.lossScale().equals(LossScale.NONE)) {
      state = state.withLossScale(LossScale.START);
    }
    int tokensPerPass = PassSize.of(config, model.device()).fit(model, schedule, engine);
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
    int ahead = model.device().is_cpu() || scaled ? 0 : 1;
    try (BatchSource batches = batches(train, tokensPerPass);
        Flight flight = new Flight();
        StopSignal.Saving saving = StopSignal.saving()) {
      mark = System.nanoTime();
      while (state.update() < config.maxUpdates()) {
        BatchSource.Update batch = batches.next();
        start(batch, updater, flight);
        boolean pause = pauseAfter(batch.endOfEpoch());
        finishAllBut(pause ? 0 : ahead, flight);
        if (!pause && stopTold()) {
          pause = true;
          finishAllBut(0, flight);
        }
        if (pause) {
          flight.interrupt();
          afterUpdate(batch.endOfEpoch(), validator);
          mark = System.nanoTime();
        }
      }
    }
  }

  private UpdateIterator updates(ParallelCorpus train) {
    return new UpdateIterator(
        new BatchPlanner(train, BatchOptions.ofMaxTokens(config.update().maxTokens())),
        config.seed(),
        Math.multiplyExact(config.update().microBatches(), ranks.size()),
        state.position());
  }

  private BatchSource batches(ParallelCorpus train, int tokensPerPass) {
    return BatchSource.ofShare(
        updates(train),
        train,
        PassSize.passes(model.device()),
        tokensPerPass,
        ranks.rank(),
        ranks.size());
  }

  private void start(BatchSource.Update batch, Updater updater, Flight flight) {
    long update = state.update() + 1;
    double rate = config.learningRate().after(state.update());
    PendingOutcome pending;
    try {
      pending =
          updater.update(
              schedule.trained(update),
              batch.passes(),
              batch.targetTokens(),
              update,
              rate,
              state.lossScale().scale());
    } catch (RuntimeException e) {
      throw DeviceMemory.isExhausted(e) ? exhausted(e, flight) : e;
    }
    flight.add(new Flight.Entry(pending, update, batch, rate));
    state =
        new TrainState(
            update,
            batch.next(),
            state.bestLoss(),
            state.seconds(),
            state.targetTokens() + batch.targetTokens(),
            state.lossScale());
  }

  /** Saves the last whole update: parameters change at the end of one only. */
  private MosException exhausted(RuntimeException cause, Flight flight) {
    long failed = state.update() + 1;
    finishAllBut(0, flight);
    DeviceMemory.release(model.device());
    checkpoints.saveLast(state);
    return new MosException(
        "out of memory in update "
            + failed
            + (config.gradients().deterministic() ? "" : ", even with one sentence in a pass")
            + ": "
            + cause.getMessage().lines().findFirst().orElse("")
            + "; the state after update "
            + state.update()
            + " is saved in "
            + folder
            + ". Free memory"
            + (config.gradients().deterministic() ? " or lower --max-tokens-per-pass" : "")
            + ": another process may hold it. The same command continues.",
        cause);
  }

  private void finishAllBut(int newest, Flight flight) {
    while (flight.size() > newest) {
      finish(flight);
    }
  }

  private void finish(Flight flight) {
    Flight.Entry entry = flight.oldest();
    Outcome outcome = flight.land(entry);
    long now = System.nanoTime();
    lineSeconds += (now - mark) / 1e9;
    lineTokens += entry.batch().targetTokens();
    state = state.afterSeconds((now - mark) / 1e9);
    mark = now;
    told |= outcome.stop();
    judge(outcome, entry.update());
    listener.updated(entry.update(), config.maxUpdates(), outcome.loss());
    boolean due = entry.update() % LOG_INTERVAL == 0 || entry.update() == config.maxUpdates();
    if (due) {
      double idle = flight.takeIdleShare();
      if (ranks.first()) {
        metrics.updated(entry, outcome, state, lineTokens / lineSeconds, idle);
      }
      lineSeconds = 0;
      lineTokens = 0;
    }
  }

  /** Stops a training that has become hopeless, after saving. */
  private void judge(Outcome outcome, long update) {
    if (config.gradients().precision() == Precision.FP16) {
      state = state.withLossScale(state.lossScale().after(!outcome.finite()));
      if (state.lossScale().exhausted()) {
        checkpoints.saveLast(state);
        throw new MosException(
            "the loss scale fell below "
                + LossScale.LEAST
                + " in update "
                + update
                + ": gradients overflow in fp16 whatever the scale; the state is saved in "
                + folder
                + ". Train with bf16, a lower learning rate or a longer warm-up.");
      }
      return;
    }
    unusable = outcome.finite() ? 0 : unusable + 1;
    if (unusable == MAX_UNUSABLE_UPDATES) {
      checkpoints.saveLast(state);
      throw new MosException(
          "the loss was not finite in "
              + unusable
              + " updates in a row, the last one number "
              + update
              + "; these updates were skipped and the state is saved in "
              + folder
              + ". Try a lower learning rate or a longer warm-up.");
    }
  }

  private boolean validationDue(boolean endOfEpoch) {
    return state.update() == config.maxUpdates() || config.intervals().validates(state, endOfEpoch);
  }

  /** The same on all ranks: what they told each other with the last finished update. */
  private boolean stopTold() {
    return ranks.isDistributed() ? told : StopSignal.requested();
  }

  private boolean saveDue() {
    return stopTold() || config.intervals().saves(state);
  }

  /** Whether anything is to be done that needs the parameters after this update. */
  private boolean pauseAfter(boolean endOfEpoch) {
    return endOfEpoch || validationDue(endOfEpoch) || saveDue();
  }

  private void afterUpdate(boolean endOfEpoch, Validator validator) {
    if (validationDue(endOfEpoch)) {
      // Other ranks would go on with theirs: together they stop at updates only.
      lastValidation = validate(validator, () -> !ranks.isDistributed() && StopSignal.requested());
      if (lastValidation.isEmpty()) {
        checkpoints.saveLast(state.withValidationDue(true));
        throw stopped("in the validation after update ");
      }
      if (ranks.first()) {
        metrics.validated(state, lastValidation);
      }
      keepBest();
    }
    if (endOfEpoch && config.intervals().keepLastEpochs() > 0) {
      checkpoints.saveNumbered(state, config.intervals().keepLastEpochs());
    }
    boolean stopped = stopTold();
    // Last, so that whoever resumes from it lacks none of the files above.
    if (stopped || validationDue(endOfEpoch) || saveDue()) {
      checkpoints.saveLast(state);
    }
    if (stopped) {
      // The first serves the others until they have heard of it.
      ranks.barrier();
      throw stopped("after update ");
    }
  }

  private MosException stopped(String when) {
    return new MosException(
        "stopped "
            + when
            + state.update()
            + ", which is saved in "
            + folder
            + "; the same command continues");
  }

  /** Losses by architecture name; empty when it was stopped. */
  private Map<String, ValidationLoss> validate(Validator validator, BooleanSupplier stopped) {
    Map<String, ValidationLoss> losses = new LinkedHashMap<>();
    for (Map.Entry<String, SubTransformer> entry : schedule.validated().entrySet()) {
      Optional<ValidationLoss> loss = validator.loss(model, entry.getValue(), stopped);
      if (loss.isEmpty()) {
        return Map.of();
      }
      losses.put(entry.getKey(), loss.get());
    }
    listener.validated(state.update(), losses);
    return losses;
  }

  /** The mean over the validated architectures decides. */
  private void keepBest() {
    double loss =
        lastValidation.values().stream().mapToDouble(ValidationLoss::loss).average().orElseThrow();
    if (loss < state.bestLoss()) {
      state = state.withBestLoss(loss);
      checkpoints.saveBest(state);
    }
  }
}
