package mos.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mos.base.Json;
import mos.base.MosException;
import mos.model.ExpertConfig;
import mos.model.Initialization;
import mos.model.ModelConfig;
import mos.model.StackSizes;
import mos.model.SuperTransformer;
import mos.space.Activation;
import mos.space.Plain;
import mos.space.SubTransformer;
import mos.tensor.SafeTensors;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import mos.train.ModelDescription;
import org.bytedeco.pytorch.Device;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportedModelTest {
  private static final StackSizes SIDE = StackSizes.of(16, List.of(12, 12));
  private static final SubTransformer ARCHITECTURE =
      Plain.architecture(
          12, 8, List.of(6, 10), List.of(2, 4), List.of(10), List.of(4), List.of(2), List.of(1));

  @TempDir Path folder;
  private float[] parameters;

  @BeforeEach
  void export() throws Exception {
    export(ARCHITECTURE);
  }

  private void export(SubTransformer architecture) throws Exception {
    ModelConfig config =
        new ModelConfig(11, 11, true, SIDE, SIDE, 8, ExpertConfig.NONE)
            .withActivation(Activation.SWISH);
    Files.writeString(folder.resolve("dict.en.txt"), "a 1\n");
    Files.writeString(folder.resolve("dict.de.txt"), "b 1\n");
    ModelDescription description =
        new ModelDescription(config, null, null, "en", "de", "x", "y", Map.of("seed", 1));
    try (SuperTransformer model = new SuperTransformer(config, Tensors.cpu(), false)) {
      Initialization.initialise(model, 3);
      try (SuperTransformer plain = model.materialise(architecture, false);
          Scope scope = Scope.open()) {
        ExportedModel.write(
            folder.resolve("out"), description, plain, architecture, Optional.of(folder));
        ReferenceBatch.write(
            folder.resolve("out").resolve(ExportedModel.REFERENCE), plain, architecture);
        parameters = Tensors.toFloats(plain.parameters().values());
      }
    }
  }

  @Test
  void theSameModelIsLoaded() {
    try (ExportedModel model = ExportedModel.load(folder.resolve("out"), Tensors.cpu());
        Scope scope = Scope.open()) {
      assertThat(model.architecture()).isEqualTo(ARCHITECTURE);
      assertThat(model.description().sourceDictionary()).isEqualTo("x");
      assertThat(model.model().config().activation()).isEqualTo(Activation.SWISH);
      assertThat(Tensors.toFloats(model.model().parameters().values())).containsExactly(parameters);
    }
    assertThat(folder.resolve("out/dict.de.txt")).hasContent("b 1");
  }

  /** A device without memory of its own stands for the GPU. */
  @Test
  void theModelIsMadeOnTheDeviceThatIsAskedFor() {
    try (ExportedModel model = ExportedModel.load(folder.resolve("out"), new Device("meta"))) {
      assertThat(model.model().device().is_meta()).isTrue();
      assertThat(model.model().parameters().values().is_meta()).isTrue();
    }
  }

  @Test
  void headSizesAndActivationsAreKept() throws Exception {
    SubTransformer own =
        ARCHITECTURE
            .withHeadDims(List.of(3, 2), List.of(1))
            .withActivations(List.of(1, 2), List.of(3));
    export(own);
    try (ExportedModel model = ExportedModel.load(folder.resolve("out"), Tensors.cpu());
        SafeTensors tensors =
            SafeTensors.open(folder.resolve("out").resolve(ExportedModel.PARAMETERS), true);
        Scope scope = Scope.open()) {
      assertThat(model.architecture()).isEqualTo(own);
      assertThat(Tensors.toFloats(model.model().parameters().values())).containsExactly(parameters);
      assertThat(tensors.shape("encoder.layers.0.self_attn.in_proj_weight"))
          .containsExactly(3 * 2 * 3, 12);
      assertThat(tensors.shape("decoder.layers.0.encoder_attn.k_proj_weight"))
          .containsExactly(2, 12);
    }
  }

  @Test
  void projectionsOfDifferentWidthsHaveNoUnusedColumns() {
    Path file = folder.resolve("out").resolve(ExportedModel.PARAMETERS);
    try (SafeTensors tensors = SafeTensors.open(file, true)) {
      String name = "decoder.layers.0.encoder_attn.";
      assertThat(tensors.contains(name + "in_proj_weight")).isFalse();
      assertThat(tensors.shape(name + "q_proj_weight")).containsExactly(8, 8);
      assertThat(tensors.shape(name + "k_proj_weight")).containsExactly(8, 12);
    }
  }

  @Test
  void referenceHoldsInputsAndOutputs() {
    Path file = folder.resolve("out").resolve(ExportedModel.REFERENCE);
    try (SafeTensors tensors = SafeTensors.open(file, true)) {
      assertThat(tensors.shape("logits")).containsExactly(3, 8, 11);
      assertThat(tensors.shape("encoder_out")).containsExactly(3, 9, 12);
    }
  }

  @Test
  void impossibleConfigurationsAreRefusedBeforeMemoryIsTaken() throws Exception {
    Path file = folder.resolve("out").resolve(ExportedModel.CONFIG);
    ObjectNode config = (ObjectNode) Json.read(file);
    for (String key : List.of("qkv_dim", "source_vocabulary", "encoder_position_dim")) {
      for (int value : new int[] {-1, 0, 7, 16_777_216}) {
        Files.writeString(file, Json.line(config.deepCopy().put(key, value)));
        assertThatThrownBy(() -> ExportedModel.load(folder.resolve("out"), Tensors.cpu()))
            .as(key + " " + value)
            .isInstanceOf(MosException.class);
      }
    }
    ObjectNode deeper = config.deepCopy();
    ((ObjectNode) deeper.path("architecture").path("encoder")).put("encoder_embed_dim", 14);
    Files.writeString(file, Json.line(deeper));
    assertThatThrownBy(() -> ExportedModel.load(folder.resolve("out"), Tensors.cpu()))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("has shape");
  }
}
