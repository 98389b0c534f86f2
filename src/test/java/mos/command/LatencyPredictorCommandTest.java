package mos.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import mos.base.ConfigurationException;
import mos.config.Settings;
import mos.latency.LatencyPredictor;
import mos.results.PredictorFigures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatencyPredictorCommandTest {
  private static final String HEADER =
      "encoder_embed_dim,encoder_layer_num,encoder_ffn_embed_dim_avg,"
          + "encoder_self_attention_heads_avg,decoder_embed_dim,decoder_layer_num,"
          + "decoder_ffn_embed_dim_avg,decoder_self_attention_heads_avg,"
          + "decoder_ende_attention_heads_avg,decoder_arbitrary_ende_attn_avg,"
          + "latency_mean_encoder,latency_mean_decoder,latency_std_encoder,latency_std_decoder\n";

  @TempDir Path folder;
  private final LatencyPredictorCommand task = new LatencyPredictorCommand();

  @Test
  void trialSizeIsTrainedSavedAndDescribed() throws Exception {
    StringBuilder csv = new StringBuilder(HEADER);
    for (int i = 0; i < 10; i++) {
      csv.append("640,6,2048,4,512," + (1 + i % 6) + ",1024,4,4,2,5,")
          .append(20 + 10 * (i % 6))
          .append(",0.1,0.2\n");
    }
    Path data = Files.writeString(folder.resolve("lat.csv"), csv);
    Path out = folder.resolve("predictor.json");
    PredictorFigures figures =
        task.run(
            settings(
                Map.of(
                    "lat-dataset-path", data.toString(),
                    "ckpt-path", out.toString(),
                    "train-steps", "10",
                    "bsz", "2",
                    "hidden-dim", "8",
                    "evaluate", "true")));
    assertThat(figures.evaluation().rows()).isEqualTo(1);
    assertThat(figures.evaluation().rmseMs()).isLessThan(5);
    assertThat(figures.baselines()).hasSize(2);
    assertThat(task.describe(figures)).contains("RMSE", "MAPE", "hat recipe", "decoder depth only");
    assertThat(LatencyPredictor.load(out).evaluation().rmseMs())
        .isEqualTo(figures.evaluation().rmseMs());
  }

  @Test
  void missingPathIsAUsageError() {
    assertThatThrownBy(() -> task.run(settings(Map.of("ckpt-path", "x.json"))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("lat-dataset-path");
  }

  private Settings settings(Map<String, String> given) {
    return Settings.load(List.of(), given, task.settings());
  }
}
