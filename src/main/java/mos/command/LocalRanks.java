package mos.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import mos.base.ConfigurationException;
import mos.base.Json;
import mos.base.MosException;
import mos.base.StopSignal;
import mos.command.settings.MachineSettings;
import mos.config.Settings;
import mos.distributed.Launch;
import mos.distributed.Processes;
import mos.experiment.Experiment;
import mos.results.ResultJson;
import mos.tensor.Native;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a command in several processes of this host and waits for them. When one fails, all are
 * stopped and it is named.
 */
final class LocalRanks {
  private static final Logger LOG = LoggerFactory.getLogger(LocalRanks.class);
  private static final int SECONDS_TO_STOP = 30;
  private static final int POLL_MS = 50;
  private static final String LAUNCHER = "MOS_LAUNCHER_PID";
  private static final String SEARCH = new EvoSearchCommand().name();

  private final String command;
  private final Settings settings;
  private final int size;

  /** Options beside the settings. */
  private final Map<String, String> others = new LinkedHashMap<>();

  LocalRanks(String command, Settings settings) {
    this(command, settings, of(settings));
  }

  private LocalRanks(String command, Settings settings, int size) {
    this.command = command;
    this.settings = settings;
    this.size = size;
  }

  /** One process beside this one, so that what it takes is the command's alone. */
  static LocalRanks ofOne(String command, Settings settings) {
    return new LocalRanks(command, settings, 1);
  }

  /**
   * Runs a command in the processes that there are: those of torchrun's variables, those that
   * {@code num-gpus} asks for, or this one.
   */
  static <R> R run(Command<R> command, Settings settings) {
    // Settings that contradict each other are known before processes start.
    Experiment<R> experiment = command.experiment(settings);
    if (!command.shared()) {
      return experiment.run();
    }
    Processes processes = new Processes(place(), settings.get(MachineSettings.DISTRIBUTED_TIMEOUT));
    if (processes.place().isEmpty() && command.starts() && of(settings) > 1) {
      return new LocalRanks(command.name(), settings).run(command.result());
    }
    return experiment.run(processes);
  }

  /** Gives the processes one more option, in place of what the settings say. */
  LocalRanks with(String key, String value) {
    others.put(key, value);
    return this;
  }

  /**
   * This process's place among others, if it has one. What {@link #run} started ends with the
   * process that did, be that killed.
   */
  static Optional<Launch> place() {
    String launcher = System.getenv(LAUNCHER);
    if (launcher != null) {
      ProcessHandle.of(Long.parseLong(launcher))
          .ifPresentOrElse(process -> process.onExit().thenRun(LocalRanks::halt), LocalRanks::halt);
    }
    return Launch.of(System.getenv());
  }

  /** Whether processes are to be started: this one is none of several, which are asked for. */
  static boolean starts(Settings settings) {
    return place().isEmpty() && of(settings) > 1;
  }

  private static void halt() {
    LOG.error("the process that started this one was killed");
    Runtime.getRuntime().halt(1);
  }

  /** How many processes a training gets: one for each GPU, on the CPU those that are asked for. */
  static int of(Settings settings) {
    if (!settings.has(MachineSettings.NUM_GPUS)) {
      return 1;
    }
    int asked = settings.get(MachineSettings.NUM_GPUS);
    String device = settings.get(MachineSettings.DEVICE);
    if (device.equals("cpu")) {
      return Math.max(1, asked);
    }
    return device.matches("auto|cuda") && asked > 1 ? Math.min(asked, Native.gpus()) : 1;
  }

  /** The result of rank 0. */
  <R> R run(Class<R> result) {
    return ResultJson.as(run(), result, command);
  }

  /** The figures of rank 0. */
  ObjectNode run() {
    List<Process> ranks = new ArrayList<>();
    StringBuffer figures = new StringBuffer();
    try (StopSignal.Saving saving = StopSignal.saving()) {
      int port = freePort();
      for (int rank = 0; rank < size; rank++) {
        ranks.add(start(rank, port));
      }
      Thread reader = read(ranks.get(0), figures);
      await(ranks);
      reader.join();
    } catch (IOException e) {
      throw new MosException("cannot start the processes: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MosException("interrupted while processes were at work", e);
    } finally {
      stop(ranks);
    }
    // Gloo itself writes to standard output.
    String line =
        figures.toString().lines().filter(l -> l.startsWith("{")).reduce((a, b) -> b).orElse("");
    return (ObjectNode) Json.parse(line, "figures of rank 0");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private Process start(int rank, int port) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), "mos.cli.Main", command));
    for (Path file : settings.files()) {
      line.addAll(List.of("--configs", file.toString()));
    }
    Map<String, String> options = new LinkedHashMap<>(settings.overrides());
    options.putAll(others);
    options.forEach((key, value) -> line.addAll(List.of("--" + key, value)));
    // A search measures latency with all threads, in one process at a time.
    if (size > 1 && !settings.has(MachineSettings.THREADS) && !command.equals(SEARCH)) {
      int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / size);
      line.addAll(List.of("--threads", Integer.toString(threads)));
    }
    line.add("--json");
    ProcessBuilder builder = new ProcessBuilder(line);
    Map<String, String> environment = builder.environment();
    environment.put(LAUNCHER, Long.toString(ProcessHandle.current().pid()));
    environment.put("MASTER_ADDR", "127.0.0.1");
    environment.put("MASTER_PORT", Integer.toString(port));
    environment.put("WORLD_SIZE", Integer.toString(size));
    environment.put("RANK", Integer.toString(rank));
    environment.put("LOCAL_RANK", Integer.toString(rank));
    environment.put("LOCAL_WORLD_SIZE", Integer.toString(size));
    if (rank > 0) {
      // The figures are those of rank 0.
      builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    }
    return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** Keeps the standard output of rank 0. */
  private static Thread read(Process process, StringBuffer output) {
    Thread thread =
        new Thread(
            () -> {
              try (BufferedReader reader =
                  new BufferedReader(
                      new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                reader.lines().forEach(line -> output.append(line).append('\n'));
              } catch (IOException | UncheckedIOException e) {
                LOG.debug("output of rank 0 ended", e);
              }
            },
            "rank-0");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void await(List<Process> ranks) throws InterruptedException {
    boolean told = false;
    while (ranks.stream().anyMatch(Process::isAlive)) {
      if (StopSignal.requested() && !told) {
        told = true;
        ranks.forEach(Process::destroy);
      }
      for (int rank = 0; rank < size; rank++) {
        Process process = ranks.get(rank);
        if (!told && !process.isAlive() && process.exitValue() != 0) {
          throw failure(rank, process.exitValue());
        }
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
    }
    for (int rank = 0; rank < size; rank++) {
      int code = ranks.get(rank).exitValue();
      if (code != 0) {
        throw told ? new MosException("stopped; the same command continues") : failure(rank, code);
      }
    }
  }

  private MosException failure(int rank, int code) {
    String ended = " ended with " + (code > 128 ? "signal " + (code - 128) : "exit code " + code);
    String what =
        size == 1
            ? "the process of " + command + ended + "; its messages are above"
            : "rank "
                + rank
                + " of "
                + size
                + ended
                + ", so the others were stopped; its messages are above";
    return code == 2
        ? new ConfigurationException(what)
        : new MosException(
            what + ". What was finished is kept and whole: the same command continues.");
  }

  /** Lets those that live save, then ends them. */
  private static void stop(List<Process> ranks) {
    ranks.forEach(Process::destroy);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_TO_STOP);
    for (Process process : ranks) {
      try {
        if (!process.waitFor(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }
}
