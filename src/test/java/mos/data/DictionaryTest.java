package mos.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import mos.base.MosException;
import mos.base.Sha256;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DictionaryTest {
  @TempDir Path folder;

  private Dictionary load(String text) throws IOException {
    return Dictionary.load(Files.writeString(folder.resolve("dict.txt"), text));
  }

  @Test
  void fileSymbolsFollowTheSpecialOnes() throws IOException {
    Dictionary dictionary = load("the 10\n, 7\n");
    assertThat(dictionary.size()).isEqualTo(6);
    assertThat(dictionary.index("<s>")).isEqualTo(0);
    assertThat(dictionary.index("<pad>")).isEqualTo(1);
    assertThat(dictionary.index("</s>")).isEqualTo(2);
    assertThat(dictionary.index("<unk>")).isEqualTo(3);
    assertThat(dictionary.index("the")).isEqualTo(4);
    assertThat(dictionary.index(",")).isEqualTo(5);
    assertThat(dictionary.symbol(5)).isEqualTo(",");
    assertThat(dictionary.count(4)).isEqualTo(10);
    assertThat(dictionary.index("absent")).isEqualTo(Dictionary.UNK);
  }

  @Test
  void repeatedSymbolIsAnErrorUnlessFlagged() throws IOException {
    assertThatThrownBy(() -> load("a 3\nb 2\na 1\n"))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("dict.txt:3")
        .hasMessageContaining("'a' occurs twice");
    Dictionary dictionary = load("a 3\nb 2\na 1 #fairseq:overwrite\n");
    assertThat(dictionary.index("a")).isEqualTo(6);
    assertThat(dictionary.size()).isEqualTo(7);
    dictionary.save(folder.resolve("again"));
    assertThat(folder.resolve("again")).hasContent("a 3\nb 2\na 1 #fairseq:overwrite\n");
  }

  @Test
  void otherFormsAreErrors() throws IOException {
    for (String bad :
        new String[] {
          "word\n", "word x\n", "\nb 1\n", " 3\n", "word 1.5\n", "w 3 4x\n", "w -\n", "w ٣\n"
        }) {
      assertThatThrownBy(() -> load("a 1\n" + bad))
          .as(bad)
          .isInstanceOf(MosException.class)
          .hasMessageContaining("dict.txt:2");
    }
    Path file = folder.resolve("broken");
    Files.write(file, new byte[] {'a', (byte) 0xc3, ' ', '1', '\n'});
    assertThatThrownBy(() -> Dictionary.load(file)).hasMessageContaining("not valid UTF-8");
    assertThatThrownBy(() -> Dictionary.load(folder.resolve("absent")))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("no such file");
  }

  @Test
  void symbolsAreSortedByCountThenCodePointAndPadded() {
    Dictionary dictionary =
        Dictionary.fromCounts(
            Map.of("b", 2L, "a", 2L, "\uFF5E", 2L, "😀", 2L, "z", 9L, "</s>", 100L, "rare", 1L),
            0,
            2,
            8);
    dictionary.save(folder.resolve("dict.txt"));
    assertThat(folder.resolve("dict.txt"))
        .usingCharset(StandardCharsets.UTF_8)
        .hasContent(
            """
            z 9
            a 2
            b 2
            \uFF5E 2
            😀 2
            madeupword0000 0
            madeupword0001 0
            madeupword0002 0
            madeupword0003 0
            madeupword0004 0
            madeupword0005 0
            madeupword0006 0
            """);
    assertThat(dictionary.size()).isEqualTo(16);
  }

  @Test
  void sizeLimitCountsTheSpecialSymbols() {
    Dictionary dictionary = Dictionary.fromCounts(Map.of("a", 3L, "b", 2L, "c", 1L), 6, 0, 1);
    assertThat(dictionary.size()).isEqualTo(6);
    assertThat(dictionary.index("b")).isEqualTo(5);
    assertThat(dictionary.index("c")).isEqualTo(Dictionary.UNK);
  }

  @Test
  void savedIsLoadedAgainWithTheSameHash() throws IOException {
    Dictionary dictionary = Dictionary.fromCounts(Map.of("ä", 5L, "x@@", 4L), 0, 0, 8);
    Path file = folder.resolve("saved");
    dictionary.save(file);
    Dictionary loaded = Dictionary.load(file);
    assertThat(loaded.hash()).isEqualTo(dictionary.hash()).hasSize(64);
    assertThat(loaded.hash()).isEqualTo(Sha256.of(Files.readAllBytes(file)));
    assertThat(load("ä 5\n").hash()).isNotEqualTo(dictionary.hash());
  }

  @Test
  void linesAreSplitAtWhiteSpaceAsPythonDoes() throws IOException {
    Dictionary dictionary = load("a 1\nb 1\nc@@ 1\n");
    assertThat(dictionary.encode(" a\u00a0b \u2003 c@@\tq\u001c\r")).containsExactly(4, 5, 6, 3, 2);
    assertThat(dictionary.encode("a\u200bb")).containsExactly(3, 2);
    assertThat(dictionary.encode("")).containsExactly(2);
  }

  @Test
  void textLosesSpecialSymbolsAndBpe() throws IOException {
    Dictionary dictionary = load("a 1\nb 1\nc@@ 1\n");
    int[] ids = {0, 6, 4, 3, 6, 2, 1};
    assertThat(dictionary.string(ids, false)).isEqualTo("c@@ a <unk> c@@");
    assertThat(dictionary.string(ids, true)).isEqualTo("ca <unk> c");
    assertThatThrownBy(() -> dictionary.string(new int[] {7}, false))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("token 7");
  }

  @Test
  void hashIsOfUtf8() throws IOException {
    assertThat(load("ä 5\n").hash()).isEqualTo(Sha256.of("ä 5\n".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void unknownWordsOfAReferenceNeverEqualThoseOfAHypothesis() {
    Dictionary dictionary = Dictionary.fromCounts(Map.of("a@@", 2L, "<unk>b", 1L), 0, 1, 1);
    int[] ids = dictionary.encode("a@@ <unk>b other");
    assertThat(dictionary.string(ids, true)).isEqualTo("a<unk>b <unk>");
    assertThat(dictionary.reference(ids, true)).isEqualTo("a<unk>b <<unk>>");
    assertThat(dictionary.reference(ids, false)).isEqualTo("a@@ <unk>b <<unk>>");
  }

  @Test
  void filesOfOtherToolsAreRead() throws IOException {
    Dictionary plain = load("a -0\nb -1\nc 7\n");
    assertThat(plain.count(plain.index("b"))).isEqualTo(-1);
    assertThat(plain.encode("a b c")).containsExactly(4, 5, 6, Dictionary.EOS);
    for (String same :
        List.of(
            "\ufeffa -0\nb -1\nc 7\n",
            "a -0\r\nb -1\r\nc 7\r\n\r\n",
            "a\t-0\nb\t-1\nc\t7",
            "a -0\nb -1\nc +7\n\n \n")) {
      assertThat(load(same).hash()).as(same).isEqualTo(plain.hash());
    }
  }
}
