package mos.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineReaderTest {
  @TempDir Path folder;

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  @Test
  void onlyTheNewlineEndsALineAndTheLastMayLackIt() throws IOException {
    List<String> lines = List.of("a\rb", "c\r", "", "d\u0085e\u2028f\u2029g", "h\u000bi\fj\0", "k");
    String text = String.join("\n", lines);
    assertThat(LineReader.all(file("a", text))).isEqualTo(lines);
    assertThat(LineReader.all(file("a", text + "\n"))).isEqualTo(lines);
    assertThat(LineReader.all(file("a", ""))).isEmpty();
    assertThat(LineReader.all(file("a", "\n"))).containsExactly("");
  }

  @Test
  void byteOrderMarkIsNoPartOfTheFirstLine() throws IOException {
    assertThat(LineReader.all(file("a", "\ufeffa\n\ufeffb"))).containsExactly("a", "\ufeffb");
  }

  @Test
  void packedFilesAreUnpacked() throws IOException {
    Path file = folder.resolve("a.gz");
    try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write("\ufeffa\nb".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(LineReader.all(file)).containsExactly("a", "b");
  }

  @Test
  void whatIsNotUtf8IsRefusedWithItsLineOrReplaced() throws IOException {
    byte[] bytes = {'a', '\n', 'b', (byte) 0xff, '\n', 'c'};
    Path file = Files.write(folder.resolve("bad"), bytes);
    assertThatThrownBy(() -> LineReader.all(file))
        .isInstanceOf(MosException.class)
        .hasMessage(file + ":2: not valid UTF-8");
    List<String> lines = new ArrayList<>();
    try (LineReader in = LineReader.lenient(new ByteArrayInputStream(bytes), "in")) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        lines.add(line);
      }
    }
    assertThat(lines).containsExactly("a", "b\ufffd", "c");
  }

  @Test
  void recordsMayEndInBlankLinesOnly() throws IOException {
    try (RecordReader in = RecordReader.of(file("a", "\ufeffa 1\nb 2\n\r\n \n"))) {
      assertThat(in.next()).isEqualTo("a 1");
      assertThat(in.next()).isEqualTo("b 2");
      assertThat(in.where()).endsWith("a:2");
      assertThat(in.next()).isNull();
      assertThat(in.next()).isNull();
    }
    Path bad = file("bad", "a 1\n\n\nb 2\n");
    try (RecordReader in = RecordReader.of(bad)) {
      in.next();
      assertThatThrownBy(in::next)
          .isInstanceOf(MosException.class)
          .hasMessage(bad + ":2: got a blank line, which may only be at the end");
    }
  }
}
