package mos.experiment;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import mos.base.LineReader;
import mos.base.MosException;

/** Lines that a thread of its own reads while others are worked on, a bounded number of them. */
final class LinesAhead {
  private final LineReader reader;
  private final int most;
  private final Deque<String> lines = new ArrayDeque<>();
  private Throwable failure;
  private boolean ended;

  private LinesAhead(LineReader reader, int most) {
    this.reader = reader;
    this.most = most;
  }

  /**
   * Begins to read.
   *
   * @param most lines that are kept, and given together
   */
  static LinesAhead of(LineReader reader, int most) {
    LinesAhead lines = new LinesAhead(reader, most);
    Thread thread = new Thread(lines::read, "lines");
    thread.setDaemon(true);
    thread.start();
    return lines;
  }

  private void read() {
    Throwable thrown = null;
    try {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        put(line);
      }
    } catch (InterruptedException | RuntimeException | Error e) {
      thrown = e;
    }
    synchronized (lines) {
      failure = thrown;
      ended = true;
      lines.notifyAll();
    }
  }

  private void put(String line) throws InterruptedException {
    synchronized (lines) {
      while (lines.size() >= most) {
        lines.wait();
      }
      lines.add(line);
      lines.notifyAll();
    }
  }

  /**
   * What has been read, one line or more; waits for one.
   *
   * @return empty at the end
   * @throws MosException when the text cannot be read; the lines before were given
   */
  List<String> next() {
    synchronized (lines) {
      while (lines.isEmpty() && !ended) {
        try {
          lines.wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new MosException("interrupted while the input was read", e);
        }
      }
      if (lines.isEmpty() && failure != null) {
        throw failure instanceof RuntimeException known
            ? known
            : new MosException("cannot read " + reader.name() + ": " + failure, failure);
      }
      List<String> some = new ArrayList<>(lines);
      lines.clear();
      lines.notifyAll();
      return some;
    }
  }
}
