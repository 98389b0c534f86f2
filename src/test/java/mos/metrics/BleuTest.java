package mos.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import mos.base.MosException;
import org.junit.jupiter.api.Test;

class BleuTest {
  private static final List<String> LINES = List.of("a b c d e", "the quick brown fox", "");

  @Test
  void aTextAgainstItselfScores100() {
    assertThat(Bleu.of(LINES, LINES).score()).isCloseTo(100, within(1e-9));
    assertThat(SacreBleu.of(LINES, LINES, false).score()).isCloseTo(100, within(1e-9));
    assertThat(new Chrf(0, false).of(LINES, LINES)).isCloseTo(100, within(1e-9));
  }

  @Test
  void emptyOutputScoresZero() {
    List<String> reference = List.of("a b c d");
    assertThat(Bleu.of(List.of(""), reference).score()).isZero();
    assertThat(SacreBleu.of(List.of(""), reference, false).score()).isZero();
    assertThat(new Chrf(0, false).of(List.of(""), reference)).isZero();
  }

  @Test
  void noReferenceTokensGiveTheZeroLine() {
    assertThat(Bleu.of(List.of(""), List.of("")).line())
        .isEqualTo("BLEU = 0, 0/0/0/0 (BP=0, ratio=0, hyp_len=0, ref_len=0)");
  }

  @Test
  void differentLineCountsAreRefused() {
    assertThatThrownBy(() -> Bleu.of(List.of("a"), List.of("a", "b")))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("1 and 2 lines");
  }

  @Test
  void compoundsAreSplitWithoutOverlap() {
    assertThat(Bleu.splitCompounds("a-b-c - d")).isEqualTo("a ##AT##-##AT## b-c - d");
  }

  @Test
  void noBreakSpaceIsPartOfAToken() {
    assertThat(Bleu.of(List.of("a\u00a0b"), List.of("a\u00a0b")).systemLength()).isEqualTo(1);
  }

  @Test
  void unknownWordsOfAReferenceMatchNothing() {
    Bleu bleu = Bleu.of(List.of("<unk> b <unk> <<unk>>"), List.of("<unk> b <unk> <unk>"));
    assertThat(bleu.precisions()).containsExactly(25.0, 0.0, 0.0, 0.0);
    assertThat(bleu.referenceLength()).isEqualTo(4);
  }
}
