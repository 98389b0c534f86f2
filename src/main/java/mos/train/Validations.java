package mos.train;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import mos.distributed.Ranks;
import mos.model.SuperTransformer;
import mos.space.SubTransformer;

/** The validations of one training: of all architectures that its schedule names. */
final class Validations {
  private final Validator validator;
  private final Optional<ValidationTranslations> translations;
  private final Ranks ranks;
  private final SuperTransformer model;
  private final ArchitectureSchedule schedule;
  private final TrainingListener listener;
  private Map<String, ValidationLoss> last = Map.of();

  /**
   * @param translations what makes them, where BLEU is wanted
   */
  Validations(
      Validator validator,
      Optional<ValidationTranslations> translations,
      Ranks ranks,
      SuperTransformer model,
      ArchitectureSchedule schedule,
      TrainingListener listener) {
    this.validator = validator;
    this.translations = translations;
    this.ranks = ranks;
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
      Optional<ValidationLoss> loss =
          validator
              .loss(model, entry.getValue(), stopped)
              .flatMap(found -> withBleu(found, entry.getValue(), stopped));
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

  /** Means of the last one over the architectures. */
  BestValidation mean() {
    return new BestValidation(
        last.values().stream().mapToDouble(ValidationLoss::loss).average().orElseThrow(),
        translations.isEmpty()
            ? Double.NaN
            : last.values().stream().mapToDouble(ValidationLoss::bleu).average().orElseThrow(),
        0);
  }

  /** Empty when any rank was stopped. */
  private Optional<ValidationLoss> withBleu(
      ValidationLoss loss, SubTransformer architecture, BooleanSupplier stopped) {
    if (translations.isEmpty()) {
      return Optional.of(loss);
    }
    ValidationTranslations some = translations.get();
    Optional<double[]> share = some.sums(model, architecture, ranks.rank(), ranks.size(), stopped);
    double[] sums = ranks.sum(share.orElseGet(() -> new double[some.length()]));
    boolean all = ranks.sum(share.isPresent() ? 0 : 1)[0] == 0;
    return all ? Optional.of(loss.with(some.bleu(sums))) : Optional.empty();
  }
}
