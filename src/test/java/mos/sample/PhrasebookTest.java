package mos.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PhrasebookTest {
  private final Phrasebook phrasebook = Phrasebook.load();

  @Test
  void framesUseKnownKindsAndEveryKindIsUsed() {
    Set<String> used = new TreeSet<>(List.of("role", "name")); // these two through "who"
    phrasebook.frames().forEach(frame -> used.addAll(frame.kinds()));
    assertThat(used).isEqualTo(new Fillers(phrasebook.lexicon()).kinds());
  }

  @Test
  void framesAreManyAndDifferent() {
    assertThat(phrasebook.frames()).hasSizeGreaterThanOrEqualTo(60);
    assertThat(phrasebook.frames().stream().map(Frame::en)).doesNotHaveDuplicates();
    assertThat(phrasebook.frames().stream().map(Frame::de)).doesNotHaveDuplicates();
  }

  @Test
  void wordsOfTheLexiconAreUnambiguousInEnglish() {
    assertThat(phrasebook.lexicon().values())
        .allSatisfy(words -> assertThat(words.stream().map(Filler::en)).doesNotHaveDuplicates());
  }
}
