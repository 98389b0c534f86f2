package mos.data;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Joins pieces of a SentencePiece model to text: {@code ▁} becomes a blank, and pieces for bytes,
 * {@code <0xE2>}, become the characters that they spell; bytes that spell none become U+FFFD.
 *
 * <p>Source: Kudo and Richardson, SentencePiece, EMNLP 2018, section 3.
 */
final class PieceText {
  private static final char SPACE = '▁';
  private static final Pattern BYTE = Pattern.compile("<0x[0-9A-F]{2}>");

  private PieceText() {}

  /** Whether a piece stands for a byte. */
  static boolean isByte(String piece) {
    return piece.length() == 6 && BYTE.matcher(piece).matches();
  }

  static String join(List<String> pieces) {
    StringBuilder text = new StringBuilder();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String piece : pieces) {
      if (isByte(piece)) {
        bytes.write(Integer.parseInt(piece.substring(3, 5), 16));
      } else {
        flush(bytes, text);
        text.append(piece);
      }
    }
    flush(bytes, text);
    String line = text.toString().replace(SPACE, ' ');
    // The blank that SentencePiece sets before the first word.
    return line.startsWith(" ") ? line.substring(1) : line;
  }

  private static void flush(ByteArrayOutputStream bytes, StringBuilder text) {
    if (bytes.size() > 0) {
      text.append(bytes.toString(StandardCharsets.UTF_8));
      bytes.reset();
    }
  }
}
