package mos.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path folder;

  private Path target() {
    return folder.resolve("a.txt");
  }

  @Test
  void contentReplacesTheOldOne() {
    AtomicFile.writeString(target(), "a long first content");
    AtomicFile.writeString(target(), "ü");
    assertThat(target()).usingCharset(StandardCharsets.UTF_8).hasContent("ü");
    assertThat(folder.toFile().list()).containsExactly("a.txt");
  }

  @Test
  void foldersAreMade() {
    Path deep = folder.resolve("x/y/a.txt");
    AtomicFile.writeString(deep, "a");
    assertThat(deep).hasContent("a");
  }

  @Test
  void nothingIsVisibleBeforeTheEnd() {
    AtomicFile.writeString(target(), "old");
    AtomicFile.write(
        target(),
        out -> {
          out.write(new byte[1 << 20]);
          assertThat(target()).hasContent("old");
        });
    assertThat(target()).hasSize(1 << 20);
  }

  @Test
  void failedWriterLeavesTheOldContentAndNoTemporaryFile() {
    AtomicFile.writeString(target(), "old");
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    target(),
                    out -> {
                      out.write("new".getBytes(StandardCharsets.UTF_8));
                      throw new IOException("no space left");
                    }))
        .isInstanceOf(MosException.class)
        .hasMessage("cannot write " + target() + ": no space left");
    RuntimeException own = new IllegalStateException("own");
    assertThatThrownBy(
            () ->
                AtomicFile.writePath(
                    target(),
                    temporary -> {
                      Files.writeString(temporary, "new");
                      throw own;
                    }))
        .isSameAs(own);
    assertThat(target()).hasContent("old");
    assertThat(folder.toFile().list()).containsExactly("a.txt");
  }

  @Test
  void targetThatIsAFolderIsRefused() throws IOException {
    Files.createDirectories(target().resolve("inside"));
    assertThatThrownBy(() -> AtomicFile.writeString(target(), "a"))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("cannot write " + target());
    assertThat(target().resolve("inside")).isDirectory();
  }

  @Test
  void parentThatIsAFileIsRefused() {
    AtomicFile.writeString(target(), "old");
    assertThatThrownBy(() -> AtomicFile.writeString(target().resolve("b.txt"), "a"))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("cannot write " + target().resolve("b.txt"));
    assertThat(target()).hasContent("old");
  }

  private Path pipe() throws IOException, InterruptedException {
    Path pipe = folder.resolve("pipe");
    assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0);
    return pipe;
  }

  private static CompletableFuture<String> reader(Path pipe) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return Files.readString(pipe);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  @Test
  void pipeGetsTheContentAndStays() throws Exception {
    Path pipe = pipe();
    CompletableFuture<String> got = reader(pipe);
    AtomicFile.writeString(pipe, "text");
    assertThat(got.get(10, TimeUnit.SECONDS)).isEqualTo("text");
    got = reader(pipe);
    AtomicFile.writePath(pipe, temporary -> Files.writeString(temporary, "by path"));
    assertThat(got.get(10, TimeUnit.SECONDS)).isEqualTo("by path");
    AtomicFile.delete(pipe);
    assertThat(Files.readAttributes(pipe, BasicFileAttributes.class).isOther()).isTrue();
    assertThatThrownBy(() -> AtomicFile.continued(pipe))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("need a file");
    assertThat(folder.toFile().list()).containsExactly("pipe");
  }

  @Test
  void linkStaysAndWhatItPointsAtGetsTheContent() throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Path real = Files.writeString(elsewhere.resolve("real.txt"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("elsewhere/real.txt"));
    Path second = Files.createSymbolicLink(folder.resolve("second"), link);
    AtomicFile.writeString(second, "new");
    assertThat(real).hasContent("new");
    AtomicFile.append(link, "er".getBytes(StandardCharsets.UTF_8));
    assertThat(real).hasContent("newer");
    AtomicFile.delete(link);
    assertThat(real).doesNotExist();
    // It points at nothing now.
    AtomicFile.writeString(second, "again");
    assertThat(real).hasContent("again");
    assertThat(link).isSymbolicLink();
    assertThat(second).isSymbolicLink();
    assertThat(elsewhere.toFile().list()).containsExactly("real.txt");
  }

  @Test
  void linksThatLeadNowhereAreRefused() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("missing/a.txt"));
    assertThatThrownBy(() -> AtomicFile.writeString(link, "a"))
        .hasMessageContaining("cannot write " + link + ": it is a link to ")
        .hasMessageContaining("whose folder is not there");
    Path round = Files.createSymbolicLink(folder.resolve("round"), Path.of("round"));
    assertThatThrownBy(() -> AtomicFile.writeString(round, "a"))
        .hasMessage("cannot write " + round + ": too many links");
  }

  @Test
  void folderBehindALinkIsWrittenTo() throws IOException {
    Path real = Files.createDirectory(folder.resolve("real"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    AtomicFile.writeString(link.resolve("a.txt"), "a");
    assertThat(Folders.create(link)).isSymbolicLink();
    assertThat(real.resolve("a.txt")).hasContent("a");
    Folders.delete(link);
    assertThat(link).doesNotExist();
    assertThat(real.resolve("a.txt")).hasContent("a");
    Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), Path.of("nowhere"));
    Folders.delete(dangling);
    assertThat(Files.isSymbolicLink(dangling)).isFalse();
  }

  @Test
  void modeAndOtherNamesOfAFileAreKept() throws IOException {
    assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
    Files.writeString(target(), "old and longer");
    Files.setPosixFilePermissions(target(), PosixFilePermissions.fromString("rw-rw----"));
    AtomicFile.write(
        target(),
        out -> {
          try (Stream<Path> all = Files.list(folder)) {
            for (Path one : all.toList()) {
              assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(one)))
                  .as("nobody else may read it meanwhile: %s", one)
                  .endsWith("---");
            }
          }
          out.write('1');
        });
    assertThat(target()).hasContent("1");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target())))
        .isEqualTo("rw-rw----");
    Path other = Files.createLink(folder.resolve("other"), target());
    AtomicFile.writeString(target(), "both");
    assertThat(other).hasContent("both");
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("a.txt", "other");
  }

  @Test
  void filesOfAUserAreNoTemporaryOnes() throws IOException {
    for (String name : List.of("a.txt.tmp", ".a.txt.tmp", ".a.txt.mos-1-0.tmp")) {
      Files.writeString(folder.resolve(name), "mine");
    }
    AtomicFile.writeString(target(), "a");
    for (String name : List.of("a.txt.tmp", ".a.txt.tmp", ".a.txt.mos-1-0.tmp")) {
      assertThat(folder.resolve(name)).hasContent("mine");
    }
  }

  @Test
  void whatAKilledProcessLeftIsDeletedByTheNext() throws Exception {
    Path[] live = new Path[1];
    AtomicFile.writePath(target(), temporary -> live[0] = temporary);
    String name = live[0].getFileName().toString();
    assertThat(AtomicFile.isUnfinished(live[0])).isTrue();
    assertThat(AtomicFile.isUnfinished(target())).isFalse();
    Process ended = new ProcessBuilder("true").start();
    assumeTrue(ended.waitFor() == 0);
    String me = "-" + ProcessHandle.current().pid() + "-";
    Path next = Files.createDirectory(folder.resolve("next"));
    Path dead = next.resolve(name.replace(me, "-" + ended.pid() + "-"));
    Path alive =
        next.resolve(
            name.replace(me, "-" + ProcessHandle.current().parent().orElseThrow().pid() + "-"));
    Path elsewhere = next.resolve(name.replaceFirst("mos-[0-9a-f]{8}", "mos-00000000"));
    for (Path one : List.of(dead, alive, elsewhere)) {
      Files.writeString(one, "part");
    }
    AtomicFile.writeString(next.resolve("b"), "b");
    assertThat(dead).doesNotExist();
    assertThat(alive).exists();
    assertThat(elsewhere).exists();
    Path later = Files.createDirectory(folder.resolve("later"));
    Path old = Files.writeString(later.resolve(elsewhere.getFileName()), "part");
    Files.setLastModifiedTime(
        old, FileTime.from(Files.getLastModifiedTime(old).toInstant().minus(Duration.ofDays(8))));
    AtomicFile.writeString(later.resolve("b"), "b");
    assertThat(old).doesNotExist();
  }

  @Test
  void longestNameCanBeWritten() {
    Path longest = folder.resolve("x".repeat(255));
    AtomicFile.writeString(longest, "a");
    assertThat(longest).hasContent("a");
  }
}
