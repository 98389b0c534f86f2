package mos.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FrameTest {
  private final Fillers fillers =
      new Fillers(
          Map.of(
              "name", List.of(Filler.invariable("Anna", "Anna"), Filler.invariable("Ben", "Ben")),
              "thing", List.of(new Filler("the table", "der Tisch", "den Tisch", "dem Tisch"))));

  @Test
  void germanSlotTakesTheCaseItAsksFor() {
    Frame frame = new Frame("{thing} is here.", "{thing}, {thing.acc}, {thing.dat}.");
    assertThat(frame.fill(fillers, new Dice(1)))
        .isEqualTo(new SentencePair("The table is here.", "Der Tisch, den Tisch, dem Tisch."));
  }

  @Test
  void twoSlotsOfOneKindDiffer() {
    Frame frame = new Frame("{name} and {name2}", "{name2} und {name}");
    for (int seed = 0; seed < 50; seed++) {
      assertThat(frame.fill(fillers, new Dice(seed)).en()).isIn("Anna and Ben", "Ben and Anna");
    }
  }

  @Test
  void frameWithDifferentSlotsIsRefused() {
    assertThatThrownBy(() -> new Frame("{name} has {n}.", "{name} hat {num}."))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[n, name], but in German [name, num]");
  }

  @Test
  void diceCoverTheirRangeAndNothingElse() {
    Dice dice = new Dice(5);
    int[] counts = new int[4];
    for (int i = 0; i < 4_000; i++) {
      counts[dice.between(-1, 2) + 1]++;
    }
    for (int count : counts) {
      assertThat(count).isBetween(900, 1_100);
    }
  }
}
