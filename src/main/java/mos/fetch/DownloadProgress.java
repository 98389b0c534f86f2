package mos.fetch;

import mos.console.Progress;

/** Shows a download over all its tries as one stage, in bytes. */
final class DownloadProgress implements AutoCloseable {
  private final String label;
  private Progress progress;

  DownloadProgress(String label) {
    this.label = label;
  }

  void begin(long total, long present) {
    if (progress == null) {
      progress = Progress.resume(label, total, present);
    }
    progress.update(present, "bytes");
  }

  void at(long bytes) {
    progress.update(bytes, "bytes");
  }

  void note(String line) {
    if (progress == null) {
      progress = Progress.start(label, -1);
    }
    progress.note(line);
  }

  @Override
  public void close() {
    if (progress != null) {
      progress.close();
    }
  }
}
