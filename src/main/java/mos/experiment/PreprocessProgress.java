package mos.experiment;

import mos.console.Progress;
import mos.data.PreprocessListener;

/** Shows preprocessing on standard error. */
public final class PreprocessProgress implements PreprocessListener {
  private Progress progress;

  @Override
  public void started(String what) {
    // The number of lines is known only at the end: texts are streamed.
    progress = Progress.start(what, 0);
  }

  @Override
  public void done(long lines) {
    progress.update(lines, "sentence pairs");
  }

  @Override
  public void finished() {
    progress.close();
  }
}
