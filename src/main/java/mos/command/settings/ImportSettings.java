package mos.command.settings;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import mos.base.ConfigurationException;
import mos.base.Json;
import mos.config.Setting;
import mos.config.Settings;
import mos.port.FairseqArguments;
import mos.port.FairseqModel;
import mos.space.SearchSpace;
import mos.space.SearchSpaceSettings;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;

/**
 * The settings that describe the model of a fairseq checkpoint: the checkpoint's own, and where it
 * is silent those that are given.
 */
public final class ImportSettings {
  private ImportSettings() {}

  /** The settings that may stand in for options that a checkpoint lacks. */
  public static List<Setting<?>> settings() {
    List<Setting<?>> settings = new ArrayList<>(SearchSpaceSettings.settings());
    settings.addAll(SubTransformerFile.settings());
    settings.addAll(ModelSettings.settings());
    return settings;
  }

  /**
   * The model of a checkpoint.
   *
   * @param given knows {@link #settings()}; stands in where the checkpoint is silent
   * @throws ConfigurationException for an option with an impossible value, and where neither a
   *     search space nor a SubTransformer is described
   */
  public static FairseqModel of(FairseqArguments arguments, Settings given) {
    Settings merged = merge(arguments, given);
    boolean single = SubTransformerFile.given(merged);
    if (!single && !SearchSpaceSettings.given(merged)) {
      throw new ConfigurationException(
          arguments.where()
              + ": its options have no search space and no SubTransformer, need --configs with the"
              + " search space it was trained on, or --sub-configs");
    }
    SubTransformer architecture = single ? SubTransformerFile.fromSettings(merged) : null;
    SearchSpace space = single ? SearchSpace.of(architecture) : SearchSpaceSettings.space(merged);
    return new FairseqModel(
        space,
        architecture,
        (source, target) -> ModelSettings.superTransformer(merged, space, source, target),
        merged.toMap());
  }

  /** As {@link #of}, of a checkpoint that is not read yet; all that may stand in is asked for. */
  public static Function<FairseqArguments, FairseqModel> model(Settings given) {
    settings().forEach(given::find);
    return arguments -> of(arguments, given);
  }

  private static Settings merge(FairseqArguments arguments, Settings given) {
    Map<String, Object> values = new LinkedHashMap<>();
    Map<String, Object> effective = given.toMap();
    for (Setting<?> setting : settings()) {
      String key = setting.key();
      Object value = arguments.options().get(key.replace('-', '_'));
      for (String other : setting.otherNames()) {
        value = value == null ? arguments.options().get(other.replace('-', '_')) : value;
      }
      if (value != null) {
        values.put(key, value);
      } else if (given.has(setting)) {
        values.put(key, effective.get(key));
      }
    }
    describeExperts(arguments.experts(), values);
    StringBuilder yaml = new StringBuilder();
    values.forEach(
        (key, value) -> yaml.append(key).append(": ").append(Json.line(value)).append('\n'));
    return Settings.parse(yaml.toString(), arguments.where() + " (args)", settings());
  }

  private static void describeExperts(
      FairseqArguments.Experts experts, Map<String, Object> values) {
    values.put(ModelSettings.MAX_EXPERTS.key(), experts.count());
    if (experts.count() == 1) {
      // fairseq's default names a router even where there is none.
      values.remove(ModelSettings.MOS_TYPE.key());
      return;
    }
    values.put(ModelSettings.EXPERT_LAYER_FREQ.key(), experts.frequency());
    experts
        .router()
        .ifPresent(
            router -> {
              values.put(ModelSettings.HYPERNET_HIDDEN_SIZE.key(), router.hidden());
              values.put(ModelSettings.FEATURE_FORMAT.key(), router.fine() ? "fine" : "aggr");
            });
  }
}
