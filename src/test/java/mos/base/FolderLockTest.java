package mos.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class FolderLockTest {
  @TempDir Path folder;

  /** Locks a folder until it is killed. */
  static final class Owner {
    private Owner() {}

    public static void main(String[] arguments) throws InterruptedException {
      try (FolderLock lock = FolderLock.of(Path.of(arguments[0]))) {
        System.out.println("locked");
        Thread.sleep(60_000);
      }
    }
  }

  private void assertFree() {
    assertThatCode(() -> FolderLock.of(folder).close()).doesNotThrowAnyException();
  }

  /** Locks and unlocks in a thread of its own; what went wrong. */
  private static Throwable elsewhere(Supplier<FolderLock> locking) {
    return CompletableFuture.runAsync(() -> locking.get().close())
        .handle((done, error) -> error == null ? null : error.getCause())
        .join();
  }

  @Test
  void secondTaskOfThisProcessIsRefusedAndTheFirstKeepsItsLock() {
    Path inner = folder.resolve("new");
    try (FolderLock lock = FolderLock.of(inner)) {
      for (int i = 0; i < 2; i++) {
        assertThat(elsewhere(() -> FolderLock.of(folder.resolve("./new"))))
            .isInstanceOf(MosException.class)
            .hasMessageContaining("in use by another task of this process");
      }
    }
    assertFree();
    assertThat(elsewhere(() -> FolderLock.of(inner))).isNull();
  }

  @Test
  void threadMayLockAgainWhatItHoldsUntilTheLastIsClosed() {
    try (FolderLock lock = FolderLock.of(folder)) {
      assertFree();
      assertThat(elsewhere(() -> FolderLock.of(folder))).isInstanceOf(MosException.class);
    }
    assertThat(elsewhere(() -> FolderLock.of(folder))).isNull();
  }

  @Test
  void lockedFileLeavesItsFolderAndOtherFilesFree() {
    Path file = folder.resolve("new/a.csv");
    try (FolderLock lock = FolderLock.ofFile(file)) {
      assertThat(elsewhere(() -> FolderLock.ofFile(folder.resolve("new/./a.csv"))))
          .hasMessageContaining("a.csv: in use by")
          .hasMessageContaining("name another file");
      assertThat(elsewhere(() -> FolderLock.ofFile(file.resolveSibling("b.csv")))).isNull();
      assertThat(elsewhere(() -> FolderLock.of(file.getParent()))).isNull();
    }
    assertThat(elsewhere(() -> FolderLock.ofFile(file))).isNull();
    assertThat(file.getParent().toFile().listFiles())
        .hasSize(3)
        .allMatch(left -> FolderLock.isLock(left.toPath()));
  }

  @Test
  @Timeout(60)
  void otherProcessIsNamedAndItsLockDiesWithIt() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Owner.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = process.inputReader()) {
      assertThat(out.readLine()).isEqualTo("locked");
      // Twice: looking must not unlock.
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> FolderLock.of(folder))
            .isInstanceOf(MosException.class)
            .hasMessageContaining(folder + ": in use by process " + process.pid() + " since 2")
            .hasMessageContaining("name another folder");
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertThat(folder.resolve(FolderLock.NAME)).isNotEmptyFile();
    assertFree();
    assertThat(folder.resolve(FolderLock.NAME)).isEmptyFile();
  }

  @Test
  void unreadableLockFileDoesNotMatter() throws Exception {
    Files.write(folder.resolve(FolderLock.NAME), new byte[] {1, 2, (byte) 0xff});
    assertFree();
  }

  @Test
  void whatCannotBeLockedIsNamed() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> FolderLock.of(file))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("cannot make the folder " + file);
  }

  @Test
  void folderThatCannotBeMadeIsSaidSo() {
    Path proc = Path.of("/proc");
    assumeThat(proc.resolve("self")).exists();
    assertThatThrownBy(() -> FolderLock.of(proc.resolve("x/y")))
        .isInstanceOf(MosException.class)
        .hasMessage("cannot make the folder /proc/x/y: /proc takes no new folders");
  }
}
