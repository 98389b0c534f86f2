package mos.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeTest {
  @TempDir Path folder;

  private Path jar(String name, String text) throws IOException {
    Path jar = folder.resolve("program.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry(name));
      out.write(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    return jar;
  }

  @Test
  void configurationsInsideTheJarAreUnpackedOnceForEachVersion() throws IOException {
    Path first = Home.unpacked(jar("configs/tasks/a.yml", "seed: 1\n"), folder.resolve("cache"));
    assertThat(first.resolve("configs/tasks/a.yml"))
        .content(StandardCharsets.UTF_8)
        .isEqualTo("seed: 1\n");
    Files.delete(first.resolve("configs/tasks/a.yml"));
    Path again = Home.unpacked(folder.resolve("program.jar"), folder.resolve("cache"));
    assertThat(again).isEqualTo(first);
    assertThat(again.resolve("configs/tasks/a.yml")).exists();
    Path other = Home.unpacked(jar("configs/tasks/a.yml", "seed: 2\n"), folder.resolve("cache"));
    assertThat(other.resolve("configs/tasks/a.yml"))
        .content(StandardCharsets.UTF_8)
        .isEqualTo("seed: 2\n");
    assertThat(first.resolve("configs/tasks/a.yml"))
        .content(StandardCharsets.UTF_8)
        .isEqualTo("seed: 1\n");
  }

  @Test
  void jarWithoutConfigurationsLeavesTheCurrentFolder() throws IOException {
    Path jar = jar("other.txt", "");
    assertThat(Home.unpacked(jar, folder.resolve("cache"))).isEqualTo(Path.of(""));
    assertThat(folder.resolve("cache")).doesNotExist();
  }

  @Test
  void entriesThatLeadOutOfTheFolderAreRefused() throws IOException {
    Path jar = jar("configs/../../evil.yml", "");
    assertThatThrownBy(() -> Home.unpacked(jar, folder.resolve("cache")))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("leads out");
    assertThat(folder.resolve("cache")).doesNotExist();
  }
}
