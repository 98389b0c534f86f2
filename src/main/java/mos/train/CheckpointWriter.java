package mos.train;

import java.util.ArrayDeque;
import java.util.Queue;
import mos.base.MosException;
import mos.base.StopSignal;
import mos.tensor.Devices;
import org.bytedeco.pytorch.Device;

/**
 * Writes files in a thread of its own, one after the other in the order in which they were given.
 * After one that failed none is written, so that no file is there without those before it; whoever
 * asks next hears of it.
 */
final class CheckpointWriter implements AutoCloseable {
  private final Queue<Runnable> files = new ArrayDeque<>();
  private final Thread thread;
  private final Device device;
  private Throwable failure;
  private boolean closed;

  /**
   * @param device that files may be copied from
   */
  CheckpointWriter(Device device) {
    this.device = device;
    thread = new Thread(this::work, "checkpoints");
    thread.setDaemon(true);
    thread.start();
  }

  /** Gives one more file to write. */
  synchronized void write(Runnable file) {
    check();
    files.add(file);
    notifyAll();
  }

  /**
   * Waits until all are written.
   *
   * @throws MosException when one was not
   */
  synchronized void await() {
    try {
      while (!files.isEmpty()) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MosException("interrupted while a checkpoint was written", e);
    }
    check();
  }

  /**
   * Does not wait.
   *
   * @throws MosException when a file was not written
   */
  synchronized void check() {
    if (failure instanceof MosException told) {
      throw told;
    }
    if (failure != null) {
      throw new MosException("a checkpoint was not written: " + failure, failure);
    }
  }

  private void work() {
    // Each thread has one of its own.
    Devices.use(device);
    for (Runnable file = next(); file != null; file = next()) {
      try (StopSignal.Saving writing = StopSignal.writing()) {
        file.run();
        written(null);
      } catch (RuntimeException | Error e) {
        written(e);
      }
    }
  }

  /** The oldest, which stays until it is written; null when there will be none. */
  private synchronized Runnable next() {
    try {
      while (files.isEmpty()) {
        if (closed) {
          return null;
        }
        wait();
      }
      return files.element();
    } catch (InterruptedException e) {
      return null;
    }
  }

  private synchronized void written(Throwable failed) {
    if (failed == null) {
      files.remove();
    } else {
      failure = failed;
      files.clear();
    }
    notifyAll();
  }

  /** Waits until all are written; of a failure hears who asked before. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
