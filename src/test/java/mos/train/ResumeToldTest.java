package mos.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import mos.nn.Distillation;
import mos.nn.DropoutRates;
import mos.tensor.Precision;
import org.junit.jupiter.api.Test;

/** What a checkpoint says decides whether its training may be continued, whoever began it. */
class ResumeToldTest {
  private static TrainingConfig config(Distillation distillation) {
    return new TrainingConfig(
        new TrainingConfig.UpdateSize(512, 0, 2, false),
        new LearningRate(LearningRate.Decay.COSINE, 1, 10, 1e-7, 1e-3, 1e-7),
        new GradientConfig(
            new DropoutRates(0, 0, 0),
            0.2,
            distillation,
            new TokenTraining(0, 0.01),
            Precision.FP32,
            false),
        AdamConfig.DEFAULT,
        0,
        new Intervals(1, 0, 0, 1),
        Selection.BY_LOSS,
        0,
        7);
  }

  @Test
  void whatIsConfiguredIsToldWithoutSettings() {
    assertThat(config(Distillation.NONE).told(Map.of(), 3))
        .isEqualTo(Map.of("seed", 7L, "max-tokens", 512, "update-freq", 6, "label-smoothing", 0.2));
    assertThat(config(new Distillation(Distillation.Kind.KL, 0.5)).told(Map.of(), 1))
        .containsEntry("distill", "kl")
        .containsEntry("distill-weight", 0.5);
  }

  @Test
  void settingsAreToldAsGivenButForMicroBatches() {
    assertThat(
            config(Distillation.NONE)
                .told(Map.of("update-freq", 2, "update-freq-total", 9, "distill", "kl"), 2))
        .containsEntry("update-freq", 4)
        .containsEntry("distill", "kl")
        .doesNotContainKey("update-freq-total");
  }
}
