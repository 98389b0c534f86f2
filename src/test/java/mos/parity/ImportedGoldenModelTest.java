package mos.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mos.base.Json;
import mos.command.Command;
import mos.command.ExportCommand;
import mos.command.ImportCommand;
import mos.config.Setting;
import mos.config.Settings;
import mos.model.SuperTransformer;
import mos.model.Transformer;
import mos.nn.DropoutRates;
import mos.port.ExportedModel;
import mos.port.TorchWriter;
import mos.port.TorchWriter.Namespace;
import mos.port.TorchWriter.View;
import mos.results.ResultJson;
import mos.space.ConfigurationDictionary;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;
import mos.tensor.Precision;
import mos.tensor.SafeTensors;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import mos.train.Checkpoint;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Golden models, saved as fairseq does, imported and exported: the recorded logits every time. */
class ImportedGoldenModelTest {
  private static final Path GOLDEN = Path.of("../shared/golden");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hat",
        "hat_unshared",
        "layerwise_m2",
        "neuronwise_m2_alternate",
        "neuronwise_m3_fine"
      })
  void importedAndExportedModelsGiveTheRecordedLogits(String name) throws Exception {
    assumeThat(GOLDEN.resolve(name + ".json")).exists();
    JsonNode golden = Json.read(GOLDEN.resolve(name + ".json"));
    Path imported = folder.resolve("imported.safetensors");
    try (SafeTensors tensors = SafeTensors.open(GOLDEN.resolve(name + ".safetensors"), false)) {
      Path torch = folder.resolve("checkpoint.pt");
      Map<String, Object> root = fairseq(golden, tensors);
      if (name.equals("hat")) {
        TorchWriter.writeOld(torch, root);
      } else {
        TorchWriter.writeZip(torch, root);
      }
      dictionaries(golden.path("vocab").asInt());
      ObjectNode figures =
          run(new ImportCommand(), Map.of("path", torch, "out", imported, "data", folder));
      assertThat(figures.path("kind").asText()).isEqualTo("SuperTransformer");
      try (Checkpoint checkpoint = Checkpoint.open(imported);
          SuperTransformer model = checkpoint.model(Tensors.cpu(), false)) {
        int index = 0;
        for (JsonNode testCase : golden.path("cases")) {
          SubTransformer arch = ConfigurationDictionary.fromJson(testCase.path("arch"), name);
          String expected = "c" + index++ + ".logits";
          assertThat(error(model, arch, golden, tensors, expected)).isLessThan(1e-4);
          Path yaml = folder.resolve("arch.yml");
          SubTransformerFile.write(yaml, arch, List.of());
          Path out = folder.resolve("exported" + index);
          run(new ExportCommand(), yaml, Map.of("path", imported, "out", out, "data", folder));
          try (ExportedModel exported = ExportedModel.load(out, Tensors.cpu())) {
            assertThat(exported.architecture()).isEqualTo(arch);
            assertThat(error(exported.model(), arch, golden, tensors, expected)).isLessThan(1e-4);
          }
        }
      }
    }
  }

  private static double error(
      SuperTransformer model, SubTransformer arch, JsonNode golden, SafeTensors file, String name) {
    try (Scope scope = Scope.open();
        AutoGradMode off = new AutoGradMode(false)) {
      GoldenBatch batch = GoldenBatch.read(golden, file, Tensors.cpu());
      Transformer transformer =
          new Transformer(model.derive(arch, Precision.FP32), DropoutRates.NONE);
      Tensor logits =
          transformer.logits(
              transformer.decode(
                  transformer.encode(batch.source(), batch.mask()), batch.previous()));
      Tensor expected = batch.atTokens(file.read(name).to(ScalarType.Float));
      Tensor difference = batch.atTokens(logits).sub(expected);
      return difference.norm().item_double() / expected.norm().item_double();
    }
  }

  private static Map<String, Object> fairseq(JsonNode golden, SafeTensors tensors) {
    Map<String, Object> state = new LinkedHashMap<>();
    for (String name : tensors.names()) {
      if (name.startsWith("param.")) {
        try (Scope scope = Scope.open()) {
          state.put(
              name.substring("param.".length()),
              View.of(Tensors.toFloats(tensors.read(name)), tensors.shape(name)));
        }
      }
    }
    state.put("encoder.version", View.of(new float[] {3}, 1));
    state.put("encoder.embed_positions._float_tensor", View.of(new float[] {0}, 1));
    state.putIfAbsent("decoder.embed_tokens.weight", state.get("encoder.embed_tokens.weight"));
    JsonNode tiny = golden.path("tiny");
    Map<String, Object> args = new LinkedHashMap<>();
    args.put("arch", "transformersuper_wmt_en_de");
    args.put("share_all_embeddings", golden.path("kwargs").path("share").asBoolean(true));
    args.put("qkv_dim", tiny.path("qkv").asLong());
    args.put("expert_routing_type", golden.path("kwargs").path("routing").asText());
    args.put("encoder_layers", tiny.path("layers").asLong());
    args.put("encoder_embed_dim_subtransformer", null);
    for (String side : List.of("encoder", "decoder")) {
      args.put(side + "_embed_choice", choices(tiny.path("embed")));
      args.put(side + "_ffn_embed_dim_choice", choices(tiny.path("ffn")));
      args.put(side + "_self_attention_heads_choice", choices(tiny.path("heads")));
    }
    args.put("encoder_layer_num_choice", List.of(3L));
    args.put("decoder_layer_num_choice", List.of(3L, 2L, 1L));
    args.put("decoder_ende_attention_heads_choice", choices(tiny.path("heads")));
    args.put("decoder_arbitrary_ende_attn_choice", List.of(-1L, 1L, 2L));
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("args", new Namespace(args));
    root.put("model", state);
    root.put("optimizer_history", List.of(Map.of("num_updates", 40_000)));
    return root;
  }

  private static List<Object> choices(JsonNode node) {
    return GoldenModel.integers(node).stream().<Object>map(i -> (long) i).toList();
  }

  private void dictionaries(int size) throws Exception {
    StringBuilder text = new StringBuilder();
    for (int i = 4; i < size; i++) {
      text.append("w").append(i).append(" 1\n");
    }
    for (String language : List.of("en", "de")) {
      Files.writeString(folder.resolve("dict." + language + ".txt"), text);
    }
  }

  private static ObjectNode run(Command<?> task, Map<String, Path> options) {
    return run(task, null, options);
  }

  private static ObjectNode run(Command<?> task, Path yaml, Map<String, Path> options) {
    Map<String, String> overrides = new LinkedHashMap<>();
    options.forEach((key, value) -> overrides.put(key, value.toString()));
    overrides.put("source-lang", "en");
    overrides.put("target-lang", "de");
    List<Setting<?>> known = task.settings();
    return (ObjectNode)
        ResultJson.tree(
            task.run(Settings.load(yaml == null ? List.of() : List.of(yaml), overrides, known)));
  }
}
