package mos.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Stream;
import mos.base.Json;
import mos.config.Setting;
import mos.config.Settings;
import mos.host.Host;
import mos.tensor.NativeReport;

/** Says what this program finds on a machine, what is wrong there and how to mend it. */
public final class DoctorTask implements Command<ObjectNode> {
  private final Supplier<Host> hostProbe;
  private final Supplier<NativeReport> nativeProbe;
  private final Supplier<List<Trial>> trials;

  public DoctorTask() {
    this(Host::probe, NativeReport::probe, Trial::all);
  }

  DoctorTask(
      Supplier<Host> hostProbe, Supplier<NativeReport> nativeProbe, Supplier<List<Trial>> trials) {
    this.hostProbe = hostProbe;
    this.nativeProbe = nativeProbe;
    this.trials = trials;
  }

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
  public Class<ObjectNode> result() {
    return ObjectNode.class;
  }

  @Override
  public ObjectNode run(Settings settings) {
    Host host = hostProbe.get();
    NativeReport natives = nativeProbe.get();
    long cacheFree = freeBytes(natives.cache());
    List<Diagnosis.Problem> problems =
        new ArrayList<>(Diagnosis.of(Runtime.version().feature(), host, natives, cacheFree));
    List<Trial.Outcome> outcomes =
        natives.error().isEmpty() ? Trial.run(trials.get(), natives.cudaAvailable()) : List.of();
    problems.addAll(Diagnosis.ofTrials(outcomes));
    ObjectNode figures = Json.object();
    figures.put("ok", problems.stream().noneMatch(Diagnosis.Problem::error));
    putJava(figures.putObject("java"));
    putHost(figures, host, natives);
    putNatives(figures.putObject("natives"), natives, cacheFree);
    ObjectNode gpu = figures.putObject("gpu");
    gpu.set("devices", Json.tree(host.gpus()));
    gpu.put("cuda_libraries", natives.features().getOrDefault("CUDA", false));
    gpu.put("usable", natives.cudaAvailable());
    ArrayNode tried = figures.putArray("tried");
    for (Trial.Outcome outcome : outcomes) {
      tried.addObject().put("what", outcome.what()).put("error", outcome.error());
    }
    ArrayNode list = figures.putArray("problems");
    for (Diagnosis.Problem problem : problems) {
      list.addObject()
          .put("severity", problem.error() ? "error" : "warning")
          .put("what", problem.what())
          .put("mend", problem.mend());
    }
    return figures;
  }

  private static void putJava(ObjectNode java) {
    java.put("version", System.getProperty("java.version"));
    java.put("vendor", System.getProperty("java.vendor"));
    java.put("home", System.getProperty("java.home"));
    java.put("max_heap_bytes", Runtime.getRuntime().maxMemory());
  }

  private static void putHost(ObjectNode figures, Host host, NativeReport natives) {
    ObjectNode system = figures.putObject("system");
    system.put("name", System.getProperty("os.name"));
    system.put("version", System.getProperty("os.version"));
    system.put("arch", System.getProperty("os.arch"));
    system.put("glibc", host.glibc());
    ObjectNode cpu = figures.putObject("cpu");
    cpu.put("model", host.cpu());
    cpu.put("cores", host.cores());
    cpu.put("threads", natives.threads());
    cpu.put("capability", natives.cpuCapability());
    ObjectNode memory = figures.putObject("memory");
    memory.put("total_bytes", host.memoryBytes());
    memory.put("free_bytes", host.freeBytes());
  }

  private static void putNatives(ObjectNode json, NativeReport natives, long cacheFree) {
    json.put("platform", natives.platform());
    json.put("version", natives.version());
    json.put("loaded", natives.error().isEmpty());
    json.put("error", natives.error());
    json.put("from", natives.loadedFrom());
    json.put("libtorch", natives.libtorchFolder());
    json.put("pytorch", System.getProperty("mos.libtorch", ""));
    json.put("cache", natives.cache());
    json.put("cache_bytes", sizeOf(natives.cache()));
    json.put("cache_free_bytes", cacheFree);
    json.set("features", Json.tree(natives.features()));
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
    } catch (IOException | java.io.UncheckedIOException e) {
      return -1;
    }
  }

  @Override
  public boolean succeeded(ObjectNode figures) {
    return figures.path("ok").asBoolean();
  }

  @Override
  public String describe(ObjectNode figures) {
    StringBuilder text = new StringBuilder();
    JsonNode java = figures.path("java");
    line(text, "Java", word(java, "version"), word(java, "vendor"), word(java, "home"));
    JsonNode system = figures.path("system");
    String glibc = word(system, "glibc");
    line(
        text,
        "System",
        word(system, "name") + " " + word(system, "version"),
        word(system, "arch"),
        glibc.isEmpty() ? "" : "glibc " + glibc);
    JsonNode cpu = figures.path("cpu");
    line(
        text,
        "CPU",
        word(cpu, "model"),
        word(cpu, "cores") + " logical cores",
        word(cpu, "threads") + " threads per tensor operation",
        word(cpu, "capability"));
    JsonNode memory = figures.path("memory");
    line(
        text,
        "Memory",
        Diagnosis.mebibytes(memory.path("total_bytes").asLong()),
        Diagnosis.mebibytes(memory.path("free_bytes").asLong()) + " free",
        Diagnosis.mebibytes(java.path("max_heap_bytes").asLong()) + " Java heap at most");
    describeNatives(text, figures.path("natives"));
    JsonNode gpu = figures.path("gpu");
    line(
        text,
        "GPU",
        gpu.path("devices").isEmpty() ? "no device" : gpu.path("devices").size() + " device(s)",
        gpu.path("cuda_libraries").asBoolean() ? "libraries for CUDA" : "libraries for CPUs",
        gpu.path("usable").asBoolean() ? "usable" : "");
    String label = "Tried";
    for (JsonNode tried : figures.path("tried")) {
      line(text, label, word(tried, "what"), word(tried, "error").isEmpty() ? "works" : "FAILS");
      label = "";
    }
    text.append(figures.path("problems").isEmpty() ? "Nothing is wrong." : "");
    for (JsonNode problem : figures.path("problems")) {
      text.append(
          String.format(
              Locale.ROOT,
              "%n%s: %s%n  mend: %s",
              word(problem, "severity"),
              word(problem, "what"),
              word(problem, "mend")));
    }
    return text.toString();
  }

  private static void describeNatives(StringBuilder text, JsonNode natives) {
    StringBuilder features = new StringBuilder();
    natives
        .path("features")
        .properties()
        .forEach(
            entry ->
                features
                    .append(features.isEmpty() ? "" : " ")
                    .append(entry.getValue().asBoolean() ? "+" : "-")
                    .append(entry.getKey()));
    line(
        text,
        "libtorch",
        word(natives, "version") + " for " + word(natives, "platform"),
        natives.path("loaded").asBoolean() ? "loaded" : "NOT LOADED",
        features.toString());
    line(text, "", "from " + word(natives, "from"));
    if (!word(natives, "libtorch").equals(word(natives, "from"))) {
      line(text, "", "with the libtorch of " + word(natives, "libtorch"));
    }
    line(
        text,
        "",
        "cache " + word(natives, "cache"),
        Diagnosis.mebibytes(natives.path("cache_bytes").asLong()),
        Diagnosis.mebibytes(natives.path("cache_free_bytes").asLong()) + " free on its disk");
  }

  private static String word(JsonNode node, String key) {
    return node.path(key).asText();
  }

  private static void line(StringBuilder text, String label, String... parts) {
    List<String> present = Stream.of(parts).filter(part -> !part.isBlank()).toList();
    text.append(String.format(Locale.ROOT, "%-9s %s%n", label, String.join(", ", present)));
  }
}
