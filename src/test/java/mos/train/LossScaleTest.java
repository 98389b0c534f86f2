package mos.train;

import static org.assertj.core.api.Assertions.assertThat;

import mos.data.UpdateIterator;
import org.junit.jupiter.api.Test;

class LossScaleTest {
  @Test
  void overflowHalvesIt() {
    assertThat(new LossScale(128, 77).after(true)).isEqualTo(new LossScale(64, 0));
  }

  @Test
  void manySteadyUpdatesDoubleIt() {
    LossScale scale = LossScale.START;
    for (int i = 1; i < LossScale.WINDOW; i++) {
      scale = scale.after(false);
    }
    assertThat(scale.scale()).isEqualTo(128);
    assertThat(scale.after(false)).isEqualTo(new LossScale(256, 0));
  }

  @Test
  void endlessOverflowExhaustsIt() {
    LossScale scale = LossScale.START;
    int updates = 0;
    while (!scale.exhausted()) {
      scale = scale.after(true);
      updates++;
    }
    assertThat(updates).isBetween(20, 22);
  }

  @Test
  void stateKeepsIt() {
    TrainState state =
        new TrainState(3, new UpdateIterator.Position(1, 3), 2.5, 9, 100, new LossScale(64, 17));
    assertThat(TrainState.fromJson(state.toJson(), "test")).isEqualTo(state);
    TrainState without = state.withLossScale(LossScale.NONE);
    assertThat(TrainState.fromJson(without.toJson(), "test")).isEqualTo(without);
  }
}
