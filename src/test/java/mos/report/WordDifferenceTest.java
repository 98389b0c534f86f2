package mos.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WordDifferenceTest {
  @Test
  void marksRunsOfWordsOutsideTheReference() {
    assertThat(WordDifference.mark("a x y c", "a b c")).isEqualTo("a <mark>x y</mark> c");
    assertThat(WordDifference.mark("a b", "a b")).isEqualTo("a b");
    assertThat(WordDifference.mark("b a", "a b")).contains("<mark>").contains("</mark>");
    assertThat(WordDifference.mark("<i> b", "b")).isEqualTo("<mark>&lt;i&gt;</mark> b");
    assertThat(WordDifference.mark("a & b", "")).isEqualTo("a &amp; b");
  }
}
