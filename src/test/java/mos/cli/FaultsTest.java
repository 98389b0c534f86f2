package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import mos.base.Json;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the world does to a run: no room, no permission, no reader, somebody else. */
@Tag("slow")
@Timeout(300)
class FaultsTest {
  private static final File FULL = new File("/dev/full");

  @TempDir static Path folder;
  private static TrialRuns runs;
  private static Path disk;

  @BeforeAll
  static void writeTask() throws IOException {
    disk = Files.createDirectory(folder.resolve("disk"));
    runs = TrialRuns.in(folder, disk.resolve("out"));
  }

  private static boolean mount(String options) throws Exception {
    Process mount =
        new ProcessBuilder("mount", "-t", "tmpfs", "-o", options, "none", disk.toString()).start();
    return mount.waitFor(10, TimeUnit.SECONDS) && mount.exitValue() == 0;
  }

  private static void unmount() throws Exception {
    new ProcessBuilder("umount", disk.toString()).start().waitFor();
  }

  @Test
  void fullAndReadOnlyDisksAreSaidAndTheRunContinuesWhenTheyAreNot() throws Exception {
    Artefacts reference = runs.reference(false);
    runs.clear();
    assumeThat(mount("size=1200k")).as("mounting is permitted here").isTrue();
    try {
      try (RunProcess run = runs.start(false)) {
        assertThat(run.await(120)).as(run.output()).isEqualTo(1);
        assertThat(run.output()).contains("mos: cannot write").contains("No space left on device");
        assertThat(run.output()).doesNotContain("\tat ");
      }
      runs.artefacts().assertWhole();
      assertThat(mount("remount,ro")).isTrue();
      try (RunProcess run = runs.start(false)) {
        assertThat(run.await(60)).as(run.output()).isEqualTo(1);
        assertThat(run.output()).contains("mos: cannot").contains("Read-only file system");
      }
      assertThat(mount("remount,rw,size=64m")).isTrue();
      runs.finish(false);
      reference.assertSame(runs.artefacts(), false);
    } finally {
      unmount();
    }
  }

  @Test
  void secondRunOnAnOutputFolderIsRefusedAndTheFirstIsNotHarmed() throws Exception {
    Artefacts reference = runs.reference(false);
    runs.clear();
    try (RunProcess first = runs.start(false)) {
      assertThat(first.awaitStage(1)).isTrue();
      try (RunProcess second =
          RunProcess.start(
              folder.resolve("second.log"),
              "run",
              "--task",
              runs.task().file(),
              "--output_dir",
              runs.out())) {
        assertThat(second.await(60)).as(second.output()).isEqualTo(1);
        assertThat(second.output())
            .contains(runs.out() + ": in use by process " + first.handle().pid());
      }
      first.succeeded();
    }
    reference.assertSame(runs.artefacts(), false);
  }

  private static void assertOutputLost(ProcessBuilder.Redirect out, Object... words)
      throws Exception {
    try (RunProcess run = RunProcess.start(folder.resolve("log"), out, words)) {
      if (out == ProcessBuilder.Redirect.PIPE) {
        run.out().close();
      }
      assertThat(run.await(60)).as(run.output()).isEqualTo(1);
      if (out == ProcessBuilder.Redirect.PIPE) {
        // A reader that has its lines and ends, as head does, is nobody's fault.
        assertThat(run.output()).doesNotContain("mos: ").doesNotContain("Exception");
      } else {
        assertThat(run.output()).contains("mos: cannot write standard output: closed or full");
      }
    }
  }

  @Test
  void lostOutputIsAFailure() throws Exception {
    assumeThat(FULL).exists();
    Path model =
        runs.reference(false).folder().resolve("subtransformer/checkpoint_best.safetensors");
    Object[][] commands = {
      {"measure", "--sub-configs", runs.task().architecture(), "--describe", "--json"},
      {"generate", "--data", runs.task().data(), "--path", model, "--beam", "2"},
      {"dump-data", runs.task().data().resolve("train.aa-bb.aa")},
      {"score", "--sys", folder.resolve("test.aa"), "--ref", folder.resolve("test.bb")},
      {"--help"},
    };
    for (Object[] command : commands) {
      assertOutputLost(ProcessBuilder.Redirect.to(FULL), command);
      assertOutputLost(ProcessBuilder.Redirect.PIPE, command);
    }
  }

  /** Java's own memory; libtorch's is in TrainerTest and UpdaterTest. */
  @Test
  void heapThatIsTooSmallIsSaid() throws Exception {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 400_000; i++) {
      text.append('w').append(Integer.toString(i * 7919, 36)).append(i % 8 == 7 ? '\n' : ' ');
    }
    Path prefix = folder.resolve("large");
    for (String language : List.of(".aa", ".bb")) {
      Files.writeString(Path.of(prefix + language), text);
    }
    Path made = folder.resolve("made");
    Object[] words = {
      "preprocess", "-s", "aa", "-t", "bb", "--trainpref", prefix, "--destdir", made, "--threads", 2
    };
    try (RunProcess run =
        RunProcess.start(folder.resolve("log"), null, Map.of("_JAVA_OPTIONS", "-Xmx24m"), words)) {
      assertThat(run.await(120)).as(run.output()).isEqualTo(1);
      assertThat(run.output())
          .contains("mos: not enough memory: ")
          .contains("MOS_JAVA_OPTS=-Xmx8g")
          .doesNotContain("\tat ");
    }
    assertThat(TinyTask.times(made).keySet()).allMatch(name -> name.startsWith(".preprocess/"));
  }

  /** Every reading of the wall clock is years from the one before, forward or back. */
  private static final String JUMPING_CLOCK =
      """
      #define _GNU_SOURCE
      #include <dlfcn.h>
      #include <sys/time.h>
      #include <time.h>
      static long jump(void) {
        static unsigned calls;
        unsigned n = __sync_add_and_fetch(&calls, 1);
        return (n * 2654435761u % 16 - 8l) * 100000000l;
      }
      int clock_gettime(clockid_t clock, struct timespec *now) {
        static int (*real)(clockid_t, struct timespec *);
        if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
        int result = real(clock, now);
        if (clock == CLOCK_REALTIME) now->tv_sec += jump();
        return result;
      }
      int gettimeofday(struct timeval *restrict now, void *restrict zone) {
        struct timespec time;
        clock_gettime(CLOCK_REALTIME, &time);
        now->tv_sec = time.tv_sec;
        now->tv_usec = time.tv_nsec / 1000;
        return 0;
      }
      """;

  private static boolean compiled(Path source, Path library) throws Exception {
    try {
      Process compiler =
          new ProcessBuilder(
                  "cc", "-shared", "-fPIC", "-o", library.toString(), source.toString(), "-ldl")
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("cc.log").toFile())
              .start();
      return compiler.waitFor() == 0;
    } catch (IOException absent) {
      return false;
    }
  }

  @Test
  void clockThatJumpsChangesNothing() throws Exception {
    Path library = folder.resolve("clock.so");
    Path source = Files.writeString(folder.resolve("clock.c"), JUMPING_CLOCK);
    assumeThat(compiled(source, library)).as("a C compiler is here").isTrue();
    Map<String, String> jumping = Map.of("LD_PRELOAD", library.toString());
    Artefacts reference = runs.reference(false);
    runs.clear();
    try (RunProcess run = runs.start(false, jumping)) {
      assertThat(run.awaitStage(4)).isTrue();
      run.kill();
    }
    try (RunProcess run = runs.start(false, jumping)) {
      run.succeeded();
    }
    reference.assertSame(runs.artefacts(), false);
    JsonNode seconds = Json.read(runs.out().resolve("summary.json")).path("seconds");
    assertThat(seconds.properties())
        .isNotEmpty()
        .allSatisfy(stage -> assertThat(stage.getValue().asDouble()).isBetween(0.0, 600.0));
  }

  @Test
  void whatIsToldToEndWithNothingToSaveSaysSoAtOnce() throws Exception {
    for (String language : List.of("aa", "bb")) {
      String pipe = folder.resolve("pipe." + language).toString();
      assumeThat(new ProcessBuilder("mkfifo", pipe).start().waitFor()).isZero();
    }
    Path made = folder.resolve("stopped");
    Path pipe = folder.resolve("pipe");
    assertTold(
        "mos: stopped preprocessing into " + made + "; the same command goes on",
        folder.resolve("pipe.aa"),
        "preprocess",
        "-s",
        "aa",
        "-t",
        "bb",
        "--trainpref",
        pipe,
        "--destdir",
        made);
    assertTold(
        "mos: stopped before the end; no file is left half written",
        folder.resolve("pipe.aa"),
        "learn-bpe",
        "--input",
        pipe + ".aa");
  }

  /** The command is at work when it reads {@code pipe}: only then can that be opened to write. */
  private static void assertTold(String said, Path pipe, Object... words) throws Exception {
    try (RunProcess run = RunProcess.start(folder.resolve("log"), words);
        OutputStream text = Files.newOutputStream(pipe)) {
      run.handle().destroy();
      assertThat(run.await(5)).isEqualTo(143);
      assertThat(run.output().strip()).endsWith(said);
    }
  }

  private static void assertMissed(Path input, String said) throws Exception {
    Path away = Files.move(input, folder.resolve("away"));
    try (RunProcess run = runs.start(false)) {
      assertThat(run.await(60)).as(run.output()).isEqualTo(2);
      assertThat(run.output()).contains(said).doesNotContain("\tat ");
    }
    Files.move(away, input);
  }

  @Test
  void inputsThatVanishInTheMiddleAreNamedAndResultsThatDoAreMadeAgain() throws Exception {
    Artefacts reference = runs.reference(false);
    runs.clear();
    try (RunProcess run = runs.start(false)) {
      assertThat(run.awaitStage(3)).isTrue();
      run.kill();
    }
    assertMissed(runs.task().data(), "data: no such folder");
    Files.delete(runs.out().resolve("supernet/checkpoint_best.safetensors"));
    Files.delete(runs.out().resolve("latency/dataset.csv"));
    runs.finish(false);
    reference.assertSame(runs.artefacts(), false);
  }
}
