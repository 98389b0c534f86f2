package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Native libraries that do not load are a message with their name, whatever command wants them. */
class MissingLibrariesTest {
  @TempDir Path folder;

  private record Ended(int code, String text) {}

  /** Runs a command without the natives in jars whose names begin so. */
  private Ended without(String jar, String... words) throws Exception {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(
                place -> !new File(place).getName().matches(jar + "-.*-(linux|macosx|windows)-.*"))
            .collect(Collectors.joining(File.pathSeparator));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Dorg.bytedeco.javacpp.cachedir=" + folder.resolve("cache"));
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-Dmos.home=" + Path.of("").toAbsolutePath()));
    command.addAll(List.of("-cp", classPath, "mos.cli.Main"));
    command.addAll(List.of(words));
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), Files.readString(log));
  }

  @Test
  void aMessageNamesTheLibrary() throws Exception {
    Ended ended = without("pytorch", "bench", "--configs", "configs/tasks/sample.yml");
    assertThat(ended.code()).as(ended.text()).isEqualTo(1);
    assertThat(ended.text())
        .contains("mos: ", "jnitorch", "mos doctor")
        .doesNotContain("\tat ", "Exception");
  }

  @Test
  void everyLibraryIsSaidInTheSameWay() {
    StringWriter text = new StringWriter();
    CommandLine line = new CommandLine(CommandLine.Model.CommandSpec.create());
    line.setErr(new PrintWriter(text));
    Error missing =
        new ExceptionInInitializerError(
            new UnsatisfiedLinkError("no jninvrtc in java.library.path: /usr/lib"));
    assertThat(Failures.unloaded((LinkageError) missing, line, List.of())).isEqualTo(1);
    assertThat(text.toString())
        .isEqualTo(
            "mos: the library jninvrtc cannot be loaded: no jninvrtc in java.library.path:"
                + " /usr/lib; mos doctor says what is missing and what to do"
                + System.lineSeparator());
  }

  @Test
  void theDoctorSaysWhatToDo() throws Exception {
    Ended ended = without("pytorch", "doctor");
    assertThat(ended.code()).as(ended.text()).isEqualTo(1);
    assertThat(ended.text())
        .contains("NOT LOADED", "error: libtorch does not load", "jnitorch", "mend: ")
        .doesNotContain("\tat ", "Nothing is wrong");
  }

  @Test
  void librariesAreNamedFromMessages() {
    assertThat(Failures.library("no jninvrtc in java.library.path: /usr/lib"))
        .isEqualTo("jninvrtc");
    assertThat(Failures.library("/tmp/x/libjnitorch.so: libcudart.so.13: cannot open"))
        .isEqualTo("libjnitorch.so");
    assertThat(Failures.library("Could not initialize class org.bytedeco.cuda.global.nvrtc"))
        .isEqualTo("nvrtc");
  }
}
