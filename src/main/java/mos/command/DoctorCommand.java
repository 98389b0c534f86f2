package mos.command;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mos.config.Setting;
import mos.config.Settings;
import mos.experiment.MachineCheck;
import mos.results.DoctorFigures;

/** Says what this program finds on a machine, what is wrong there and how to mend it. */
public final class DoctorCommand implements Command<DoctorFigures> {
  @Override
  public String name() {
    return "doctor";
  }

  @Override
  public String description() {
    return "It looks at Java, native libraries, processors, memory and GPUs, and tries what training"
        + " and translation need. Exit code 1 when the program cannot work here.";
  }

  @Override
  public String example() {
    return "doctor";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of();
  }

  @Override
  public Class<DoctorFigures> result() {
    return DoctorFigures.class;
  }

  @Override
  public MachineCheck experiment(Settings settings) {
    return MachineCheck.here();
  }

  @Override
  public boolean succeeded(DoctorFigures figures) {
    return figures.ok();
  }

  @Override
  public String describe(DoctorFigures figures) {
    StringBuilder text = new StringBuilder();
    DoctorFigures.Java java = figures.java();
    line(text, "Java", java.version(), java.vendor(), java.home());
    DoctorFigures.Os system = figures.system();
    line(
        text,
        "System",
        system.name() + " " + system.version(),
        system.arch(),
        system.glibc().isEmpty() ? "" : "glibc " + system.glibc());
    DoctorFigures.Cpu cpu = figures.cpu();
    line(
        text,
        "CPU",
        cpu.model(),
        cpu.cores() + " logical cores",
        cpu.threads() + " threads per tensor operation",
        cpu.capability());
    line(
        text,
        "Memory",
        mebibytes(figures.memory().totalBytes()),
        mebibytes(figures.memory().freeBytes()) + " free",
        mebibytes(java.maxHeapBytes()) + " Java heap at most");
    describe(text, figures.natives());
    DoctorFigures.Gpu gpu = figures.gpu();
    line(
        text,
        "GPU",
        gpu.devices().isEmpty() ? "no device" : gpu.devices().size() + " device(s)",
        gpu.cudaLibraries() ? "libraries for CUDA" : "libraries for CPUs",
        gpu.usable() ? "usable" : "");
    String label = "Tried";
    for (DoctorFigures.Tried tried : figures.tried()) {
      line(text, label, tried.what(), tried.error().isEmpty() ? "works" : "FAILS");
      label = "";
    }
    text.append(figures.problems().isEmpty() ? "Nothing is wrong." : "");
    for (DoctorFigures.Problem problem : figures.problems()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%n%s: %s%n  mend: %s",
              problem.severity(),
              problem.what(),
              problem.mend()));
    }
    return text.toString();
  }

  private static void describe(StringBuilder text, DoctorFigures.Natives natives) {
    if (natives.version().isEmpty()) {
      line(text, "libtorch", "not in this archive");
      return;
    }
    line(
        text,
        "libtorch",
        natives.version() + " for " + natives.platform(),
        natives.loaded() ? "loaded" : "NOT LOADED",
        features(natives.features()));
    line(text, "", "from " + natives.from());
    if (!natives.libtorch().equals(natives.from())) {
      line(text, "", "with the libtorch of " + natives.libtorch());
    }
    line(
        text,
        "",
        "cache " + natives.cache(),
        mebibytes(natives.cacheBytes()),
        mebibytes(natives.cacheFreeBytes()) + " free on its disk");
  }

  private static String features(Map<String, Boolean> features) {
    return features.entrySet().stream()
        .map(entry -> (entry.getValue() ? "+" : "-") + entry.getKey())
        .collect(Collectors.joining(" "));
  }

  private static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%,d MiB", bytes >> 20);
  }

  private static void line(StringBuilder text, String label, String... parts) {
    List<String> present = Stream.of(parts).filter(part -> !part.isBlank()).toList();
    text.append(String.format(Locale.ROOT, "%-9s %s%n", label, String.join(", ", present)));
  }
}
