package mos.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import mos.base.FolderLock;

/** A task small enough to be learned from in seconds: reversing words, from its raw text on. */
record TinyTask(Path folder) {
  private static final String[] WORDS = {"ba", "de", "fi", "go", "hu", "ka", "le", "mi"};

  static final String SPACE =
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
      """;

  static final String ARCHITECTURE =
      """
      encoder-embed-dim-subtransformer: 16
      decoder-embed-dim-subtransformer: 32
      encoder-ffn-embed-dim-all-subtransformer: [32, 64]
      decoder-ffn-embed-dim-all-subtransformer: [32]
      encoder-layer-num-subtransformer: 2
      decoder-layer-num-subtransformer: 1
      encoder-self-attention-heads-all-subtransformer: [1, 2]
      decoder-self-attention-heads-all-subtransformer: [2]
      decoder-ende-attention-heads-all-subtransformer: [1]
      decoder-arbitrary-ende-attn-all-subtransformer: [-1]
      """;

  private static final String REST =
      """
      qkv-dim: 32
      share-all-embeddings: true
      max-experts: 2
      hypernet-hidden-size: 8
      max-tokens: 256
      feature-norm: [32, 2, 64, 2, 32, 2, 64, 2, 2, 2]
      latiter: 5
      latency-source-length: 4
      latency-constraint: 10000
      hidden-dim: 16
      beam: 2
      max-len-a: 1
      max-len-b: 4
      threads: 1
      seed: 3
      """;

  /** Writes raw text and task.yml, and preprocesses into {@code data}. */
  static TinyTask in(Path folder) throws IOException {
    TinyTask task = new TinyTask(folder);
    SplittableRandom random = new SplittableRandom(5);
    task.text("train", 200, random);
    task.text("valid", 20, random);
    task.text("test", 20, random);
    task.write("architecture.yml", ARCHITECTURE);
    task.write("task.yml", SPACE + REST + "data: " + task.data() + "\n");
    CommandLineRun.of(
            "preprocess",
            "--source-lang",
            "aa",
            "--target-lang",
            "bb",
            "--trainpref",
            folder.resolve("train"),
            "--validpref",
            folder.resolve("valid"),
            "--testpref",
            folder.resolve("test"),
            "--destdir",
            task.data(),
            "--joined-dictionary",
            "--bpe-operations",
            "4",
            "--threads",
            "1")
        .succeeded();
    return task;
  }

  private void text(String name, int lines, SplittableRandom random) throws IOException {
    StringBuilder source = new StringBuilder();
    StringBuilder target = new StringBuilder();
    for (int i = 0; i < lines; i++) {
      StringBuilder reversed = new StringBuilder();
      for (int length = 2 + random.nextInt(5); length > 0; length--) {
        String word = WORDS[random.nextInt(WORDS.length)];
        source.append(word).append(' ');
        reversed.insert(0, word + " ");
      }
      source.append('\n');
      target.append(reversed).append('\n');
    }
    write(name + ".aa", source.toString());
    write(name + ".bb", target.toString());
  }

  /** Writes a file and returns its path. */
  Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  Path data() {
    return folder.resolve("data");
  }

  Path file() {
    return folder.resolve("task.yml");
  }

  Path architecture() {
    return folder.resolve("architecture.yml");
  }

  /** A trial run into {@code out}. */
  CommandLineRun run(Path out, String... more) {
    Object[] words = new Object[7 + more.length];
    words[0] = "run";
    words[1] = "--task";
    words[2] = file();
    words[3] = "--output_dir";
    words[4] = out;
    words[5] = "--trial_run";
    words[6] = "1";
    System.arraycopy(more, 0, words, 7, more.length);
    return CommandLineRun.of(words);
  }

  /** Times of all files below {@code folder} by relative path, but for locks. */
  static Map<String, FileTime> times(Path folder) throws IOException {
    Map<String, FileTime> times = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (FolderLock.isLock(file)) {
          continue;
        }
        times.put(folder.relativize(file).toString(), Files.getLastModifiedTime(file));
      }
    }
    return times;
  }
}
