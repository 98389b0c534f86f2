package mos.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import mos.base.AtomicFile;
import mos.base.Json;
import mos.base.MosException;
import mos.base.StopSignal;
import mos.data.BatchOptions;
import mos.data.BatchPlanner;
import mos.data.BatchSource;
import mos.data.ParallelCorpus;
import mos.data.UpdateIterator;
import mos.model.SuperTransformer;
import mos.space.SubTransformer;
import mos.tensor.Scope;
import org.bytedeco.pytorch.Scalar;

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
  private final TrainingSettings settings;
  private final Path folder;
  private final TrainingListener listener;
  private final UpdateStep step;
  private TrainState state = TrainState.START;
  private Map<String, ValidationLoss> lastValidation = Map.of();
  private int unusable;

  /**
   * @param model initialised; trained in place
   * @param folder receives checkpoints and metrics.jsonl
   */
  public Trainer(
      SuperTransformer model,
      ArchitectureSchedule schedule,
      ModelDescription description,
      TrainingSettings settings,
      Path folder,
      TrainingListener listener) {
    this.model = model;
    this.schedule = schedule;
    this.description = description;
    this.settings = settings;
    this.folder = folder;
    this.listener = listener;
    this.step =
        new UpdateStep(
            model,
            settings.dropout(),
            settings.labelSmoothing(),
            settings.precision(),
            settings.seed());
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
        new Validator(valid, settings.maxTokens(), settings.labelSmoothing(), settings.precision());
    try (Adam adam =
        new Adam(
            model.parameters(),
            settings.adamBetas().get(0),
            settings.adamBetas().get(1),
            settings.adamEpsilon(),
            settings.weightDecay())) {
      restore(adam);
      MetricsLog metrics = new MetricsLog(folder.resolve("metrics.jsonl"), state.update());
      if (state.update() < settings.maxUpdates()) {
        try (BatchSource batches = batches(train);
            StopSignal.Saving saving = StopSignal.saving()) {
          while (state.update() < settings.maxUpdates()) {
            update(batches.next(), adam, validator, metrics);
          }
        }
      }
      if (lastValidation.isEmpty()) {
        lastValidation = validate(validator);
      }
      return new Result(state, lastValidation);
    }
  }

  private BatchSource batches(ParallelCorpus train) {
    BatchPlanner planner = new BatchPlanner(train, BatchOptions.ofMaxTokens(settings.maxTokens()));
    UpdateIterator updates =
        new UpdateIterator(planner, settings.seed(), settings.updateFrequency(), state.position());
    return BatchSource.ofPasses(updates, train, settings.tokensPerPass());
  }

  private void restore(Adam adam) {
    Path last = folder.resolve(Checkpoint.LAST);
    if (!Files.exists(last)) {
      return;
    }
    try (Checkpoint checkpoint = Checkpoint.open(last)) {
      ResumeCheck.same(checkpoint.description(), description, last);
      checkpoint.loadParameters(model);
      if (checkpoint.hasOptimizer()) {
        checkpoint.loadOptimizer(adam);
      }
      state = checkpoint.state();
      listener.resumed(state.update());
    }
  }

  private void update(
      BatchSource.Update batch, Adam adam, Validator validator, MetricsLog metrics) {
    long start = System.nanoTime();
    long update = state.update() + 1;
    double rate = settings.learningRate().after(state.update());
    UpdateStep.Outcome outcome;
    try (Scope scope = Scope.open()) {
      outcome = step.run(schedule.trained(update), batch.passes(), update);
      if (outcome.finite()) {
        clip(outcome.gradientNorm());
        adam.step(rate, update);
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    state =
        new TrainState(
            update,
            batch.next(),
            state.bestLoss(),
            state.seconds() + seconds,
            state.targetTokens() + batch.targetTokens());
    countUnusable(outcome, adam);
    listener.updated(update, settings.maxUpdates(), outcome.loss());
    if (update % LOG_INTERVAL == 0 || update == settings.maxUpdates()) {
      metrics.add(line(outcome, rate, batch.targetTokens() / seconds));
    }
    afterUpdate(batch.endOfEpoch(), adam, validator, metrics);
  }

  private void clip(double norm) {
    if (settings.clipNorm() > 0 && norm > settings.clipNorm()) {
      model.parameters().gradients().mul_(new Scalar(settings.clipNorm() / norm));
    }
  }

  private void countUnusable(UpdateStep.Outcome outcome, Adam adam) {
    unusable = outcome.finite() ? 0 : unusable + 1;
    if (unusable == MAX_UNUSABLE_UPDATES) {
      save(Checkpoint.LAST, adam);
      throw new MosException(
          "the loss was not finite in "
              + unusable
              + " updates in a row, the last one number "
              + state.update()
              + "; these updates were skipped and the state is saved in "
              + folder
              + ". Try a lower learning rate or a longer warm-up.");
    }
  }

  private void afterUpdate(boolean endOfEpoch, Adam adam, Validator validator, MetricsLog metrics) {
    boolean last = state.update() == settings.maxUpdates();
    boolean epochDue = endOfEpoch && state.position().epoch() % settings.validateInterval() == 0;
    boolean updatesDue =
        settings.validateIntervalUpdates() > 0
            && state.update() % settings.validateIntervalUpdates() == 0;
    boolean validated = last || epochDue || updatesDue;
    if (validated) {
      lastValidation = validate(validator);
      metrics.add(validationLine());
      keepBest();
    }
    if (endOfEpoch && settings.keepLastEpochs() > 0) {
      keepNumbered();
    }
    // Last, so that whoever resumes from it lacks none of the files above.
    if (validated
        || StopSignal.requested()
        || (settings.saveIntervalUpdates() > 0
            && state.update() % settings.saveIntervalUpdates() == 0)) {
      save(Checkpoint.LAST, adam);
    }
    if (StopSignal.requested()) {
      throw new MosException(
          "stopped after update "
              + state.update()
              + ", which is saved in "
              + folder
              + "; the same command continues");
    }
  }

  private Map<String, ValidationLoss> validate(Validator validator) {
    Map<String, ValidationLoss> losses = new LinkedHashMap<>();
    for (Map.Entry<String, SubTransformer> entry : schedule.validated().entrySet()) {
      losses.put(entry.getKey(), validator.loss(model, entry.getValue()));
    }
    listener.validated(state.update(), losses);
    return losses;
  }

  /** The mean over the validated architectures decides. */
  private void keepBest() {
    double loss =
        lastValidation.values().stream().mapToDouble(ValidationLoss::loss).average().orElseThrow();
    if (loss < state.bestLoss()) {
      state =
          new TrainState(
              state.update(), state.position(), loss, state.seconds(), state.targetTokens());
      save(Checkpoint.BEST, null);
    }
  }

  private void keepNumbered() {
    long epoch = state.position().epoch();
    save("checkpoint" + epoch + ".safetensors", null);
    try {
      Files.deleteIfExists(
          folder.resolve("checkpoint" + (epoch - settings.keepLastEpochs()) + ".safetensors"));
    } catch (IOException e) {
      throw new MosException("cannot delete in " + folder + ": " + AtomicFile.describe(e), e);
    }
  }

  private void save(String name, Adam adam) {
    Checkpoint.save(folder.resolve(name), description, model, adam, state);
  }

  private ObjectNode line(UpdateStep.Outcome outcome, double rate, double tokensPerSecond) {
    ObjectNode line = Json.object();
    line.put("update", state.update());
    line.put("epoch", state.position().epoch());
    line.put("loss", outcome.loss());
    line.put("nll_loss", outcome.nllLoss());
    line.put("ppl", Math.exp(outcome.nllLoss()));
    line.put("lr", rate);
    line.put("grad_norm", outcome.gradientNorm());
    line.put("tokens_per_second", tokensPerSecond);
    line.put("seconds", state.seconds());
    return line;
  }

  private ObjectNode validationLine() {
    ObjectNode line = Json.object();
    line.put("update", state.update());
    line.put("epoch", state.position().epoch());
    ObjectNode valid = line.putObject("valid");
    lastValidation.forEach(
        (name, loss) -> {
          ObjectNode node = valid.putObject(name);
          node.put("loss", loss.loss());
          node.put("nll_loss", loss.nllLoss());
          node.put("ppl", loss.perplexity());
        });
    return line;
  }
}
