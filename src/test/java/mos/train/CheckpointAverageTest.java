package mos.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.command.AverageCheckpointsCommand;
import mos.config.Settings;
import mos.data.UpdateIterator;
import mos.model.ExpertConfig;
import mos.model.ModelConfig;
import mos.model.StackSizes;
import mos.model.SuperTransformer;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointAverageTest {
  @TempDir Path folder;

  private Path save(int epoch, float value, String dictionary) {
    StackSizes side = StackSizes.of(8, List.of(6));
    ModelConfig config = new ModelConfig(9, 9, true, side, side, 4, ExpertConfig.NONE);
    ModelDescription description =
        new ModelDescription(
                config, null, config.largest(2), "en", "de", dictionary, dictionary, Map.of())
            .with(Map.of("device", "here", "version", "older"));
    Path file = folder.resolve("checkpoint" + epoch + ".safetensors");
    try (SuperTransformer model = new SuperTransformer(config, Tensors.cpu(), false);
        Scope scope = Scope.open()) {
      model.parameters().values().fill_(new Scalar(value));
      UpdateIterator.Position start = UpdateIterator.Position.START;
      Checkpoint.save(file, description, model, new TrainState(10L * epoch, start, 1, 1, 1));
    }
    return file;
  }

  private static float[] parameters(Path file) {
    try (Checkpoint checkpoint = Checkpoint.open(file);
        SuperTransformer model = checkpoint.model(Tensors.cpu(), false);
        Scope scope = Scope.open()) {
      return Tensors.toFloats(model.parameters().value("encoder.embed_tokens.weight"));
    }
  }

  @Test
  void theMeanOfTheLastEpochsIsWritten() {
    save(2, 100, "d");
    save(9, 1, "d");
    save(10, 2, "d");
    save(11, 6, "d");
    Path out = folder.resolve("average.safetensors");
    AverageCheckpointsCommand task = new AverageCheckpointsCommand();
    Map<String, String> options =
        Map.of("save-dir", folder.toString(), "num-epoch-checkpoints", "3", "out", out.toString());
    assertThat(task.run(Settings.load(List.of(), options, task.settings())).update())
        .isEqualTo(110);
    assertThat(parameters(out)).containsOnly(3);
    try (Checkpoint checkpoint = Checkpoint.open(out)) {
      assertThat(checkpoint.state().update()).isEqualTo(110);
      Map<String, String> made = checkpoint.description().provenance();
      assertThat(made).containsKeys("version", "java", "libtorch").containsEntry("device", "here");
      assertThat(made.get("averaged").split(","))
          .hasSize(3)
          .doesNotHaveDuplicates()
          .allMatch(hash -> hash.matches("[0-9a-f]{64}"));
    }
  }

  @Test
  void differentModelsAreRefused() {
    List<Path> files = List.of(save(1, 1, "d"), save(2, 1, "e"));
    assertThatThrownBy(() -> CheckpointAverage.write(files, folder.resolve("out"), Map.of()))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("the source dictionary of " + files.get(1) + " is e");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void missingEpochsAreCounted() {
    save(1, 1, "d");
    AverageCheckpointsCommand task = new AverageCheckpointsCommand();
    Map<String, String> options =
        Map.of("save-dir", folder.toString(), "num-epoch-checkpoints", "3", "out", "x");
    assertThatThrownBy(() -> task.run(Settings.load(List.of(), options, task.settings())))
        .hasMessageContaining("got 1 epoch checkpoints, need 3");
    assertThatThrownBy(
            () -> task.run(Settings.load(List.of(), Map.of("out", "x"), task.settings())))
        .isInstanceOf(ConfigurationException.class);
  }
}
