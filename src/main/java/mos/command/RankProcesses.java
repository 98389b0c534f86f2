package mos.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.base.StopSignal;
import mos.distributed.LostProcess;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Processes of this host, started together, which find each other; they end with this one. */
final class RankProcesses implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RankProcesses.class);

  /** The process that started this one. */
  static final String LAUNCHER = "MOS_LAUNCHER_PID";

  private static final int SECONDS_TO_STOP = 30;
  private static final int POLL_MS = 50;

  /** From the first process that ends badly to those that end for the same reason. */
  private static final int SETTLE_MS = 1000;

  /** Exit code of a process that lost another; sysexits.h calls it a temporary failure. */
  private static final int LOST = 75;

  private static final int SIGNAL = 128;

  private final List<Process> ranks = new ArrayList<>();
  private final StringBuffer output = new StringBuffer();
  private final Thread reader;

  /**
   * What is left when processes are lost.
   *
   * @param ranks that are lost, with what happened to each; empty when all ended well
   */
  record Loss(Map<Integer, String> ranks) {}

  /**
   * Starts one process for each of {@code gpus}.
   *
   * @param line command line of each
   * @param gpus as CUDA names them in CUDA_VISIBLE_DEVICES, one more often where processes share
   *     it; all empty on the CPU
   */
  RankProcesses(List<String> line, List<String> gpus) throws IOException {
    int port = freePort();
    try {
      for (int rank = 0; rank < gpus.size(); rank++) {
        ranks.add(start(line, gpus, rank, port));
      }
    } catch (IOException e) {
      close();
      throw e;
    }
    reader = read(ranks.get(0));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static Process start(List<String> line, List<String> gpus, int rank, int port)
      throws IOException {
    String size = Integer.toString(gpus.size());
    ProcessBuilder builder = new ProcessBuilder(line);
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("TORCHELASTIC_"));
    environment.put(LAUNCHER, Long.toString(ProcessHandle.current().pid()));
    environment.put(LostProcess.EXIT_CODE, Integer.toString(LOST));
    environment.put("MASTER_ADDR", "127.0.0.1");
    environment.put("MASTER_PORT", Integer.toString(port));
    environment.put("WORLD_SIZE", size);
    environment.put("RANK", Integer.toString(rank));
    List<String> different = gpus.stream().distinct().toList();
    boolean cpu = different.get(0).isEmpty();
    environment.put("LOCAL_RANK", Integer.toString(cpu ? rank : different.indexOf(gpus.get(rank))));
    environment.put("LOCAL_WORLD_SIZE", size);
    if (!cpu) {
      environment.put("CUDA_VISIBLE_DEVICES", String.join(",", different));
    }
    if (rank > 0) {
      // The figures are those of rank 0.
      builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    }
    return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** Keeps the standard output of rank 0. */
  private Thread read(Process process) {
    Thread thread =
        new Thread(
            () -> {
              try (BufferedReader lines =
                  new BufferedReader(
                      new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                lines.lines().forEach(line -> output.append(line).append('\n'));
              } catch (IOException | UncheckedIOException e) {
                LOG.debug("output of rank 0 ended", e);
              }
            },
            "rank-0");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** The last line of rank 0 that is JSON: Gloo itself writes to standard output. */
  String figures() throws InterruptedException {
    reader.join();
    return output.toString().lines().filter(l -> l.startsWith("{")).reduce((a, b) -> b).orElse("");
  }

  /**
   * Waits until all have ended well or one has not.
   *
   * @param elastic whether a lost process is no failure
   * @param timeoutSeconds after which one that the others miss is lost
   * @throws MosException naming the one that failed, or when this process was told to stop
   */
  Loss await(boolean elastic, int timeoutSeconds) throws InterruptedException {
    while (anyAlive()) {
      if (StopSignal.requested()) {
        return stopped();
      }
      if (ended(code -> code != 0).length > 0) {
        break;
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
    }
    if (ended(code -> code != 0).length == 0) {
      return new Loss(Map.of());
    }
    return judge(elastic, timeoutSeconds);
  }

  /** Tells all to stop and waits for them: they save. */
  private Loss stopped() throws InterruptedException {
    try (StopSignal.Saving writing = StopSignal.writing()) {
      ranks.forEach(Process::destroy);
      for (Process process : ranks) {
        process.waitFor();
      }
    }
    if (ended(code -> code != 0).length > 0) {
      throw new MosException("stopped; the same command continues");
    }
    return new Loss(Map.of());
  }

  /** Who failed, and who ended because another did. */
  private Loss judge(boolean elastic, int timeoutSeconds) throws InterruptedException {
    long settle = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SETTLE_MS);
    long end = elastic ? System.nanoTime() + TimeUnit.SECONDS.toNanos(timeoutSeconds) : settle;
    // All that ended so far may have missed one that lives, but does not answer.
    while (anyAlive()
        && System.nanoTime() < (causes().length == 0 ? end : settle)
        && !StopSignal.requested()) {
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
    }
    int[] causes = causes();
    int[] killed = ended(code -> code > SIGNAL);
    int[] silent = IntStream.range(0, ranks.size()).filter(r -> ranks.get(r).isAlive()).toArray();
    Map<Integer, String> lost = new TreeMap<>();
    for (int rank : killed.length > 0 || causes.length > 0 ? killed : silent) {
      lost.put(rank, killed.length > 0 ? how(rank) : "no answer");
    }
    if (!elastic || lost.isEmpty() || lost.size() == ranks.size() || StopSignal.requested()) {
      throw failure(causes.length > 0 ? causes[0] : ended(code -> code != 0)[0]);
    }
    // One that does not answer does not hear that it is to stop, either.
    lost.keySet().forEach(rank -> ranks.get(rank).destroyForcibly());
    return new Loss(lost);
  }

  /** Those that ended badly, and not because another did. */
  private int[] causes() {
    return ended(code -> code != 0 && code != LOST);
  }

  private int[] ended(IntPredicate codes) {
    return IntStream.range(0, ranks.size())
        .filter(rank -> !ranks.get(rank).isAlive() && codes.test(ranks.get(rank).exitValue()))
        .toArray();
  }

  private boolean anyAlive() {
    return ranks.stream().anyMatch(Process::isAlive);
  }

  private String how(int rank) {
    int code = ranks.get(rank).exitValue();
    return code > SIGNAL ? "signal " + (code - SIGNAL) : "exit code " + (code == LOST ? 1 : code);
  }

  private MosException failure(int rank) {
    String what =
        "rank "
            + rank
            + " of "
            + ranks.size()
            + " ended with "
            + how(rank)
            + ", so the others were stopped; its messages are above";
    return ranks.get(rank).exitValue() == 2
        ? new ConfigurationException(what)
        : new MosException(
            what + ". What was finished is kept and whole: the same command continues.");
  }

  /** Lets those that live save, then ends them. */
  @Override
  public void close() {
    ranks.forEach(Process::destroy);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_TO_STOP);
    for (Process process : ranks) {
      try {
        if (!process.waitFor(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS)) {
          process.destroyForcibly();
          process.waitFor();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }
}
