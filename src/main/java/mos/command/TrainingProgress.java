package mos.command;

import java.util.Locale;
import java.util.Map;
import mos.console.Progress;
import mos.train.TrainingListener;
import mos.train.ValidationLoss;

/** Shows a training on standard error. */
final class TrainingProgress implements TrainingListener, AutoCloseable {
  private final String label;
  private Progress progress;
  private long resumedFrom;

  TrainingProgress(String label) {
    this.label = label;
  }

  @Override
  public void resumed(long update) {
    resumedFrom = update;
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
          (name, loss) -> line.append(String.format(Locale.ROOT, " %s %.4f", name, loss.loss())));
      progress.note(line.toString());
    }
  }

  @Override
  public void close() {
    if (progress != null) {
      progress.close();
    }
  }
}
