package mos.fetch;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Ends a stream from which no byte came for some time: {@code java.net.http} has timeouts for the
 * connection and the answer's head, none for its body.
 */
final class StallGuard extends FilterInputStream {
  private final long timeoutNanos;
  private final ScheduledExecutorService watch;
  private volatile long lastByte = System.nanoTime();
  private volatile boolean stalled;

  StallGuard(InputStream in, Duration timeout) {
    super(in);
    this.timeoutNanos = timeout.toNanos();
    this.watch =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "download-watch");
              thread.setDaemon(true);
              return thread;
            });
    long period = Math.max(1, timeout.toMillis() / 4);
    var unused = watch.scheduleAtFixedRate(this::check, period, period, TimeUnit.MILLISECONDS);
  }

  private void check() {
    if (System.nanoTime() - lastByte > timeoutNanos && !stalled) {
      stalled = true;
      try {
        // Wakes the reader.
        in.close();
      } catch (IOException e) {
        // The reader sees a closed stream all the same.
        watch.shutdown();
      }
    }
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int read;
    try {
      read = in.read(bytes, offset, length);
    } catch (IOException e) {
      throw stalled ? timeout(e) : e;
    }
    if (read < 0 && stalled) {
      throw timeout(null);
    }
    lastByte = System.nanoTime();
    return read;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  private IOException timeout(IOException cause) {
    IOException timeout =
        new HttpTimeoutException("no byte in " + timeoutNanos / 1_000_000 + " ms");
    timeout.initCause(cause);
    return timeout;
  }

  @Override
  public void close() throws IOException {
    watch.shutdownNow();
    in.close();
  }
}
