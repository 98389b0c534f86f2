package mos.distributed;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import mos.base.MosException;
import mos.tensor.Native;
import mos.tensor.Scope;
import org.bytedeco.javacpp.SizeTPointer;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.PrefixStore;
import org.bytedeco.pytorch.Store;
import org.bytedeco.pytorch.StringVector;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;

/**
 * Keys and values that all ranks see, kept by rank 0 or by torchrun. libtorch waits for an answer
 * without end when the link is cut, so everything is asked on a thread of its own, and given up in
 * time.
 */
final class RankStore implements AutoCloseable {
  /** How many ranks but the first have left. */
  private static final String LEFT = "left";

  private static final int POLL_MS = 20;

  private final Launch launch;
  private final int timeoutSeconds;
  private final String where;
  private final TCPStore server;
  private final Store store;
  private final ScheduledExecutorService thread;
  private boolean lost;

  /**
   * Meets the others.
   *
   * @param timeoutSeconds that they may take to come, and later each answer
   * @throws MosException when they do not come in time
   */
  RankStore(Launch launch, int timeoutSeconds) {
    Native.load();
    this.launch = launch;
    this.timeoutSeconds = timeoutSeconds;
    this.where =
        "rank " + launch.rank() + " of " + launch.size() + " (" + localAddress(launch) + ")";
    try (Milliseconds timeout = new Milliseconds(timeoutSeconds * 1000L);
        SizeTPointer size = new SizeTPointer(1).put(launch.size());
        TCPStoreOptions options = new TCPStoreOptions()) {
      options
          .port((short) launch.port())
          .isServer(launch.rank() == 0 && !launch.hasAgent())
          .numWorkers(size)
          .timeout(timeout);
      server = new TCPStore(launch.address(), options);
      store = launch.hasAgent() ? new PrefixStore(launch.agent(), server) : server;
    } catch (RuntimeException e) {
      throw notMet(e);
    }
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread daemon = new Thread(work, "rank-store");
              daemon.setDaemon(true);
              return daemon;
            });
  }

  /** This rank, for messages. */
  String where() {
    return where;
  }

  /** That an answer may take. */
  int timeoutSeconds() {
    return timeoutSeconds;
  }

  Store store() {
    return store;
  }

  MosException notMet(RuntimeException e) {
    return new LostProcess(
        where
            + ": the processes did not meet at "
            + launch.address()
            + ":"
            + launch.port()
            + " within "
            + timeoutSeconds
            + " s ("
            + firstLine(e)
            + "); is rank 0 running there, are all "
            + launch.size()
            + " started and is the port open?",
        e);
  }

  static String firstLine(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("no message");
  }

  /** The address of this host that faces rank 0. */
  static String localAddress(Launch launch) {
    try (DatagramSocket socket = new DatagramSocket()) {
      InetAddress first = InetAddress.getByName(launch.address());
      socket.connect(new InetSocketAddress(first, launch.port()));
      return socket.getLocalAddress().getHostAddress();
    } catch (IOException | RuntimeException e) {
      throw new MosException(
          "MASTER_ADDR: cannot find a way to " + launch.address() + ": " + e.getMessage(), e);
    }
  }

  void set(String key, String value) {
    // Strings cross to the native side in the system's own character set.
    String ascii = URLEncoder.encode(value, StandardCharsets.UTF_8);
    ask(
        () -> {
          store.set(key, ascii);
          return null;
        });
  }

  /** Null when there is none. */
  String get(String key) {
    String ascii = ask(() -> has(key) ? store.get_to_str(key) : null);
    return ascii == null ? null : URLDecoder.decode(ascii, StandardCharsets.UTF_8);
  }

  private boolean has(String key) {
    try (StringVector keys = new StringVector(key)) {
      return store.check(keys);
    }
  }

  /** Adds to a number, which begins as 0, and returns it. */
  long add(String key, long summand) {
    return ask(() -> store.add(key, summand));
  }

  /** Adds 1 to {@code key} every {@code seconds}, until closed. */
  void beat(String key, int seconds) {
    thread.scheduleAtFixedRate(
        () -> {
          // Of a store that is lost the next question hears.
          store.add(key, 1);
        },
        0,
        seconds,
        TimeUnit.SECONDS);
  }

  /**
   * This rank needs the store no more. Rank 0, who keeps it, waits until the others do not, either.
   *
   * @param seconds that it waits at most
   */
  void leave(int seconds) {
    if (launch.rank() > 0) {
      add(LEFT, 1);
      return;
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (add(LEFT, 0) < launch.size() - 1 && System.nanoTime() < end) {
      sleep(POLL_MS);
    }
  }

  private <T> T ask(Callable<T> question) {
    try {
      return thread
          .submit(
              () -> {
                try (Scope scope = Scope.open()) {
                  return question.call();
                }
              })
          .get(timeoutSeconds, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      lost = true;
      throw unreachable(firstLine(e.getCause()), e.getCause());
    } catch (TimeoutException e) {
      lost = true;
      throw unreachable("no answer within " + timeoutSeconds + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MosException(where + ": interrupted", e);
    }
  }

  /** Pauses while another process is waited for. */
  static void sleep(int ms) {
    try {
      TimeUnit.MILLISECONDS.sleep(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MosException("interrupted while waiting for another process", e);
    }
  }

  private MosException unreachable(String why, Throwable cause) {
    return new LostProcess(
        where
            + ": rank 0 ended or cannot be reached at "
            + launch.address()
            + ":"
            + launch.port()
            + " ("
            + why
            + "); see its messages. What was finished is kept: start all again to continue.",
        cause);
  }

  @Override
  public void close() {
    thread.shutdownNow();
    try {
      // A question that hangs holds the store; it ends with the process.
      if (!lost && thread.awaitTermination(1, TimeUnit.SECONDS)) {
        if (store != server) {
          store.close();
        }
        server.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
