package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import mos.data.CorpusWriter;
import mos.data.ParallelCorpus;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DistillDataCommandTest {
  private static final ParallelCorpus.LanguagePair PAIR =
      new ParallelCorpus.LanguagePair("aa", "bb");

  @TempDir static Path folder;
  private static TinyTask task;
  private static Path teacher;

  @BeforeAll
  static void trainTeacher() throws IOException {
    task = TinyTask.in(folder);
    train(folder.resolve("teacher"), task.data(), 15).succeeded();
    teacher = folder.resolve("teacher/checkpoint_last.safetensors");
  }

  private static CommandLineRun train(Path out, Path data, int updates) {
    return CommandLineRun.of(
        "train-subtransformer",
        "--configs",
        task.file(),
        "--sub-configs",
        task.architecture(),
        "--data",
        data,
        "--sub-max-update",
        updates,
        "--sub-warmup-updates",
        5,
        "--max-lr",
        0.005,
        "--save-dir",
        out);
  }

  private static CommandLineRun distill(Path to, Object... more) {
    List<Object> words =
        new ArrayList<>(
            List.of(
                "distill-data",
                "--configs",
                task.file(),
                "--path",
                teacher,
                "--distill-dir",
                to,
                "--distill-part",
                64,
                "--json"));
    words.addAll(List.of(more));
    return CommandLineRun.of(words.toArray());
  }

  private static List<List<Integer>> side(Path data, String split, boolean source) {
    List<List<Integer>> sentences = new ArrayList<>();
    try (ParallelCorpus corpus = ParallelCorpus.open(data, split, PAIR)) {
      for (int i = 0; i < corpus.size(); i++) {
        int[] ids = source ? corpus.source().get(i) : corpus.target().get(i);
        sentences.add(java.util.Arrays.stream(ids).boxed().toList());
      }
    }
    return sentences;
  }

  @Test
  void targetsAreTheTeachersAndOneCanTrainOnThem() throws IOException {
    Path made = folder.resolve("made");
    assertThat(distill(made).json().path("sentences").asInt()).isEqualTo(200);
    assertThat(side(made, "train", true)).isEqualTo(side(task.data(), "train", true));
    assertThat(side(made, "train", false)).isNotEqualTo(side(task.data(), "train", false));
    assertThat(side(made, "valid", false)).isEqualTo(side(task.data(), "valid", false));
    assertThat(made.resolve("dict.bb.txt"))
        .hasSameBinaryContentAs(task.data().resolve("dict.bb.txt"));
    assertThat(made.resolve("parts")).doesNotExist();
    train(folder.resolve("student"), made, 2).succeeded();

    // The same call again does nothing; another beam is refused.
    Files.delete(made.resolve("train.aa-bb.bb.idx"));
    distill(made).succeeded();
    assertThat(made.resolve("train.aa-bb.bb.idx")).doesNotExist();
    distill(made, "--beam", 1).failed(2, "begun.json");
  }

  @Test
  void partsThatAreThereAreNotTranslatedAgain() throws IOException {
    Path whole = folder.resolve("whole");
    Path continued = folder.resolve("continued");
    distill(whole).succeeded();
    Files.createDirectories(continued.resolve("parts"));
    Files.copy(whole.resolve("begun.json"), continued.resolve("begun.json"));
    int[] marker = {4, 5, 2};
    CorpusWriter.write(
        continued.resolve("parts/000001"),
        100,
        writer -> {
          for (int i = 0; i < 64; i++) {
            writer.add(marker);
          }
        });
    distill(continued).succeeded();
    List<List<Integer>> expected = new ArrayList<>(side(whole, "train", false));
    for (int i = 64; i < 128; i++) {
      expected.set(i, List.of(4, 5, 2));
    }
    assertThat(side(continued, "train", false)).isEqualTo(expected);
  }

  /** Parts are shared, and each is kept as soon as it is translated. */
  @Test
  void twoProcessesTranslateTheSame() {
    Path one = folder.resolve("one-process");
    Path two = folder.resolve("two-processes");
    distill(one).succeeded();
    distill(two, "--num_gpus", 2, "--device", "cpu").succeeded();
    assertThat(side(two, "train", false)).isEqualTo(side(one, "train", false));
    assertThat(two.resolve("parts")).doesNotExist();
  }
}
