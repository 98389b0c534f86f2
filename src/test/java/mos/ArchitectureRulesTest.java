package mos;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.FileOutputStream;
import java.io.FileWriter;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;

/** The arrows between packages, and what no class may do. */
@AnalyzeClasses(packages = "mos", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureRulesTest {
  private static final Set<String> MODEL = Set.of("nn", "tensor", "space");

  /** What experiments, and commands, are made of. */
  private static final List<String> EXPERIMENTS =
      List.of(
          "host",
          "model",
          "kernel",
          "data",
          "text",
          "metrics",
          "sample",
          "fetch",
          "search",
          "console",
          "distributed",
          "train",
          "beam",
          "translate",
          "translation",
          "latency",
          "onnx",
          "port",
          "results");

  /** Which packages each may use, beside itself and base; cli may use all. */
  private static final Map<String, Set<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("base", Set.of()),
          Map.entry("config", Set.of()),
          Map.entry("data", Set.of("results")),
          Map.entry("text", Set.of()),
          Map.entry("metrics", Set.of()),
          Map.entry("sample", Set.of()),
          Map.entry("console", Set.of()),
          Map.entry("fetch", Set.of("console")),
          Map.entry("space", Set.of("config")),
          Map.entry("search", Set.of("space")),
          Map.entry("web", Set.of()),
          Map.entry(
              "report", Set.of("web", "console", "space", "search", "metrics", "results", "host")),
          Map.entry("host", Set.of()),
          Map.entry("tensor", Set.of("host")),
          Map.entry("nn", Set.of("tensor")),
          Map.entry("beam", Set.of("space", "data")),
          Map.entry("kernel", Set.of("nn", "tensor", "beam")),
          Map.entry("model", with(MODEL, "kernel")),
          Map.entry("packed", with(MODEL, "model", "kernel", "data")),
          Map.entry("distributed", Set.of("tensor")),
          Map.entry(
              "train", with(MODEL, "distributed", "model", "data", "kernel", "packed", "results")),
          Map.entry("translate", with(MODEL, "model", "data", "text", "kernel", "beam")),
          Map.entry("latency", with(MODEL, "host", "model", "translate", "kernel", "results")),
          Map.entry("onnx", Set.of("space")),
          Map.entry("port", with(MODEL, "model", "data", "train", "latency", "onnx")),
          Map.entry(
              "translation",
              with(
                  MODEL, "model", "data", "text", "train", "beam", "translate", "port", "results")),
          Map.entry(
              "parity",
              with(
                  MODEL,
                  "model",
                  "data",
                  "train",
                  "beam",
                  "translate",
                  "text",
                  "kernel",
                  "packed",
                  "results")),
          Map.entry("results", Set.of("space", "host")),
          Map.entry("experiment", with(MODEL, EXPERIMENTS, "experiment")),
          Map.entry("command.settings", with(MODEL, EXPERIMENTS, "config", "experiment")),
          Map.entry(
              "command", with(MODEL, EXPERIMENTS, "config", "experiment", "command.settings")),
          Map.entry(
              "run",
              with(
                  MODEL,
                  EXPERIMENTS,
                  "config",
                  "experiment",
                  "command",
                  "command.settings",
                  "report")),
          Map.entry(
              "serve",
              with(
                  MODEL,
                  EXPERIMENTS,
                  "config",
                  "experiment",
                  "command",
                  "command.settings",
                  "report",
                  "web")));

  private static final String[] WITHOUT_LIBTORCH =
      Stream.of(
              "base", "config", "data", "text", "metrics", "sample", "fetch", "space", "search",
              "console", "report", "results", "host", "web", "cli", "beam", "onnx")
          .map(name -> "mos." + name + "..")
          .toArray(String[]::new);

  private static Set<String> with(Set<String> some, List<String> others, String... more) {
    Set<String> all = with(some, more);
    all.addAll(others);
    return all;
  }

  private static Set<String> with(Set<String> some, String... more) {
    Set<String> all = new TreeSet<>(some);
    all.addAll(Set.of(more));
    return all;
  }

  @ArchTest
  static void packagesUseOnlyThoseBelowThem(JavaClasses classes) {
    MAY_USE.forEach(
        (name, allowed) -> {
          String[] targets =
              Stream.concat(Stream.of(name, "base"), allowed.stream())
                  .map(target -> "mos." + target + "..")
                  .toArray(String[]::new);
          noClasses()
              .that()
              .resideInAPackage("mos." + name + "..")
              .should()
              .dependOnClassesThat(
                  resideInAPackage("mos..")
                      .and(DescribedPredicate.not(resideInAnyPackage(targets))))
              .allowEmptyShould(true)
              .check(classes);
        });
  }

  /** Work gets typed configurations; `space` reads its own two kinds of files. */
  @ArchTest
  static final ArchRule SETTINGS_ARE_READ_BY_COMMANDS_ALONE =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "mos.command..", "mos.run..", "mos.cli..", "mos.config..", "mos.space..")
          .and()
          .doNotHaveFullyQualifiedName("mos.serve.ServeCommand")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("mos.config..");

  @ArchTest
  static void everyPackageHasItsPlace(JavaClasses classes) {
    Set<String> found = new TreeSet<>();
    classes.forEach(c -> found.add(c.getPackageName().replaceFirst("^mos\\.", "")));
    found.remove("cli");
    assertThat(MAY_USE.keySet()).containsAll(found);
  }

  @ArchTest
  static final ArchRule NO_CYCLES = slices().matching("mos.(*)..").should().beFreeOfCycles();

  /** What a file says is told by the records of {@code results}, to who writes and who reads. */
  @ArchTest
  static final ArchRule REPORT_KNOWS_NO_JSON =
      noClasses()
          .that()
          .resideInAPackage("mos.report..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.fasterxml.jackson..", "org.snakeyaml..")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("mos.base.Json");

  /** A name is of one thing: what a page makes of a result is not called as the result is. */
  @ArchTest
  static void reportHasNoSecondNameForAResult(JavaClasses classes) {
    Set<String> results = new TreeSet<>();
    classes.stream()
        .filter(c -> Set.of("mos.results", "mos.search").contains(c.getPackageName()))
        .filter(JavaClass::isTopLevelClass)
        .forEach(c -> results.add(c.getSimpleName()));
    results.remove("package-info");
    assertThat(
            classes.stream()
                .filter(c -> c.getPackageName().equals("mos.report"))
                .filter(c -> results.contains(c.getSimpleName()))
                .map(JavaClass::getName))
        .isEmpty();
  }

  @ArchTest
  static final ArchRule LIBTORCH_ONLY_WHERE_TENSORS_ARE =
      noClasses()
          .that()
          .resideInAnyPackage(WITHOUT_LIBTORCH)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.bytedeco..");

  @ArchTest
  static final ArchRule NATIVE_MEMORY_ONLY_IN_TENSOR =
      noClasses()
          .that()
          .resideOutsideOfPackage("mos.tensor")
          .should()
          .dependOnClassesThat()
          .areAssignableTo(PointerScope.class);

  /**
   * Randomness has a seed; a generator is given one when it is made. Only downloads want waits that
   * differ from machine to machine.
   */
  @ArchTest
  static final ArchRule NO_RANDOMNESS_WITHOUT_SEED =
      noClasses()
          .that()
          .resideOutsideOfPackage("mos.fetch..")
          .should()
          .callMethod(Math.class, "random")
          .orShould()
          .callConstructor(Random.class)
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(ThreadLocalRandom.class);

  @ArchTest
  static final ArchRule NO_JAVA_SERIALISATION =
      noClasses()
          .should()
          .dependOnClassesThat()
          .areAssignableTo(ObjectOutputStream.class)
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(ObjectInputStream.class);

  /** What generate makes is text for standard output, in fairseq's form. */
  @ArchTest
  static final ArchRule STANDARD_STREAMS_ONLY_IN_CLI_AND_CONSOLE =
      noClasses()
          .that()
          .resideOutsideOfPackages("mos.cli..", "mos.console..")
          .and()
          .doNotHaveFullyQualifiedName("mos.command.GenerateCommand")
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");

  /**
   * The wall clock may jump: durations are of the monotonic one. A lock only shows its age, a check
   * of the constraint when it was made, and TensorBoard has an axis of wall times.
   */
  @ArchTest
  static final ArchRule NO_DURATIONS_BY_THE_WALL_CLOCK =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("mos.base.FolderLock")
          .and()
          .doNotHaveFullyQualifiedName("mos.experiment.ConstraintCheck")
          .and()
          .doNotHaveFullyQualifiedName("mos.train.MetricsLog")
          .should()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(Instant.class, "now")
          .orShould()
          .callConstructor(Date.class);

  /**
   * Nothing that is read can name what is run: doctor's fixed commands are in command and host, and
   * the runner that a user names on the command line is a class of its own.
   */
  @ArchTest
  static final ArchRule NOTHING_IS_RUN_BY_NAME =
      noClasses()
          .that()
          .resideOutsideOfPackage("mos.command")
          .and()
          .doNotHaveFullyQualifiedName("mos.latency.CommandRunner")
          .and()
          .doNotHaveFullyQualifiedName("mos.host.Host")
          .should()
          .dependOnClassesThat()
          .areAssignableTo(ProcessBuilder.class)
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(ClassLoader.class)
          .orShould()
          .callMethod(Runtime.class, "exec", String.class)
          .orShould()
          .callMethod(Runtime.class, "exec", String[].class)
          .orShould()
          .callMethod(Class.class, "forName", String.class);

  /** Who may open files for writing beside {@code base}, and why. */
  private static final Map<String, String> WRITERS =
      Map.ofEntries(
          entry("mos.tensor.SafeTensorsWriter", "fills AtomicFile's temporary file"),
          entry("mos.tensor.LibraryCache", "makes a folder for libraries, of the user's own"),
          entry("mos.data.CorpusWriter", "fills AtomicFile's temporary file"),
          entry(
              "mos.data.ContinuedFile", "grows in the folder of a preparation that is unfinished"),
          entry("mos.text.SentencePieceModel", "makes the temporary folder of a native library"),
          entry("mos.fetch.SafeArchive", "moves its temporary folder into place"),
          entry("mos.fetch.UnpackedFolder", "makes new files in that temporary folder"),
          entry("mos.fetch.PartFile", "continues a download, of a name from AtomicFile"),
          entry("mos.latency.LatencyDataset", "adds rows, to a file from AtomicFile"),
          entry("mos.latency.CommandRunner", "has a temporary folder of its own"),
          entry(
              "mos.command.GenerateCommand",
              "gathers other processes' lines in a temporary folder"),
          entry("mos.serve.RunModel", "exports to a temporary folder of its own"),
          entry("mos.run.PreviousResults", "moves whole folders of a run"),
          entry("mos.cli.StandardOutput", "opens standard output"));

  private static final Set<String> WRITING =
      Set.of(
          "newOutputStream",
          "newBufferedWriter",
          "write",
          "writeString",
          "move",
          "createFile",
          "createTempFile",
          "createTempDirectory",
          "createDirectory",
          "createDirectories",
          "createLink",
          "createSymbolicLink");

  /**
   * Output goes where it was sent: AtomicFile alone knows what to do with links, pipes, devices and
   * files that are there.
   */
  @ArchTest
  static void filesAreWrittenInOnePlace(JavaClasses classes) {
    List<String> others = new ArrayList<>();
    for (JavaClass one : classes) {
      String name = one.getName().replaceFirst("\\$.*", "");
      boolean may = name.startsWith("mos.base.") || WRITERS.containsKey(name);
      boolean does =
          one.getMethodCallsFromSelf().stream()
                  .map(JavaAccess::getTarget)
                  .anyMatch(
                      target ->
                          target.getOwner().isEquivalentTo(Files.class)
                              && (WRITING.contains(target.getName())
                                  || target.getName().equals("copy")
                                      && target.getRawReturnType().isEquivalentTo(Path.class)))
              || one.getFieldAccessesFromSelf().stream()
                  .map(JavaAccess::getTarget)
                  .anyMatch(
                      target ->
                          target.getOwner().isEquivalentTo(StandardOpenOption.class)
                              && !target.getName().equals("READ"))
              || one.getConstructorCallsFromSelf().stream()
                  .map(call -> call.getTarget().getOwner())
                  .anyMatch(
                      owner ->
                          owner.isEquivalentTo(RandomAccessFile.class)
                              || owner.isEquivalentTo(FileWriter.class)
                              || owner.isEquivalentTo(FileOutputStream.class));
      if (does && !may) {
        others.add(one.getName());
      }
    }
    assertThat(others).as("use mos.base.AtomicFile or mos.base.Folders").isEmpty();
  }

  /** The same input gives the same bytes in every locale, encoding and time zone. */
  @ArchTest
  static final ArchRule NOTHING_DEPENDS_ON_THE_LOCALE =
      noClasses()
          .should()
          .callMethod(String.class, "format", String.class, Object[].class)
          .orShould()
          .callMethod(String.class, "formatted", Object[].class)
          .orShould()
          .callMethod(String.class, "toLowerCase")
          .orShould()
          .callMethod(String.class, "toUpperCase")
          .orShould()
          .callMethod(String.class, "getBytes")
          .orShould()
          .callConstructor(String.class, byte[].class)
          .orShould()
          .callConstructor(InputStreamReader.class, InputStream.class)
          .orShould()
          .callMethod(PrintStream.class, "printf", String.class, Object[].class)
          .orShould()
          .callMethod(PrintWriter.class, "printf", String.class, Object[].class)
          .orShould()
          .callMethod(Locale.class, "getDefault")
          .orShould()
          .callMethod(Charset.class, "defaultCharset")
          .orShould()
          .callMethod(ZoneId.class, "systemDefault")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(java.text.Collator.class)
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(java.text.NumberFormat.class);
}
