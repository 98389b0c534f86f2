package mos.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import mos.train.ReverseTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryExampleTest {
  private static final Path SOURCE = Path.of("src/test/java/mos/docs/LibraryExample.java");

  @TempDir Path folder;

  @Test
  void exampleTrainsSearchesAndTranslates() throws Exception {
    Path yaml = folder.resolve("space.yml");
    Files.writeString(
        yaml,
        """
        encoder-embed-choice: [32, 16]
        decoder-embed-choice: [32, 16]
        encoder-ffn-embed-dim-choice: [64, 32]
        decoder-ffn-embed-dim-choice: [64, 32]
        encoder-layer-num-choice: [2]
        decoder-layer-num-choice: [2, 1]
        encoder-self-attention-heads-choice: [2, 1]
        decoder-self-attention-heads-choice: [2, 1]
        decoder-ende-attention-heads-choice: [2, 1]
        decoder-arbitrary-ende-attn-choice: [-1, 1]
        qkv-dim: 32
        share-all-embeddings: true
        max-tokens: 64
        max-update: 20
        warmup-updates: 5
        population-size: 8
        parent-size: 2
        mutation-size: 3
        crossover-size: 3
        evo-iter: 2
        """);
    try (ReverseTask task = ReverseTask.in(folder)) {
      String translation =
          LibraryExample.findAndTranslate(yaml, folder, folder.resolve("out"), "w1 w2 w3");
      assertThat(translation).matches("(w\\d+( |$))+");
    }
    assertThat(folder.resolve("out/checkpoint_last.safetensors")).exists();
  }

  @Test
  void pageShowsTheExampleAsItIsTested() throws Exception {
    String shown = Files.readString(SOURCE).split("// docs/java.md\n")[1].stripTrailing();
    String page = Files.readString(Path.of("docs/java.md"));
    String block = "```java\n" + shown.stripIndent().strip() + "\n```\n";
    if (Boolean.getBoolean("mos.docs.write")) {
      page =
          page.replaceFirst(
              "(?s)```java\n.*?```\n", java.util.regex.Matcher.quoteReplacement(block));
      Files.writeString(Path.of("docs/java.md"), page);
    }
    assertThat(page).contains(block);
    assertThat(shown.lines().filter(l -> !l.isBlank()).count()).isLessThan(55);
  }
}
