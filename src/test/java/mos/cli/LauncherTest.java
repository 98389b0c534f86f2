package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher {@code mos}, with a Maven that makes an empty jar and a Java that prints what it is
 * given, in a folder with a space in its name.
 */
class LauncherTest {
  private static final Path SHELL = Path.of("/bin/sh");

  @TempDir Path temporary;

  private Path checkout;
  private Path tools;

  @BeforeEach
  void layOut() throws IOException {
    assumeTrue(Files.isExecutable(SHELL), "no " + SHELL);
    checkout = Files.createDirectories(temporary.resolve("a folder/check out"));
    tools = Files.createDirectories(temporary.resolve("tools"));
    Files.createDirectories(checkout.resolve("src/main/java"));
    Files.createDirectories(checkout.resolve("configs"));
    Files.writeString(checkout.resolve("pom.xml"), "<project/>\n");
    Files.writeString(checkout.resolve("src/main/java/A.java"), "class A {}\n");
    Files.writeString(checkout.resolve("src/main/java/B.java"), "class B {}\n");
    Files.copy(Path.of("mos"), checkout.resolve("mos"));
    script(checkout.resolve("mos"), null);
    script(
        tools.resolve("bin/mvn"),
        "echo built >> \"$(dirname \"$0\")/builds\"; sleep 0.3; mkdir -p target; echo jar > target/mos.jar");
    // Without the runs that prepare class-data sharing.
    script(
        tools.resolve("bin/java"),
        "case $1 in -Xshare*) exit 1;; esac; for word in \"$@\"; do echo \"$word\" || exit 1; done; cat");
    Files.writeString(tools.resolve("release"), "JAVA_VERSION=\"17.0.15\"\n");
  }

  private static void script(Path file, String text) throws IOException {
    if (text != null) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, "#!/bin/sh\n" + text + "\n");
    }
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private record Ended(int code, String out, String err) {}

  private Process start(String line, Path log) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(SHELL.toString(), "-c", line)
            .directory(temporary.toFile())
            .redirectOutput(Path.of(log + ".out").toFile())
            .redirectError(Path.of(log + ".err").toFile());
    Map<String, String> environment = builder.environment();
    environment.put("PATH", tools.resolve("bin") + ":" + environment.get("PATH"));
    environment.remove("JAVA_HOME");
    environment.remove("MOS_GPU");
    environment.put("OMP_WAIT_POLICY", "passive");
    environment.put("CHECKOUT", checkout.toString());
    return builder.start();
  }

  private Ended end(Process process, Path log) throws Exception {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Ended(
        process.exitValue(),
        Files.readString(Path.of(log + ".out")),
        Files.readString(Path.of(log + ".err")));
  }

  /** Runs a shell line in the folder above all. */
  private Ended sh(String line) throws Exception {
    Path log = temporary.resolve("log");
    return end(start(line, log), log);
  }

  private Ended mos() throws Exception {
    Ended ended = sh("echo text | \"$CHECKOUT/mos\" tokenize 'two words'");
    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(ended.out()).contains("\ntokenize\ntwo words\ntext\n");
    return ended;
  }

  private long builds() throws IOException {
    Path file = tools.resolve("bin/builds");
    return Files.exists(file) ? Files.readAllLines(file).size() : 0;
  }

  private static void touch(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(5)));
  }

  @Test
  void buildsOnceAndWhenWhatGoesIntoTheJarHasChanged() throws Exception {
    assertThat(mos().err()).contains("mos: building, once …");
    assertThat(mos().err()).isEmpty();
    Path own = Files.writeString(checkout.resolve("configs/my.yml"), "beam: 4\n");
    touch(own);
    assertThat(mos().err()).isEmpty();
    // Newer and the same.
    touch(checkout.resolve("pom.xml"));
    assertThat(mos().err()).isEmpty();
    assertThat(builds()).isEqualTo(1);
    Path source = Files.writeString(checkout.resolve("src/main/java/A.java"), "class A { }\n");
    touch(source);
    mos();
    assertThat(builds()).isEqualTo(2);
    Files.delete(checkout.resolve("src/main/java/B.java"));
    touch(checkout.resolve("src/main/java"));
    mos();
    assertThat(builds()).isEqualTo(3);
    Files.writeString(checkout.resolve("pom.xml"), "<project></project>\n");
    touch(checkout.resolve("pom.xml"));
    mos();
    assertThat(builds()).isEqualTo(4);
  }

  @Test
  void copyOfACheckoutIsBuiltAtMostOnce() throws Exception {
    mos();
    assertThat(sh("cp -r \"$CHECKOUT\" copy").code()).isZero();
    checkout = temporary.resolve("copy");
    touch(checkout.resolve("pom.xml"));
    mos();
    mos();
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void jarOfMavenIsTakenAndNoOlderOneForIt() throws Exception {
    mos();
    // Another state, built by hand, then the first state again: the jar is of the other.
    Files.writeString(checkout.resolve("target/mos.jar"), "another jar\n");
    touch(checkout.resolve("pom.xml"));
    Files.setLastModifiedTime(
        checkout.resolve("pom.xml"), FileTime.from(Instant.now().plusSeconds(9)));
    mos();
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void twoAtOnceBuildOnce() throws Exception {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      processes.add(start("\"$CHECKOUT/mos\" score </dev/null", temporary.resolve("log" + i)));
    }
    for (int i = 0; i < 3; i++) {
      assertThat(end(processes.get(i), temporary.resolve("log" + i)).code()).isZero();
    }
    if (Files.isExecutable(Path.of("/usr/bin/flock"))) {
      assertThat(builds()).isEqualTo(1);
    }
  }

  @Test
  void worksThroughLinksAndFromAnyFolder() throws Exception {
    mos();
    String home = "-Dmos.home=" + checkout.toRealPath() + "\n";
    for (String line :
        List.of(
            "ln -s \"$CHECKOUT/mos\" mos; ./mos x",
            "ln -s mos again; mkdir -p bin; ln -s ../again bin/mos; bin/mos x",
            "PATH=$PWD/bin:$PATH; cd /; mos x",
            "cd \"$CHECKOUT\"; ./mos x",
            "cd \"$CHECKOUT\"; sh mos x",
            "cd \"$CHECKOUT/configs\"; CDPATH=/:..; export CDPATH; ../mos x")) {
      Ended ended = sh(line + " </dev/null");
      assertThat(ended.code()).as(line + ended.err()).isZero();
      assertThat(ended.out()).as(line).contains(home).endsWith("\nx\n");
      assertThat(ended.err()).as(line).isEmpty();
    }
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void jarsOfOthersComeAfterTheProgram() throws Exception {
    mos();
    assertThat(sh("MOS_CLASSPATH=a.jar:b.jar \"$CHECKOUT/mos\" x </dev/null").out())
        .contains("\n-cp\n" + checkout.toRealPath() + "/target/mos.jar:a.jar:b.jar\n")
        .endsWith("\nmos.cli.Main\nx\n");
  }

  @Test
  void worksInAnArchive() throws Exception {
    Path archive = Files.createDirectories(temporary.resolve("mos 0.1/bin")).getParent();
    Files.move(checkout.resolve("mos"), archive.resolve("bin/mos"));
    assertThat(sh("'mos 0.1/bin/mos' x").err()).contains("mos.jar is missing");
    Files.writeString(archive.resolve("mos.jar"), "jar\n");
    Ended ended = sh("ln -s 'mos 0.1/bin/mos' m; ./m x </dev/null");
    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(ended.out()).contains("-Dmos.home=" + archive.toRealPath() + "\n");
    assertThat(builds()).isZero();
  }

  @Test
  void surroundingsMayBeMissing() throws Exception {
    mos();
    // A closed stream would be the next file that Java opens, which may be its own jar.
    Ended closed = sh("\"$CHECKOUT/mos\" x <&-");
    assertThat(closed.out()).endsWith("\nx\n");
    assertThat(closed.err()).isEmpty();
    assertThat(closed.code()).isZero();
    assertThat(sh("unset HOME; \"$CHECKOUT/mos\" x </dev/null").code()).isZero();
    assertThat(sh("HOME=/nowhere \"$CHECKOUT/mos\" x </dev/null").code()).isZero();
    assertThat(sh("\"$CHECKOUT/mos\" x </dev/null 2>&-").code()).isZero();
    // What nobody can get is a failure of the program, here of the shell in its place.
    assertThat(sh("\"$CHECKOUT/mos\" x </dev/null >&-").code()).isNotZero();
  }

  @Test
  void javaThatIsTooOldOrMissingIsSaidInOneLine() throws Exception {
    mos();
    for (String old : List.of("1.8.0_392", "11.0.22")) {
      Files.writeString(tools.resolve("release"), "JAVA_VERSION=\"" + old + "\"\n");
      Ended ended = sh("\"$CHECKOUT/mos\" x");
      assertThat(ended.code()).isEqualTo(1);
      assertThat(ended.err()).startsWith("mos: Java " + old + " is too old: need Java 17");
      assertThat(ended.err().lines()).hasSize(1);
    }
    Ended none = sh("JAVA_HOME=/no/java \"$CHECKOUT/mos\" x");
    assertThat(none.code()).isEqualTo(1);
    assertThat(none.err().lines()).hasSize(1);
    assertThat(none.err()).contains("/no/java").contains("need Java 17");
  }

  @Test
  void thereIsOneLauncher() {
    assertThat(Path.of("src/dist/bin/mos")).doesNotExist();
    assertThat(Files.exists(Path.of("mos"), LinkOption.NOFOLLOW_LINKS)).isTrue();
    assertThat(Path.of("src/assembly/archive.xml"))
        .content(StandardCharsets.UTF_8)
        .contains("<include>mos</include>");
  }

  /** Java names files by the locale's encoding. */
  @Test
  void javaRunsInALocaleThatKnowsAllFileNames() throws Exception {
    script(
        tools.resolve("bin/java"),
        "case $1 in -Xshare*) exit 1;; esac; echo \"$LC_ALL $LC_CTYPE\"");
    assertThat(sh("LC_ALL=C \"$CHECKOUT/mos\"").out()).startsWith("C.UTF-8 ");
    assertThat(sh("LC_ALL= LC_CTYPE= LANG=de_DE \"$CHECKOUT/mos\"").out()).isEqualTo(" C.UTF-8\n");
    assertThat(sh("LC_ALL=C.utf8 LC_CTYPE= \"$CHECKOUT/mos\"").out()).isEqualTo("C.utf8 \n");
    // A locale that is not installed, whatever its name says.
    assertThat(sh("LC_ALL= LC_CTYPE= LANG=xx_YY.utf8 \"$CHECKOUT/mos\"").out())
        .isEqualTo(" C.UTF-8\n");
  }
}
