package mos.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import mos.base.ConfigurationException;
import mos.base.Json;
import mos.base.MosException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenCorpusTest {
  static final Path GOLDEN = Path.of("src/test/resources/golden/fairseq_binary");

  @TempDir Path folder;

  static int[][] goldenSentences() {
    JsonNode json = Json.read(GOLDEN.resolve("sentences.json"));
    return StreamSupport.stream(json.spliterator(), false)
        .map(
            sentence ->
                StreamSupport.stream(sentence.spliterator(), false)
                    .mapToInt(JsonNode::asInt)
                    .toArray())
        .toArray(int[][]::new);
  }

  private static void assertHolds(TokenCorpus corpus, int[][] sentences) {
    assertThat(corpus.size()).isEqualTo(sentences.length);
    for (int i = 0; i < sentences.length; i++) {
      assertThat(corpus.length(i)).isEqualTo(sentences[i].length);
      assertThat(corpus.get(i)).containsExactly(sentences[i]);
    }
  }

  private Path copyGolden(String form) throws IOException {
    for (String end : new String[] {".idx", ".bin"}) {
      Files.copy(GOLDEN.resolve(form + ".en-de.en" + end), folder.resolve("c" + end));
    }
    return folder.resolve("c");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lazy", "mmap", "mmap16"})
  void goldenFormsAreRead(String form) {
    try (TokenCorpus corpus = TokenCorpus.open(GOLDEN.resolve(form + ".en-de.en"), null)) {
      assertHolds(corpus, goldenSentences());
      assertThatThrownBy(() -> corpus.get(50)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lazy", "mmap", "mmap16"})
  void valuesAcrossMappedSegmentsAreRead(String form) {
    Path prefix = GOLDEN.resolve(form + ".en-de.en");
    for (int bits = 3; bits < 7; bits++) {
      MappedFile index = new MappedFile(BinaryCorpus.indexFile(prefix), bits);
      MappedFile tokens = new MappedFile(BinaryCorpus.tokenFile(prefix), bits);
      assertHolds(new BinaryCorpus(prefix, index, tokens), goldenSentences());
    }
  }

  /** Three sentences, so that the tests that damage each byte take milliseconds. */
  private Path writeSmall(String form) throws IOException {
    int[][] sentences = {{4, 5, 2}, {2}, {6, 2}};
    Path prefix = folder.resolve("c");
    if (form.equals("mmap")) {
      CorpusWriter.write(
          prefix,
          10,
          writer -> {
            for (int[] sentence : sentences) {
              writer.add(sentence);
            }
          });
      return prefix;
    }
    ByteBuffer index = ByteBuffer.allocate(48 + 11 * 8).order(ByteOrder.LITTLE_ENDIAN);
    index.put("TNTIDX\0\0".getBytes(StandardCharsets.ISO_8859_1));
    for (long value : new long[] {1, 4, 4, 3, 3, 0, 1, 2, 3, 0, 3, 4, 6, 3, 1, 2}) {
      index.putLong(value);
    }
    ByteBuffer bin = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    Arrays.stream(sentences).flatMapToInt(Arrays::stream).forEach(id -> bin.putInt(id + 1));
    Files.write(folder.resolve("c.idx"), index.array());
    Files.write(folder.resolve("c.bin"), bin.array());
    return prefix;
  }

  @ParameterizedTest
  @ValueSource(strings = {"lazy", "mmap"})
  void truncationAtEveryByteIsAnError(String form) throws IOException {
    Path prefix = writeSmall(form);
    assertThat(TokenCorpus.open(prefix, null).get(0)).containsExactly(4, 5, 2);
    for (String end : new String[] {".idx", ".bin"}) {
      Path file = folder.resolve("c" + end);
      byte[] whole = Files.readAllBytes(file);
      for (int size = 0; size < whole.length; size++) {
        Files.write(file, Arrays.copyOf(whole, size));
        assertThatThrownBy(() -> TokenCorpus.open(prefix, null))
            .as("%s cut to %d bytes", end, size)
            .isInstanceOf(MosException.class)
            .hasMessageContaining(file.toString());
      }
      Files.write(file, whole);
    }
  }

  @Test
  void truncationSaysGotAndNeed() throws IOException {
    Path prefix = copyGolden("mmap");
    Files.write(
        folder.resolve("c.idx"), Arrays.copyOf(Files.readAllBytes(folder.resolve("c.idx")), 600));
    assertThatThrownBy(() -> TokenCorpus.open(prefix, null))
        .hasMessageContaining("got 600 bytes, need 626");
  }

  /** Each 8 bytes of the index overwritten by absurd values: an error or a corpus, no other end. */
  @ParameterizedTest
  @ValueSource(strings = {"lazy", "mmap"})
  void hostileIndexNeverGivesAnotherException(String form) throws IOException {
    Path prefix = writeSmall(form);
    byte[] whole = Files.readAllBytes(folder.resolve("c.idx"));
    for (long value : new long[] {-1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 31, 1L << 40, 0}) {
      for (int at = 0; at + 8 <= whole.length; at++) {
        byte[] hostile = whole.clone();
        ByteBuffer.wrap(hostile).order(ByteOrder.LITTLE_ENDIAN).putLong(at, value);
        Files.write(folder.resolve("c.idx"), hostile);
        try (TokenCorpus corpus = TokenCorpus.open(prefix, null)) {
          for (int i = 0; i < corpus.size(); i++) {
            assertThat(corpus.get(i)).hasSize(corpus.length(i));
          }
        } catch (MosException e) {
          assertThat(e.getMessage()).contains(folder.toString());
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void everyTokenTypeIsRead(int code) throws IOException {
    TokenType type = TokenType.ofCode(code, "test");
    ByteBuffer index = ByteBuffer.allocate(26 + 12).order(ByteOrder.LITTLE_ENDIAN);
    index.put("MMIDIDX\0\0".getBytes(StandardCharsets.ISO_8859_1));
    index.putLong(1).put((byte) code).putLong(1).putInt(3).putLong(0);
    ByteBuffer bin = ByteBuffer.allocate(3 * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int id : new int[] {100, 7, 2}) {
      switch (type) {
        case UINT8, INT8 -> bin.put((byte) id);
        case INT16, UINT16 -> bin.putShort((short) id);
        case INT32, UINT32 -> bin.putInt(id);
        case INT64, UINT64 -> bin.putLong(id);
        case FLOAT64, DOUBLE -> bin.putDouble(id);
      }
    }
    Files.write(folder.resolve("t.idx"), index.array());
    Files.write(folder.resolve("t.bin"), bin.array());
    TokenCorpus corpus = TokenCorpus.open(folder.resolve("t"), null);
    assertThat(corpus.get(0)).containsExactly(100, 7, 2);
  }

  @Test
  void negativeTokenIsAnError() throws IOException {
    Path prefix = copyGolden("mmap");
    byte[] bin = Files.readAllBytes(folder.resolve("c.bin"));
    bin[3] = (byte) 0x80;
    Files.write(folder.resolve("c.bin"), bin);
    assertThatThrownBy(() -> TokenCorpus.open(prefix, null).get(0))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("no token id at byte 0");
  }

  @Test
  void writtenFilesAreThoseOfFairseq() throws IOException {
    for (int vocabulary : new int[] {65_499, 65_500}) {
      Path prefix = folder.resolve("w");
      CorpusWriter.write(
          prefix,
          vocabulary,
          writer -> {
            for (int[] sentence : goldenSentences()) {
              writer.add(sentence);
            }
          });
      String form = vocabulary < 65_500 ? "mmap16.en-de.en" : "mmap.en-de.en";
      assertThat(folder.resolve("w.bin")).hasSameBinaryContentAs(GOLDEN.resolve(form + ".bin"));
      assertThat(folder.resolve("w.idx")).hasSameBinaryContentAs(GOLDEN.resolve(form + ".idx"));
    }
  }

  @Test
  void manySentencesAreWrittenAndReadAgain() {
    int size = 40_000;
    Path prefix = folder.resolve("many");
    CorpusWriter.write(
        prefix,
        100_000,
        writer -> {
          for (int i = 0; i < size; i++) {
            writer.add(IntStream.range(0, i % 7 + 1).map(k -> k + 70_000).toArray());
          }
        });
    TokenCorpus corpus = TokenCorpus.open(prefix, null);
    assertThat(corpus.size()).isEqualTo(size);
    for (int i = 0; i < size; i += 997) {
      assertThat(corpus.get(i)).hasSize(i % 7 + 1).startsWith(70_000);
    }
    assertThat(corpus.get(size - 1)).hasSize((size - 1) % 7 + 1);
  }

  @Test
  void failedWriteLeavesNothingBehind() {
    assertThatThrownBy(
            () ->
                CorpusWriter.write(
                    folder.resolve("w"), 10, writer -> writer.add(new int[] {70_000})))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("token 70000");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void emptyCorpusIsWrittenAndRead() {
    CorpusWriter.write(folder.resolve("e"), 10, writer -> {});
    assertThat(TokenCorpus.open(folder.resolve("e"), null).size()).isZero();
  }

  @Test
  void textIsReadWithADictionary() throws IOException {
    Path text = Files.writeString(folder.resolve("t"), "a b\n\nb x\r\na");
    Dictionary dictionary =
        Dictionary.load(Files.writeString(folder.resolve("dict"), "a 1\nb 1\n"));
    try (TokenCorpus corpus = TokenCorpus.open(text, dictionary)) {
      assertHolds(corpus, new int[][] {{4, 5, 2}, {2}, {5, 3, 2}, {4, 2}});
    }
    assertThatThrownBy(() -> TokenCorpus.open(text, null))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("dictionary");
    assertThatThrownBy(() -> TokenCorpus.open(folder.resolve("absent"), null))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("no corpus");
  }
}
