package mos.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mos.base.MosException;
import mos.command.settings.ImportSettings;
import mos.config.Settings;
import mos.data.Dictionary;
import mos.model.ExpertConfig;
import mos.model.Initialization;
import mos.model.ModelConfig;
import mos.model.StackSizes;
import mos.model.SuperTransformer;
import mos.port.TorchWriter.Namespace;
import mos.port.TorchWriter.View;
import mos.space.Dimension;
import mos.space.Plain;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import mos.train.Checkpoint;
import mos.train.ModelDescription;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FairseqCheckpointTest {
  private static final StackSizes SIDE = StackSizes.of(16, List.of(12, 12));
  private static final ModelConfig CONFIG =
      new ModelConfig(12, 12, true, SIDE, SIDE, 8, ExpertConfig.NONE);

  @TempDir Path folder;
  private final Map<String, Object> args = new LinkedHashMap<>();
  private final Map<String, Object> state = new LinkedHashMap<>();

  @BeforeEach
  void makeCheckpoint() {
    try (SuperTransformer model = new SuperTransformer(CONFIG, Tensors.cpu(), false);
        Scope scope = Scope.open()) {
      Initialization.initialise(model, 5);
      for (String name : model.parameters().names()) {
        state.put(
            name,
            View.of(
                Tensors.toFloats(model.parameters().value(name)), model.parameters().shape(name)));
      }
    }
    args.put("share_all_embeddings", true);
    args.put("qkv_dim", 8L);
    for (String side : List.of("encoder", "decoder")) {
      args.put(side + "_embed_dim", 16L);
      args.put(side + "_ffn_embed_dim", 12L);
      args.put(side + "_layers", 2L);
      args.put(side + "_embed_choice", List.of(16L, 8L));
      args.put(side + "_ffn_embed_dim_choice", List.of(12L, 6L));
      args.put(side + "_layer_num_choice", List.of(2L));
      args.put(side + "_self_attention_heads_choice", List.of(4L, 2L));
    }
    args.put("decoder_ende_attention_heads_choice", List.of(2L));
    args.put("decoder_arbitrary_ende_attn_choice", List.of(-1L, 1L));
  }

  private ModelDescription convert(String yaml) throws Exception {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("args", new Namespace(args));
    root.put("model", state);
    Path dictionary = folder.resolve("dict.txt");
    Files.writeString(dictionary, "a 1\nb 1\nc 1\nd 1\ne 1\nf 1\ng 1\nh 1\n");
    Dictionary symbols = Dictionary.load(dictionary);
    Settings settings = Settings.parse(yaml, "test", ImportSettings.settings());
    try (TorchFile file = TorchFile.open(TorchWriter.writeZip(folder.resolve("c.pt"), root))) {
      FairseqCheckpoint checkpoint = new FairseqCheckpoint(file);
      return checkpoint.convert(
          ImportSettings.of(checkpoint.arguments(), settings),
          new DictionaryPair("en", "de", symbols, symbols),
          folder.resolve("out.safetensors"));
    }
  }

  @Test
  void aSuperTransformerKeepsItsParameters() throws Exception {
    ModelDescription description = convert("");
    assertThat(description.model()).isEqualTo(CONFIG);
    assertThat(description.space().choices(Dimension.ENCODER_EMBED)).containsExactly(16, 8);
    try (Checkpoint checkpoint = Checkpoint.open(folder.resolve("out.safetensors"));
        SuperTransformer model = checkpoint.model(Tensors.cpu(), false);
        Scope scope = Scope.open()) {
      String name = "decoder.layers.1.fc2.weight";
      assertThat(View.of(Tensors.toFloats(model.parameters().value(name)), 16, 12).data())
          .isEqualTo(((View) state.get(name)).data());
    }
  }

  @Test
  void oneSubTransformerIsCutOut() throws Exception {
    for (String side : List.of("encoder", "decoder")) {
      args.put(side + "_embed_dim_subtransformer", side.equals("encoder") ? 16L : 8L);
      args.put(side + "_layer_num_subtransformer", 1L);
      args.put(side + "_ffn_embed_dim_all_subtransformer", List.of(6L, 12L));
      args.put(side + "_self_attention_heads_all_subtransformer", List.of(2L, 2L));
    }
    args.put("decoder_ende_attention_heads_all_subtransformer", List.of(2L, 2L));
    args.put("decoder_arbitrary_ende_attn_all_subtransformer", List.of(-1L, -1L));
    ModelDescription description = convert("");
    assertThat(description.space()).isNull();
    assertThat(description.architecture())
        .isEqualTo(
            Plain.architecture(
                16, 8, List.of(6), List.of(2), List.of(6), List.of(2), List.of(2), List.of(-1)));
    assertThat(description.model().decoder().positionDim()).isEqualTo(16);
  }

  @Test
  void ourSettingsStandInForOptionsThatAreMissing() throws Exception {
    args.remove("qkv_dim");
    assertThat(convert("qkv-dim: 8").model().qkvDim()).isEqualTo(8);
  }

  @Test
  void whatDoesNotFitIsRefusedByName() {
    state.put("encoder.layers.0.surprise", View.of(new float[1], 1));
    assertRefused("parameter encoder.layers.0.surprise is not one of the model");
    state.remove("encoder.layers.0.surprise");
    Object weight = state.remove("encoder.layers.1.fc1.weight");
    assertRefused("no parameter encoder.layers.1.fc1.weight");
    state.put("encoder.layers.1.fc1.weight", View.of(new float[12], 12));
    assertRefused("encoder.layers.1.fc1.weight has shape [12], need [12, 16]");
    state.put("encoder.layers.1.fc1.weight", weight);
    state.put("decoder.embed_tokens.weight", View.of(new float[12 * 16], 12, 16));
    assertRefused("the two embeddings differ");
  }

  @Test
  void hugeSizesAreRefusedBeforeMemoryIsTaken() {
    args.put("encoder_ffn_embed_dim", 2_000_000_000L);
    args.put("qkv_dim", 1_000_000_000L);
    assertRefused("has shape");
    args.put("qkv_dim", 1L << 40);
    assertRefused("qkv-dim: got 1099511627776");
  }

  @Test
  void anotherDictionaryIsRefused() {
    state.put("encoder.embed_tokens.weight", View.of(new float[9 * 16], 9, 16));
    assertRefused("the en dictionary has 12 symbols");
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> convert(""))
        .isInstanceOf(MosException.class)
        .hasMessageContaining(message);
  }
}
