package mos.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.data.CorpusWriter;
import mos.data.Dictionary;
import mos.data.ParallelCorpus;
import mos.data.Sampling;
import mos.data.TrainingSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingFoldersTest {
  private static final Dictionary WORDS =
      Dictionary.fromCounts(Map.of("a", 3L, "b", 2L, "c", 1L), 0, 0, 1);

  @TempDir Path temporary;

  private Path folder(String name, Dictionary dictionary, int... sizes) {
    Path folder = temporary.resolve(name);
    folder.toFile().mkdirs();
    for (String language : List.of("en", "de")) {
      dictionary.save(folder.resolve("dict." + language + ".txt"));
    }
    part(folder, "valid", 3);
    for (int k = 0; k < sizes.length; k++) {
      part(folder, "train" + (k > 0 ? k : ""), sizes[k]);
    }
    return folder;
  }

  private static void part(Path folder, String part, int size) {
    for (String language : List.of("en", "de")) {
      CorpusWriter.write(
          folder.resolve(part + ".en-de." + language),
          WORDS.size(),
          writer -> {
            for (int i = 0; i < size; i++) {
              writer.add(new int[] {4 + i % 3, Dictionary.EOS});
            }
          });
    }
  }

  private static DataFolder open(String data) {
    Path given = Path.of(data);
    return DataFolder.open(
        new DataSource(
            TrainingFolders.of(given, "test"), "test", Optional.empty(), Optional.empty()));
  }

  private static List<Integer> sizes(String data) {
    try (TrainingSet set = open(data).training(Sampling.PLAIN)) {
      return set.corpora().stream().map(ParallelCorpus::size).toList();
    }
  }

  @Test
  void aFolderHasItsPartsTogether() {
    Path a = folder("a", WORDS, 5, 6, 7);
    assertThat(sizes(a.toString())).containsExactly(18);
    try (ParallelCorpus train = open(a.toString()).split("train")) {
      assertThat(train.size()).isEqualTo(18);
    }
  }

  @Test
  void commasDivideSetsAndColonsShards() {
    Path a = folder("a", WORDS, 5, 6);
    Path b = folder("b", WORDS, 7);
    Path c = folder("c", WORDS, 8);
    String sign = File.pathSeparator;
    assertThat(TrainingFolders.of(Path.of(a + sign + b + "," + c), "test").sets())
        .containsExactly(List.of(a, b), List.of(c));
    assertThat(sizes(a + sign + b + "," + c)).containsExactly(11, 7, 8);
    // All else is the first one's.
    assertThat(open(b + "," + a).folder()).isEqualTo(b);
  }

  @Test
  void aNameWithASignIsOneFolder() {
    Path a = folder("one,two:three", WORDS, 5);
    Path b = folder("b", WORDS, 6);
    assertThat(sizes(a.toString())).containsExactly(5);
    assertThat(sizes(a + "," + b)).containsExactly(5, 6);
  }

  @Test
  void whatDoesNotBelongTogetherIsNamedAtTheStart() throws IOException {
    Path a = folder("a", WORDS, 5);
    Path other = folder("other", Dictionary.fromCounts(Map.of("a", 3L, "d", 2L), 0, 0, 1), 5);
    refused(a + "," + other, ConfigurationException.class, "dictionary of en", "other");
    refused(a + ":" + other, ConfigurationException.class, "dictionary of en", "other");
    refused(a + ":" + temporary.resolve("none"), ConfigurationException.class, "no such folder");
    refused(a + ",," + a, ConfigurationException.class, "a folder is missing");
    refused(a + "," + folder("empty", WORDS), MosException.class, "no train data", "empty");
    refused(a + ":" + folder("zero", WORDS, 0), MosException.class, "no sentences");
    Path gap = folder("gap", WORDS, 5, 5, 5, 5);
    Files.delete(gap.resolve("train2.en-de.de.idx"));
    refused(gap.toString(), MosException.class, "train2.en-de.de", "up to train3");
    Files.delete(gap.resolve("train2.en-de.en.idx"));
    refused(gap.toString(), MosException.class, "no train2 data", "up to train3");
    Path cut = folder("cut", WORDS, 5, 500);
    byte[] bin = Files.readAllBytes(cut.resolve("train1.en-de.en.bin"));
    Files.write(cut.resolve("train1.en-de.en.bin"), Arrays.copyOf(bin, 900));
    refused(a + ":" + cut, MosException.class, "train1.en-de.en.bin", "truncated");
    Path uneven = folder("uneven", WORDS, 5);
    part(uneven, "train1", 4);
    Files.copy(
        a.resolve("train.en-de.en.idx"),
        uneven.resolve("train1.en-de.en.idx"),
        StandardCopyOption.REPLACE_EXISTING);
    refused(uneven.toString(), MosException.class, "train1.en-de.en.bin");
  }

  private static void refused(String data, Class<? extends Exception> type, String... words) {
    assertThatThrownBy(() -> sizes(data)).isInstanceOf(type).hasMessageContainingAll(words);
  }

  @Test
  void hashesTellEveryPartAndTheOrder() {
    Path a = folder("a", WORDS, 5);
    Path b = folder("b", WORDS, 6);
    String one = open(a.toString()).hashes("train").get("train");
    String two = open(a + "," + b).hashes("train").get("train");
    assertThat(open(b + "," + a).hashes("train").get("train")).isNotEqualTo(two);
    assertThat(open(a + ":" + b).hashes("train").get("train")).isNotEqualTo(two);
    part(a, "train1", 2);
    assertThat(open(a.toString()).hashes("train").get("train")).isNotEqualTo(one);
    assertThat(open(a + "," + b).hashes("train").get("train")).isNotEqualTo(two);
  }
}
