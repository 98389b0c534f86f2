package mos.experiment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import mos.distributed.Processes;
import mos.host.Host;
import mos.results.DoctorFigures;
import mos.tensor.NativeReport;

/**
 * Finds what this program has on a machine, what is wrong there and how to mend it, and tries what
 * training and translation need. Fails of nothing.
 *
 * @param host asks the system
 * @param natives loads libtorch and asks it
 * @param trials what is tried, where libtorch loads
 */
public record MachineCheck(
    Supplier<Host> host, Supplier<NativeReport> natives, Supplier<List<Trial>> trials)
    implements Experiment<DoctorFigures> {

  /** Of this machine. */
  public static MachineCheck here() {
    return new MachineCheck(Host::probe, NativeReport::probe, Trial::all);
  }

  @Override
  public DoctorFigures run(Processes processes) {
    Host machine = host.get();
    NativeReport report = natives.get();
    long cacheFree = freeBytes(report.cache());
    List<Diagnosis.Problem> problems =
        new ArrayList<>(Diagnosis.of(Runtime.version().feature(), machine, report, cacheFree));
    List<Trial.Outcome> outcomes =
        report.error().isEmpty() ? Trial.run(trials.get(), report.cudaAvailable()) : List.of();
    problems.addAll(Diagnosis.ofTrials(outcomes));
    return new DoctorFigures(
        problems.stream().noneMatch(Diagnosis.Problem::error),
        java(),
        new DoctorFigures.Os(
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            System.getProperty("os.arch"),
            machine.glibc()),
        new DoctorFigures.Cpu(
            machine.cpu(), machine.cores(), report.threads(), report.cpuCapability()),
        new DoctorFigures.Memory(machine.memoryBytes(), machine.freeBytes()),
        natives(report, cacheFree),
        new DoctorFigures.Gpu(
            machine.gpus(), report.features().getOrDefault("CUDA", false), report.cudaAvailable()),
        outcomes.stream()
            .map(outcome -> new DoctorFigures.Tried(outcome.what(), outcome.error()))
            .toList(),
        problems.stream()
            .map(
                problem ->
                    new DoctorFigures.Problem(
                        problem.error() ? "error" : "warning", problem.what(), problem.mend()))
            .toList());
  }

  private static DoctorFigures.Java java() {
    return new DoctorFigures.Java(
        System.getProperty("java.version"),
        System.getProperty("java.vendor"),
        System.getProperty("java.home"),
        Runtime.getRuntime().maxMemory());
  }

  private static DoctorFigures.Natives natives(NativeReport report, long cacheFree) {
    return new DoctorFigures.Natives(
        report.platform(),
        report.version(),
        report.error().isEmpty(),
        report.error(),
        report.loadedFrom(),
        report.libtorchFolder(),
        System.getProperty("mos.libtorch", ""),
        report.cache(),
        sizeOf(report.cache()),
        cacheFree,
        report.features());
  }

  private static long freeBytes(String folder) {
    try {
      return folder.isEmpty() ? -1 : Files.getFileStore(Path.of(folder)).getUsableSpace();
    } catch (IOException e) {
      return -1;
    }
  }

  private static long sizeOf(String folder) {
    if (folder.isEmpty()) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(Path.of(folder))) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException | UncheckedIOException e) {
      return -1;
    }
  }
}
