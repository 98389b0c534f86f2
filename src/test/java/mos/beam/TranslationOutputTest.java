package mos.beam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import mos.base.MosException;
import mos.data.Dictionary;
import org.junit.jupiter.api.Test;

class TranslationOutputTest {
  // 4: ein@@, 5: hund, 6: der
  private static final Dictionary DICTIONARY =
      Dictionary.fromCounts(Map.of("ein@@", 9L, "hund", 8L, "der", 7L), 0, 0, 1);
  private static final Hypothesis HYPOTHESIS =
      new Hypothesis(new int[] {4, 5, 3, 2}, -0.25, new float[] {-0.5f, -0.125f, -1, -2.00004f});

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private TranslationOutput output(TranslationOutput.Form form, boolean removeBpe) {
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    return new TranslationOutput(DICTIONARY, DICTIONARY, form, removeBpe, out);
  }

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void fairseqLinesHoldSourceReferenceHypothesisAndScores() {
    TranslationOutput output = output(TranslationOutput.Form.FAIRSEQ, false);
    output.print(7, new int[] {6, 5, 2}, new int[] {6, 3, 2}, List.of(HYPOTHESIS));
    assertThat(printed())
        .isEqualTo(
            "S-7\tder hund\n"
                + "T-7\tder <<unk>>\n"
                + "H-7\t-0.250000\tein@@ hund <unk>\n"
                + "P-7\t-0.5000 -0.1250 -1.0000 -2.0000\n");
  }

  @Test
  void bpeIsRemovedOnDemand() {
    TranslationOutput output = output(TranslationOutput.Form.PLAIN, true);
    output.print(0, new int[] {2}, null, List.of(HYPOTHESIS, HYPOTHESIS));
    assertThat(printed()).isEqualTo("einhund <unk>\neinhund <unk>\n");
  }

  @Test
  void interactiveAnswersLineByLine() {
    TranslationOutput output = output(TranslationOutput.Form.PLAIN, true);
    String input = "der hund\n\nKatze";
    int lines =
        output.interactive(
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            source -> List.of(new Hypothesis(source, 0, new float[source.length])));
    assertThat(lines).isEqualTo(3);
    assertThat(printed()).isEqualTo("der hund\n\n<unk>\n");
  }

  @Test
  void aLostAnswerIsAnError() {
    PrintStream closed = new PrintStream(OutputStream.nullOutputStream());
    closed.close();
    TranslationOutput output =
        new TranslationOutput(DICTIONARY, DICTIONARY, TranslationOutput.Form.PLAIN, true, closed);
    assertThatThrownBy(
            () ->
                output.interactive(
                    new ByteArrayInputStream(new byte[] {'a', '\n'}), s -> List.of(HYPOTHESIS)))
        .isInstanceOf(MosException.class);
  }
}
