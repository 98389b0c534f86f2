package mos.port;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.base.Json;
import mos.config.Setting;
import mos.config.Settings;
import mos.model.ModelSettings;
import mos.space.ArchitectureFeatures;
import mos.space.SearchSpaceSettings;
import mos.space.SubTransformerFile;

/**
 * What a fairseq checkpoint of HAT or MoS says of its model: its experts by its parameters' names
 * and shapes; the rest by its options ({@code args}); what those lack, by our own settings.
 */
final class FairseqSettings {
  private static final Pattern EXPERT =
      Pattern.compile(
          ".*\\.layers\\.(\\d{1,4})\\.other_intermediate_experts\\.(\\d{1,4})\\.weight");
  private static final Pattern FIRST_ROUTER_LAYER = Pattern.compile(".*_expert\\.0\\.weight");

  private final Map<String, TorchTensor> parameters;
  private final Map<?, ?> args;

  FairseqSettings(Map<String, TorchTensor> parameters, Map<?, ?> args) {
    this.parameters = parameters;
    this.args = args;
  }

  /** The settings that describe a model. */
  static List<Setting<?>> settings() {
    List<Setting<?>> settings = new ArrayList<>(SearchSpaceSettings.settings());
    settings.addAll(SubTransformerFile.settings());
    settings.addAll(ModelSettings.settings());
    settings.add(ArchitectureFeatures.FEATURE_NORM);
    return settings;
  }

  /**
   * Puts everything together.
   *
   * @param given stands in where the checkpoint is silent
   * @param where the checkpoint, for messages
   * @throws mos.base.ConfigurationException for an option with an impossible value
   */
  Settings merge(Settings given, String where) {
    Map<String, Object> values = new LinkedHashMap<>();
    Map<String, Object> effective = given.toMap();
    for (Setting<?> setting : settings()) {
      String key = setting.key();
      Object value = args.get(key.replace('-', '_'));
      for (String other : setting.otherNames()) {
        value = value == null ? args.get(other.replace('-', '_')) : value;
      }
      if (value != null) {
        values.put(key, value);
      } else if (given.has(setting)) {
        values.put(key, effective.get(key));
      }
    }
    describeExperts(values);
    StringBuilder yaml = new StringBuilder();
    values.forEach(
        (key, value) -> yaml.append(key).append(": ").append(Json.line(value)).append('\n'));
    return Settings.parse(yaml.toString(), where + " (args)", settings());
  }

  private void describeExperts(Map<String, Object> values) {
    int experts = 1;
    int firstLayer = Integer.MAX_VALUE;
    for (String name : parameters.keySet()) {
      Matcher expert = EXPERT.matcher(name);
      if (expert.matches()) {
        experts = Math.max(experts, Integer.parseInt(expert.group(2)) + 2);
        firstLayer = Math.min(firstLayer, Integer.parseInt(expert.group(1)));
      }
    }
    values.put(ModelSettings.MAX_EXPERTS.key(), experts);
    if (experts == 1) {
      // fairseq's default names a router even where there is none.
      values.remove(ModelSettings.MOS_TYPE.key());
      return;
    }
    values.put(
        ModelSettings.EXPERT_LAYER_FREQ.key(), firstLayer == 0 ? -1 : 1.0 / (firstLayer + 1));
    parameters.entrySet().stream()
        .filter(e -> FIRST_ROUTER_LAYER.matcher(e.getKey()).matches())
        .map(Map.Entry::getValue)
        .filter(tensor -> tensor.shape().size() == 2)
        .findFirst()
        .ifPresent(
            tensor -> {
              boolean fine = tensor.shape().get(1) == ArchitectureFeatures.FINE_SIZE;
              values.put(ModelSettings.HYPERNET_HIDDEN_SIZE.key(), tensor.shape().get(0));
              values.put(ModelSettings.FEATURE_FORMAT.key(), fine ? "fine" : "aggr");
            });
  }

  /** Rows of an embedding. */
  OptionalInt vocabulary(String embedding) {
    TorchTensor tensor = parameters.get(embedding);
    return tensor == null || tensor.shape().size() != 2 || tensor.shape().get(0) > Integer.MAX_VALUE
        ? OptionalInt.empty()
        : OptionalInt.of((int) (long) tensor.shape().get(0));
  }
}
