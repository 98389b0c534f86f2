package mos.parity;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import mos.model.ExpertConfig;
import mos.model.ModelConfig;
import mos.model.PublishedParameters;
import mos.model.SuperTransformer;
import mos.space.Dimension;
import mos.space.SearchSpace;
import mos.tensor.SafeTensors;
import mos.tensor.Scope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Device;

/** The model that a golden file describes, with its weights. */
final class GoldenModel {
  private static final int ROUTER_HIDDEN = 8;
  private static final String PREFIX = "param.";

  private GoldenModel() {}

  static SearchSpace space(JsonNode golden) {
    JsonNode tiny = golden.path("tiny");
    List<Integer> embed = integers(tiny.path("embed"));
    List<Integer> ffn = integers(tiny.path("ffn"));
    List<Integer> heads = integers(tiny.path("heads"));
    int layers = tiny.path("layers").asInt();
    List<Integer> depths = new ArrayList<>();
    for (int i = layers; i >= 1; i--) {
      depths.add(i);
    }
    SearchSpace space =
        new SearchSpace(
            Map.of(
                Dimension.ENCODER_EMBED, embed,
                Dimension.DECODER_EMBED, embed,
                Dimension.ENCODER_FFN, ffn,
                Dimension.DECODER_FFN, ffn,
                Dimension.ENCODER_LAYERS, List.of(layers),
                Dimension.DECODER_LAYERS, depths,
                Dimension.ENCODER_HEADS, heads,
                Dimension.DECODER_HEADS, heads,
                Dimension.ENCODER_DECODER_HEADS, heads,
                Dimension.ARBITRARY_ATTENTION, List.of(-1, 1, 2)));
    JsonNode options = golden.path("kwargs");
    return options.has("nexp_e")
        ? space.withTokenExperts(
            integers(options.path("nexp_e")), List.of(), integers(options.path("nexp_d")))
        : space;
  }

  static ModelConfig config(JsonNode golden) {
    JsonNode options = golden.path("kwargs");
    int experts = Math.max(1, options.path("max_experts").asInt());
    ExpertConfig expertConfig =
        experts == 1
            ? ExpertConfig.NONE
            : new ExpertConfig(
                experts,
                options.path("routing").asText(),
                options.path("hyper").asInt(ROUTER_HIDDEN),
                options.path("freq").asDouble(-1),
                options.path("fmt").asText("").equals("fine") ? "fine" : "aggr",
                ExpertConfig.NONE.featureNorm());
    int vocabulary = golden.path("vocab").asInt();
    return ModelConfig.of(
        space(golden),
        golden.path("tiny").path("qkv").asInt(),
        vocabulary,
        vocabulary,
        options.path("share").asBoolean(true),
        expertConfig);
  }

  /** Loads the recorded parameters; the caller owns the model. */
  static SuperTransformer load(JsonNode golden, SafeTensors tensors, Device device) {
    SuperTransformer model = new SuperTransformer(config(golden), device, true);
    Map<String, String> names = recordedNames(model, tensors);
    for (Map.Entry<String, String> entry : names.entrySet()) {
      try (Scope scope = Scope.open();
          AutoGradMode off = new AutoGradMode(false)) {
        model.parameters().value(entry.getKey()).copy_(tensors.read(PREFIX + entry.getValue()));
      }
    }
    return model;
  }

  /** Our name to the recorded name. */
  static Map<String, String> recordedNames(SuperTransformer model, SafeTensors tensors) {
    List<String> recorded =
        tensors.names().stream()
            .filter(name -> name.startsWith(PREFIX))
            .map(name -> name.substring(PREFIX.length()))
            .toList();
    return PublishedParameters.match(
        model.parameters().names(), recorded, tensors.file().toString());
  }

  static List<Integer> integers(JsonNode array) {
    return Collections.unmodifiableList(
        StreamSupport.stream(array.spliterator(), false).map(JsonNode::asInt).toList());
  }
}
