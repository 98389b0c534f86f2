package mos.experiment;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import mos.console.Progress;
import mos.train.ModelDescription;
import mos.train.TrainingListener;
import mos.train.ValidationLoss;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows a training on standard error. */
final class TrainingProgress implements TrainingListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingProgress.class);

  private final String label;
  private final ModelDescription description;
  private final TrainingSetup.Changes changes;
  private Progress progress;
  private long resumedFrom;

  /**
   * @param description what is trained, and with which settings
   * @param changes what of them differs from those that it was begun with
   */
  TrainingProgress(String label, ModelDescription description, TrainingSetup.Changes changes) {
    this.label = label;
    this.description = description;
    this.changes = changes;
  }

  @Override
  public void resumed(long update, ModelDescription begun) {
    resumedFrom = update;
    List<String> changed = changes.between(begun, description);
    if (!changed.isEmpty()) {
      LOG.warn("the training goes on with other settings: {}", String.join("; ", changed));
    }
  }

  @Override
  public void updated(long update, long maxUpdates, double loss) {
    if (progress == null) {
      progress = Progress.resume(label, maxUpdates, resumedFrom);
    }
    progress.update(update, String.format(Locale.ROOT, "loss %.3f", loss));
  }

  @Override
  public void validated(long update, Map<String, ValidationLoss> losses) {
    if (progress != null) {
      StringBuilder line = new StringBuilder("valid at update " + update + ":");
      losses.forEach(
          (name, loss) -> {
            line.append(String.format(Locale.ROOT, " %s %.4f", name, loss.loss()));
            if (loss.bleu() != null) {
              line.append(String.format(Locale.ROOT, " (BLEU %.2f)", loss.bleu()));
            }
          });
      progress.note(line.toString());
    }
  }

  @Override
  public void endedEarly(long update, int validations) {
    if (progress != null) {
      progress.note(
          "ended after update " + update + ": no gain in " + validations + " validations in a row");
    }
  }

  @Override
  public void close() {
    if (progress != null) {
      progress.close();
    }
  }
}
