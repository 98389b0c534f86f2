package mos.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import mos.base.ConfigurationException;
import mos.base.Json;
import mos.base.MosException;
import mos.model.ExpertConfig;
import mos.model.Initialization;
import mos.model.ModelConfig;
import mos.model.StackSizes;
import mos.model.SuperTransformer;
import mos.model.TransformerWeights;
import mos.nn.FeedForward;
import mos.nn.MultiHeadAttention;
import mos.port.CTranslate2File.Variable;
import mos.space.Plain;
import mos.space.SubTransformer;
import mos.tensor.Precision;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import mos.train.ModelDescription;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CTranslate2ModelTest {
  private static final int VOCABULARY = 6;
  private static final StackSizes SIDE = StackSizes.of(16, List.of(12, 12));

  /** Encoder layers of 2 and 4 heads; decoder layers of 4 and 1 heads, to the encoder 2 and 2. */
  private static final SubTransformer MIXED = mixed(List.of(-1, -1));

  @TempDir Path folder;

  private static SubTransformer mixed(List<Integer> attended) {
    return Plain.architecture(
        12,
        8,
        List.of(6, 10),
        List.of(2, 4),
        List.of(10, 6),
        List.of(4, 1),
        List.of(2, 2),
        attended);
  }

  @BeforeEach
  void dictionaries() throws Exception {
    Files.writeString(folder.resolve("dict.en.txt"), "a 1\nb@@ 1\n");
    Files.writeString(folder.resolve("dict.de.txt"), "ä 1\n\"q 1\n");
  }

  private interface Use {
    void with(TransformerWeights weights, CTranslate2File file) throws Exception;
  }

  private void export(
      SubTransformer architecture, boolean shared, CTranslate2Quantization quantization, Use use)
      throws Exception {
    ModelConfig config =
        new ModelConfig(VOCABULARY, VOCABULARY, shared, SIDE, SIDE, 8, ExpertConfig.NONE);
    ModelDescription description =
        new ModelDescription(config, null, null, "en", "de", "x", "y", Map.of());
    try (SuperTransformer model = new SuperTransformer(config, Tensors.cpu(), false)) {
      Initialization.initialise(model, 3);
      try (SuperTransformer plain = model.materialise(architecture, false);
          Scope scope = Scope.open()) {
        Path out = folder.resolve("out");
        CTranslate2Model.write(out, description, plain, architecture, folder, quantization);
        use.with(
            plain.derive(architecture, Precision.FP32),
            CTranslate2File.read(out.resolve(CTranslate2Model.MODEL)));
      }
    }
  }

  @Test
  void tensorsStandUnderTheirNames() throws Exception {
    export(
        MIXED,
        false,
        CTranslate2Quantization.NONE,
        (weights, file) -> {
          assertThat(file.specification()).isEqualTo("TransformerSpec");
          assertThat(file.revision()).isEqualTo(7);
          equal(file, "encoder/embeddings_0/weight", weights.sourceEmbedding());
          equal(file, "decoder/embeddings/weight", weights.targetEmbedding());
          equal(file, "decoder/projection/weight", weights.outputEmbedding());
          equal(file, "encoder/position_encodings/encodings", weights.sourcePositions());
          equal(
              file,
              "decoder/layer_1/attention/layer_norm/gamma",
              weights.decoderLayers().get(1).encoderAttentionNorm().weight().get());
          FeedForward ffn = (FeedForward) weights.encoderLayers().get(1).feedForward();
          equal(file, "encoder/layer_1/ffn/linear_0/weight", ffn.fc1().weight());
          equal(file, "encoder/layer_1/ffn/linear_1/bias", ffn.fc2().bias().get());
          assertThat(file.get("encoder/num_heads").scalar()).isEqualTo(4);
          assertThat(file.get("decoder/num_heads").scalar()).isEqualTo(4);
          assertThat(file.get("decoder/pre_norm").scalar()).isZero();
          assertThat(file.get("encoder/layer_0/self_attention/head_dim").shape()).isEmpty();
        });
  }

  /** Scores and context of every head computed from the file, as the engine does. */
  @Test
  void headsOfZerosChangeNothing() throws Exception {
    export(
        MIXED,
        false,
        CTranslate2Quantization.NONE,
        (weights, file) -> {
          Tensor x = torch.rand(1, 5, 12);
          attended(weights.encoderLayers().get(0).selfAttention(), file, "encoder/layer_0", x);
          attended(weights.encoderLayers().get(1).selfAttention(), file, "encoder/layer_1", x);
          Tensor y = torch.rand(1, 5, 8);
          attended(weights.decoderLayers().get(1).selfAttention(), file, "decoder/layer_1", y);
        });
  }

  private static void attended(
      MultiHeadAttention attention, CTranslate2File file, String layer, Tensor x) {
    String name = layer + "/self_attention/";
    int heads = (int) file.get(layer.substring(0, 7) + "/num_heads").scalar();
    int headSize = (int) file.get(name + "head_dim").scalar();
    assertThat(headSize).isEqualTo(8 / attention.heads());
    Tensor projected =
        torch
            .linear(
                x,
                tensor(file, name + "linear_0/weight"),
                Tensors.optional(tensor(file, name + "linear_0/bias")))
            .view(5, 3, heads, headSize);
    Tensor q = projected.select(1, 0).transpose(0, 1);
    Tensor k = projected.select(1, 1).transpose(0, 1);
    Tensor v = projected.select(1, 2).transpose(0, 1);
    Tensor scores =
        q.matmul(k.transpose(1, 2)).mul(new Scalar(file.get(name + "queries_scale").scalar()));
    Tensor context =
        torch.softmax(scores, -1).matmul(v).transpose(0, 1).reshape(1, 5, heads * headSize);
    Tensor result =
        torch.linear(
            context,
            tensor(file, name + "linear_1/weight"),
            Tensors.optional(tensor(file, name + "linear_1/bias")));
    assertThat(Tensors.toFloats(result))
        .usingComparatorWithPrecision(1e-6f)
        .containsExactly(Tensors.toFloats(attention.self(x, null, false, 0)));
  }

  @Test
  void sharedEmbeddingsAreStoredOnce() throws Exception {
    SubTransformer equalWidths =
        Plain.architecture(
            8, 8, List.of(6), List.of(2), List.of(10), List.of(4), List.of(2), List.of(-1));
    export(
        equalWidths,
        true,
        CTranslate2Quantization.INT8,
        (weights, file) -> {
          assertThat(file.aliases())
              .containsOnlyKeys("decoder/embeddings/weight", "decoder/projection/weight");
          assertThat(file.get("decoder/projection/weight").type()).isEqualTo(1);
          assertThat(file.variables()).doesNotContainKey("decoder/projection/weight_scale");
        });
  }

  @Test
  void integersTimesTheirScaleAreTheMatrix() throws Exception {
    for (CTranslate2Quantization quantization :
        List.of(CTranslate2Quantization.INT8, CTranslate2Quantization.INT16)) {
      export(
          MIXED,
          false,
          quantization,
          (weights, file) -> {
            String name = "decoder/layer_0/attention/linear_2/weight";
            Variable stored = file.get(name);
            Variable scale = file.get(name + "_scale");
            Tensor output = weights.decoderLayers().get(0).encoderAttention().output().weight();
            float[] expected = Tensors.toFloats(output);
            boolean perRow = quantization == CTranslate2Quantization.INT8;
            assertThat(scale.values()).hasSize(perRow ? 8 : 1);
            for (int i = 0; i < 8; i++) {
              for (int j = 0; j < 8; j++) {
                float step = 1 / scale.values()[perRow ? i : 0];
                assertThat(stored.at(i, j) * step)
                    .isCloseTo(expected[i * 8 + j], within(0.51f * step));
              }
              // Two heads of four: the other two are zero.
              assertThat(stored.shape()).containsExactly(8, 16);
              assertThat(stored.at(i, 8)).isZero();
            }
          });
    }
  }

  @Test
  void float16IsForAllButScalars() throws Exception {
    export(
        MIXED,
        false,
        CTranslate2Quantization.FLOAT16,
        (weights, file) -> {
          assertThat(file.get("encoder/layer_0/ffn/linear_0/weight").type()).isEqualTo(4);
          assertThat(file.get("encoder/layer_0/ffn/linear_0/bias").type()).isEqualTo(4);
          assertThat(file.get("encoder/layer_0/self_attention/queries_scale").type()).isZero();
          assertThat(file.get("encoder/embeddings_0/weight").values()[13])
              .isCloseTo(Tensors.toFloats(weights.sourceEmbedding())[13], within(1e-3f));
        });
  }

  @Test
  void vocabulariesAndConfigurationStandBeside() throws Exception {
    export(
        MIXED,
        false,
        CTranslate2Quantization.NONE,
        (weights, file) -> {
          List<String> symbols = new ArrayList<>();
          Json.read(folder.resolve("out/target_vocabulary.json"))
              .forEach(symbol -> symbols.add(symbol.asText()));
          assertThat(symbols).containsExactly("<s>", "<blank>", "</s>", "<unk>", "ä", "\"q");
          assertThat(Json.read(folder.resolve("out/config.json")).path("decoder_start_token"))
              .hasToString("\"</s>\"");
          assertThat(folder.resolve("out/dict.en.txt")).exists();
        });
  }

  @Test
  void whatTheEngineCannotComputeIsRefusedByName() {
    assertThatThrownBy(
            () -> export(mixed(List.of(-1, 1)), false, CTranslate2Quantization.NONE, (w, f) -> {}))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("decoder layer 1 attends to the last 2 encoder layers")
        .hasMessageContaining("--ende-attn last");
    assertThatThrownBy(
            () ->
                export(
                    MIXED.withActivations(List.of(1, 2), List.of(1, 1)),
                    false,
                    CTranslate2Quantization.NONE,
                    (w, f) -> {}))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("[RELU, GELU]");
    assertThat(folder.resolve("out/model.bin")).doesNotExist();
  }

  @Test
  void aVocabularyThatDoesNotFitIsNamed() throws Exception {
    Files.writeString(folder.resolve("dict.en.txt"), "a 1\n");
    assertThatThrownBy(() -> export(MIXED, false, CTranslate2Quantization.NONE, (w, f) -> {}))
        .isInstanceOf(MosException.class)
        .hasMessage("the source dictionary has 5 symbols, the model's vocabulary 6");
  }

  private static void equal(CTranslate2File file, String name, Tensor expected) {
    assertThat(file.get(name).values()).as(name).containsExactly(Tensors.toFloats(expected));
    long[] shape = expected.sizes().vec().get();
    assertThat(file.get(name).shape())
        .containsExactly(Arrays.stream(shape).mapToInt(Math::toIntExact).toArray());
  }

  private static Tensor tensor(CTranslate2File file, String name) {
    Variable variable = file.get(name);
    return Tensors.of(
        variable.values(), Tensors.cpu(), Arrays.stream(variable.shape()).asLongStream().toArray());
  }
}
