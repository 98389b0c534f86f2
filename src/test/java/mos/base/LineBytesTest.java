package mos.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineBytesTest {
  private static LineBytes of(String text) {
    return new LineBytes(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<String> lines(String text) throws IOException {
    List<String> lines = new ArrayList<>();
    try (LineBytes in = of(text)) {
      for (byte[] line = in.next(1 << 20); line != null; line = in.next(1 << 20)) {
        lines.add(new String(line, StandardCharsets.UTF_8));
      }
    }
    return lines;
  }

  @Test
  void onlyTheNewlineEndsALine() throws IOException {
    assertThat(lines("a\r\n\nb\u2028c\u0085\n d"))
        .containsExactly("a\r", "", "b\u2028c\u0085", " d");
    assertThat(lines("")).isEmpty();
    assertThat(lines("\n")).containsExactly("");
  }

  @Test
  void linesMayBeLongerThanTheBufferAndEndWithIt() throws IOException {
    String full = "x".repeat(1 << 16);
    String almost = "y".repeat((1 << 16) - 1);
    assertThat(lines(almost + "\n" + full + "\n" + full + "z"))
        .containsExactly(almost, full, full + "z");
  }

  @Test
  void offsetsAreWhereLinesStart() throws IOException {
    try (LineBytes in = of("ä\nbc\n")) {
      assertThat(in.offset()).isZero();
      in.next(100);
      assertThat(in.offset()).isEqualTo(3);
      in.next(100);
      assertThat(in.offset()).isEqualTo(6);
      assertThat(in.next(100)).isNull();
    }
  }

  @Test
  void whatIsLongerThanAskedForComesInParts() throws IOException {
    try (LineBytes in = of("x".repeat(1 << 18))) {
      assertThat(in.next(100)).hasSizeGreaterThan(100).hasSizeLessThan(1 << 17);
    }
  }
}
