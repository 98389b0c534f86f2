package mos.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import mos.base.LineReader;
import mos.base.MosException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Byte pair encoding against subword-nmt's own output. */
class BpeTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/text");

  @TempDir Path folder;

  private static List<String> lines(String name) {
    return LineReader.all(GOLDEN.resolve(name));
  }

  @Test
  void learnedCodesEqualSubwordNmt() throws IOException {
    List<Path> files = List.of(GOLDEN.resolve("bpe-train.tok"));
    assertThat(BpeLearner.learnFromFiles(files, 400, 2).text())
        .isEqualTo(Files.readString(GOLDEN.resolve("codes-400")));
    assertThat(BpeLearner.learn(lines("bpe-train.tok"), 400, 5).text())
        .isEqualTo(Files.readString(GOLDEN.resolve("codes-400-min5")));
  }

  @Test
  void encodedTextEqualsSubwordNmt() {
    BpeEncoder encoder = new BpeEncoder(BpeCodes.read(GOLDEN.resolve("codes-400")));
    for (String language : List.of("de", "fr")) {
      assertThat(lines(language + ".tok").stream().map(encoder::encode).toList())
          .isEqualTo(lines(language + ".bpe"));
    }
  }

  @Test
  void vocabularyThresholdRevertsMergesLikeSubwordNmt() {
    Set<String> vocabulary = TokenCounts.read(GOLDEN.resolve("de.vocab"), 20);
    BpeEncoder encoder = new BpeEncoder(BpeCodes.read(GOLDEN.resolve("codes-400")), vocabulary);
    assertThat(lines("de.tok").stream().map(encoder::encode).toList())
        .isEqualTo(lines("de.bpe-threshold20"));
  }

  @Test
  void countsEqualGetVocab() throws IOException {
    TokenCounts counts = new TokenCounts();
    lines("de.bpe").forEach(counts::add);
    Path file = folder.resolve("vocab");
    counts.write(file);
    assertThat(Files.readString(file)).isEqualTo(Files.readString(GOLDEN.resolve("de.vocab")));
  }

  @Test
  void removingUndoesEncodingFromSeveralThreads() {
    BpeEncoder encoder = new BpeEncoder(BpeCodes.read(GOLDEN.resolve("codes-400")));
    List<String> expected = lines("fr.bpe");
    List<String> input = lines("fr.tok");
    List<String> encoded =
        IntStream.range(0, input.size() * 8)
            .parallel()
            .mapToObj(i -> encoder.encode(input.get(i % input.size())))
            .toList();
    for (int i = 0; i < encoded.size(); i++) {
      assertThat(encoded.get(i)).isEqualTo(expected.get(i % expected.size()));
      assertThat(BpeEncoder.remove(encoded.get(i))).isEqualTo(input.get(i % input.size()));
    }
  }

  @Test
  void marginsStayAndInnerBlanksBecomeOne() {
    BpeEncoder encoder = new BpeEncoder(BpeCodes.read(GOLDEN.resolve("codes-400")));
    assertThat(encoder.encode("  the   the \r")).isEqualTo("  the the \r");
    assertThat(encoder.encode("   ")).isEqualTo("   ");
    assertThat(encoder.encode("")).isEmpty();
  }

  @Test
  void tiesGoToTheGreaterPairInCodePointOrder() {
    // U+1F600 is greater than U+FF21, though its first UTF-16 unit is smaller
    BpeCodes codes = BpeLearner.learn(List.of("\uff21\uff21b \uff21\uff21b", "😀😀b 😀😀b"), 1, 2);
    assertThat(codes.merges()).containsExactly(new BpeCodes.Merge("😀", "😀"));
  }

  @Test
  void rarePairsAreNotMerged() {
    assertThat(BpeLearner.learn(List.of("ab cd"), 10, 2).merges()).isEmpty();
    assertThat(BpeLearner.learn(List.of("aaaaa"), 10, 1).merges()).hasSize(3);
  }

  @Test
  void brokenCodeFilesAreNamedWithTheLine() throws IOException {
    Path file = Files.writeString(folder.resolve("codes"), "#version: 0.2\na b\nabc\n");
    assertThatThrownBy(() -> BpeCodes.read(file))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("codes:3");
    assertThatThrownBy(() -> BpeCodes.read(folder.resolve("none")))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("no such file");
  }

  @Test
  void codesSurviveWritingAndReading() {
    BpeCodes codes = BpeCodes.read(GOLDEN.resolve("codes-400"));
    codes.write(folder.resolve("copy"));
    assertThat(BpeCodes.read(folder.resolve("copy"))).isEqualTo(codes);
  }

  private static List<String> encoded(String codes, String... words) {
    BpeEncoder encoder = new BpeEncoder(BpeCodes.parse(codes, "codes"));
    return Stream.of(words).map(encoder::encode).toList();
  }

  /** Worked out by the rules of subword-nmt: of version 0.1, the end is a symbol at the start. */
  @Test
  void codesOfOtherVersionsAndProgramsAreRead() {
    String[] words = {"low", "lower", "slow", "w"};
    List<String> attached = List.of("low", "low@@ er", "s@@ low", "w");
    String body = "l o\nlo w</w>\nlo w\ne r</w>\n";
    assertThat(encoded("#version: 0.2\n" + body, words)).isEqualTo(attached);
    assertThat(encoded("\ufeff#version: 0.2\r\n" + body.replace("\n", "\r\n") + "\n", words))
        .isEqualTo(attached);
    // fastBPE: no header, counts.
    assertThat(encoded("l o 90\nlo w</w> 80\nlo w 7\ne r</w> 7\n", words)).isEqualTo(attached);
    String apart = "l o\nw </w>\nlo w\ne r\ner </w>\n";
    for (String codes : List.of(apart, "#version: 0.1\n" + apart)) {
      assertThat(encoded(codes, words)).isEqualTo(List.of("lo@@ w", "low@@ er", "s@@ lo@@ w", "w"));
    }
    assertThat(encoded("l o\nlo w\nlow </w>\n", words))
        .isEqualTo(List.of("low", "low@@ e@@ r", "s@@ low", "w"));
  }

  @Test
  void subwordsOutsideOfTheVocabularyAreSplitWithTheEndApart() {
    BpeCodes codes = BpeCodes.parse("l o\nlo w\nlow </w>\n", "codes");
    assertThat(new BpeEncoder(codes, Set.of("w", "lo@@")).encode("low")).isEqualTo("lo@@ w");
  }

  @Test
  void otherFormsOfCodesAreRefusedWithTheLine() {
    for (String bad :
        List.of(
            "#version: 0.3\na b\n",
            "#version: 0.2\n\na b\n",
            "a b 1\nc d\n",
            "a b\nc d 1\n",
            "#version: 0.2 - Trained by others\n")) {
      assertThatThrownBy(() -> BpeCodes.parse(bad, "codes"))
          .as(bad)
          .isInstanceOf(MosException.class)
          .hasMessageMatching("codes:[12]: got .*");
    }
    assertThatThrownBy(() -> BpeCodes.parse("", "codes")).hasMessageContaining("empty");
  }
}
