package mos.parity;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import mos.base.MosException;
import mos.model.ExpertConfig;
import mos.model.ModelConfig;
import mos.model.SuperTransformer;
import mos.space.SearchSpace;
import mos.tensor.SafeTensors;
import mos.tensor.Scope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Device;

/** The model that a golden file describes, with its weights. */
final class GoldenModel {
  private static final int ROUTER_HIDDEN = 8;
  private static final Pattern ROUTER = Pattern.compile("(.*_expert\\.)(.+)\\.(weight|bias)");
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
    return new SearchSpace(
        embed, embed, ffn, ffn, List.of(layers), depths, heads, heads, heads, List.of(-1, 1, 2));
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

  /**
   * Our name to the recorded name. Router layers are matched by their order, because the position
   * numbers in their names depend on how the reference nests its layers.
   */
  static Map<String, String> recordedNames(SuperTransformer model, SafeTensors tensors) {
    List<String> ours = new ArrayList<>(model.parameters().names());
    List<String> recorded =
        tensors.names().stream()
            .filter(name -> name.startsWith(PREFIX))
            .map(name -> name.substring(PREFIX.length()))
            .toList();
    Map<String, List<String>> ourRouters = routers(ours);
    Map<String, List<String>> recordedRouters = routers(recorded);
    Map<String, String> result = new TreeMap<>();
    for (String name : ours) {
      Matcher router = ROUTER.matcher(name);
      String match = name;
      if (router.matches()) {
        String group = router.group(1) + router.group(3);
        int order = ourRouters.get(group).indexOf(name);
        List<String> candidates = recordedRouters.getOrDefault(group, List.of());
        match = order < candidates.size() ? candidates.get(order) : name;
      }
      if (!recorded.contains(match)) {
        throw new MosException(tensors.file() + ": no parameter " + match);
      }
      result.put(name, match);
    }
    return result;
  }

  /** Router parameters in their layers' order, grouped by router and kind (weight or bias). */
  private static Map<String, List<String>> routers(List<String> names) {
    Map<String, List<String>> groups =
        names.stream()
            .filter(name -> ROUTER.matcher(name).matches())
            .collect(
                Collectors.groupingBy(
                    name -> {
                      Matcher m = ROUTER.matcher(name);
                      m.matches();
                      return m.group(1) + m.group(3);
                    }));
    groups.replaceAll((group, list) -> list.stream().sorted(NATURAL).toList());
    return groups;
  }

  /** Compares digit runs as numbers. */
  private static final Comparator<String> NATURAL =
      Comparator.comparing(
          name ->
              Pattern.compile("\\d+")
                  .matcher(name)
                  .replaceAll(m -> String.format("%06d", Integer.parseInt(m.group()))));

  static List<Integer> integers(JsonNode array) {
    return Collections.unmodifiableList(
        StreamSupport.stream(array.spliterator(), false).map(JsonNode::asInt).toList());
  }
}
