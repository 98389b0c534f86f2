package mos.train;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import mos.model.SuperTransformer;
import mos.space.SubTransformer;

/** The validations of one training: of all architectures that its schedule names. */
final class Validations {
  private final Validator validator;
  private final SuperTransformer model;
  private final ArchitectureSchedule schedule;
  private final TrainingListener listener;
  private Map<String, ValidationLoss> last = Map.of();

  Validations(
      Validator validator,
      SuperTransformer model,
      ArchitectureSchedule schedule,
      TrainingListener listener) {
    this.validator = validator;
    this.model = model;
    this.schedule = schedule;
    this.listener = listener;
  }

  /**
   * Validates.
   *
   * @param update after which
   * @param stopped asked between batches
   * @return whether it came to its end
   */
  boolean run(long update, BooleanSupplier stopped) {
    Map<String, ValidationLoss> losses = new LinkedHashMap<>();
    for (Map.Entry<String, SubTransformer> entry : schedule.validated().entrySet()) {
      Optional<ValidationLoss> loss = validator.loss(model, entry.getValue(), stopped);
      if (loss.isEmpty()) {
        return false;
      }
      losses.put(entry.getKey(), loss.get());
    }
    listener.validated(update, losses);
    last = losses;
    return true;
  }

  /** Losses of the last one by architecture name; empty before the first. */
  Map<String, ValidationLoss> last() {
    return last;
  }

  /** The mean loss of the last one over the architectures. */
  double meanLoss() {
    return last.values().stream().mapToDouble(ValidationLoss::loss).average().orElseThrow();
  }
}
