package mos.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
    assertThat(target()).hasContent("ü");
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
}
