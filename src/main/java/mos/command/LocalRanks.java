package mos.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import mos.base.Json;
import mos.base.MosException;
import mos.base.StopSignal;
import mos.command.settings.MachineSettings;
import mos.command.settings.TrainingSettings;
import mos.config.Setting;
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
 * stopped and it is named; an elastic command goes on without one that is lost.
 */
final class LocalRanks {
  private static final Logger LOG = LoggerFactory.getLogger(LocalRanks.class);
  private static final String SEARCH = new EvoSearchCommand().name();

  private final String command;
  private final Settings settings;
  private final int size;
  private final boolean elastic;

  /** Processes that share a GPU. */
  private final int parallel;

  /** Options beside the settings. */
  private final Map<String, String> others = new LinkedHashMap<>();

  LocalRanks(Command<?> command, Settings settings) {
    this(command, settings, 1);
  }

  private LocalRanks(Command<?> command, Settings settings, int parallel) {
    this.command = command.name();
    this.settings = settings;
    this.elastic = isElastic(command, settings);
    this.size = Math.multiplyExact(of(settings), parallel);
    this.parallel = parallel;
  }

  private LocalRanks(String command, Settings settings) {
    this.command = command;
    this.settings = settings;
    this.elastic = false;
    this.size = 1;
    this.parallel = 1;
  }

  /** One process beside this one, so that what it takes is the command's alone. */
  static LocalRanks ofOne(Command<?> command, Settings settings) {
    return new LocalRanks(command.name(), settings);
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
    Optional<Launch> place = place();
    Optional<Integer> microBatches =
        isElastic(command, settings) ? sharedMicroBatches(command, settings) : Optional.empty();
    if (place.isPresent() && microBatches.isPresent()) {
      throw settings.error(
          TrainingSettings.UPDATE_FREQ_TOTAL,
          "none",
          "a number with elastic, so that updates stay the same with fewer processes");
    }
    int parallel =
        reads(command, MachineSettings.PARALLEL) ? settings.get(MachineSettings.PARALLEL) : 1;
    if (place.isPresent() && System.getenv(RankProcesses.LAUNCHER) == null && parallel > 1) {
      throw settings.error(
          MachineSettings.PARALLEL, "1 where another program started the processes (RANK is set)");
    }
    if (place.isEmpty() && command.starts() && parallel * of(settings) > 1) {
      LocalRanks ranks = new LocalRanks(command, settings, parallel);
      microBatches.ifPresent(
          all -> ranks.with(TrainingSettings.UPDATE_FREQ_TOTAL.key(), Integer.toString(all)));
      return ranks.run(command.result());
    }
    boolean sharded =
        reads(command, MachineSettings.ZERO_SHARDING)
            && settings.get(MachineSettings.ZERO_SHARDING).equals("os");
    return experiment.run(
        new Processes(place, settings.get(MachineSettings.DISTRIBUTED_TIMEOUT), sharded));
  }

  private static boolean isElastic(Command<?> command, Settings settings) {
    return reads(command, MachineSettings.ELASTIC) && settings.get(MachineSettings.ELASTIC);
  }

  private static boolean reads(Command<?> command, Setting<?> setting) {
    return command.settings().contains(setting);
  }

  /** Micro-batches of an elastic training's update, where only those of one process are given. */
  private static Optional<Integer> sharedMicroBatches(Command<?> command, Settings settings) {
    return command instanceof TrainingCommand && !settings.has(TrainingSettings.UPDATE_FREQ_TOTAL)
        ? Optional.of(Math.multiplyExact(settings.get(TrainingSettings.UPDATE_FREQ), of(settings)))
        : Optional.empty();
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
    String launcher = System.getenv(RankProcesses.LAUNCHER);
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
    int timeoutSeconds = elastic ? settings.get(MachineSettings.DISTRIBUTED_TIMEOUT) : 0;
    List<String> gpus = gpus();
    try (StopSignal.Saving saving = StopSignal.saving()) {
      while (true) {
        try (RankProcesses processes = new RankProcesses(line(gpus.size()), gpus)) {
          RankProcesses.Loss loss = processes.await(elastic, timeoutSeconds);
          if (loss.ranks().isEmpty()) {
            return (ObjectNode) Json.parse(processes.figures(), "figures of rank 0");
          }
          gpus = left(gpus, loss);
        }
        if (StopSignal.requested()) {
          throw new MosException("stopped; the same command continues");
        }
      }
    } catch (IOException e) {
      throw new MosException("cannot start the processes: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MosException("interrupted while processes were at work", e);
    }
  }

  private static List<String> left(List<String> gpus, RankProcesses.Loss loss) {
    List<String> left = new ArrayList<>();
    for (int rank = 0; rank < gpus.size(); rank++) {
      String how = loss.ranks().get(rank);
      if (how == null) {
        left.add(gpus.get(rank));
      } else {
        LOG.warn("rank {} of {} is lost: {}", rank, gpus.size(), how);
      }
    }
    LOG.warn("{} of {} processes go on from what is saved", left.size(), gpus.size());
    return left;
  }

  /** One for each process; nameless on the CPU, and for one that chooses as this one does. */
  private List<String> gpus() {
    if (size == 1 || settings.get(MachineSettings.DEVICE).equals("cpu")) {
      return Collections.nCopies(size, "");
    }
    String visible = System.getenv().getOrDefault("CUDA_VISIBLE_DEVICES", "");
    List<String> names =
        visible.isBlank()
            ? IntStream.range(0, size).mapToObj(Integer::toString).toList()
            : List.of(visible.strip().split("\\s*,\\s*"));
    return IntStream.range(0, size).mapToObj(rank -> names.get(rank / parallel)).toList();
  }

  /** The command line of each of {@code processes}. */
  private List<String> line(int processes) {
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
      int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / processes);
      line.addAll(List.of("--threads", Integer.toString(threads)));
    }
    line.add("--json");
    return line;
  }
}
