package mos.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryCacheTest {
  @TempDir Path folder;

  @Test
  void homeThatCannotBeWrittenIsLeftAlone() throws Exception {
    assertThat(LibraryCache.writable(folder.toString())).isTrue();
    assertThat(LibraryCache.writable(folder.resolve("not/there").toString())).isTrue();
    assertThat(LibraryCache.writable("?")).isFalse();
    assertThat(LibraryCache.writable(null)).isFalse();
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThat(LibraryCache.writable(file.toString())).isFalse();
  }
}
