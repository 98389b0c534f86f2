package mos.space;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mos.base.ConfigurationException;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;

/** The settings that describe a {@link SearchSpace}: the choices of each {@link Dimension}. */
public final class SearchSpaceSettings {
  private static final int LAST_LAYER = -1;

  static final Setting<String> ENCODER_DECODER_ATTENTION =
      Setting.ofChoice("ende-attn", "any", "last")
          .in(SettingGroup.SPACE)
          .defaultsTo("any")
          .doc(
              "'last' keeps of the decoder-arbitrary-ende-attn-choice only -1, the"
                  + " last encoder layer, which is all that CTranslate2 can read");

  private SearchSpaceSettings() {}

  /** The settings that describe a search space, with HAT's keys. */
  public static List<Setting<?>> settings() {
    return Stream.<Setting<?>>concat(
            Arrays.stream(Dimension.values()).map(Dimension::choiceSetting),
            Stream.of(ENCODER_DECODER_ATTENTION))
        .toList();
  }

  /** Whether any of {@link #settings} was given. */
  public static boolean given(Settings settings) {
    return Arrays.stream(Dimension.values()).map(Dimension::choiceSetting).anyMatch(settings::has);
  }

  /** What {@link #settings} are given for a space, as text of a command line. */
  public static Map<Setting<?>, String> options(SearchSpace space) {
    Map<Setting<?>, String> options = new LinkedHashMap<>();
    for (Dimension dimension : Dimension.values()) {
      List<Integer> choices = space.choices(dimension);
      // Without choices, or left to the model.
      if (!choices.isEmpty() && !(dimension.kind().option() && choices.contains(0))) {
        options.put(
            dimension.choiceSetting(),
            choices.stream().map(dimension::text).collect(Collectors.joining(",")));
      }
    }
    return options;
  }

  /**
   * The space that configuration files and command line describe.
   *
   * @throws ConfigurationException for a missing or illegal dimension, with its place
   */
  public static SearchSpace space(Settings settings) {
    Map<Dimension, List<Integer>> choices = new EnumMap<>(Dimension.class);
    for (Dimension dimension : Dimension.values()) {
      if (dimension.optional() && !settings.has(dimension.choiceSetting())) {
        choices.put(dimension, List.of());
        continue;
      }
      List<Integer> values = settings.get(dimension.choiceSetting());
      try {
        choices.put(dimension, SearchSpace.checked(dimension, values));
      } catch (ConfigurationException e) {
        String where = settings.where(dimension.choiceSetting());
        throw new ConfigurationException(e.getMessage() + " (" + where + ")", e);
      }
    }
    SearchSpace space = new SearchSpace(choices);
    return settings.get(ENCODER_DECODER_ATTENTION).equals("last")
        ? lastLayerOnly(space, settings)
        : space;
  }

  private static SearchSpace lastLayerOnly(SearchSpace space, Settings settings) {
    List<Integer> attended = space.choices(Dimension.ARBITRARY_ATTENTION);
    if (!attended.contains(LAST_LAYER)) {
      throw settings.error(
          ENCODER_DECODER_ATTENTION,
          "last",
          "any: " + Dimension.ARBITRARY_ATTENTION.choiceKey() + " is " + attended);
    }
    return space.with(Dimension.ARBITRARY_ATTENTION, List.of(LAST_LAYER));
  }

  /**
   * Refuses choices that the SuperTransformer cannot hold.
   *
   * @param space whose choices they are
   * @param settings where the choices come from, for messages
   * @param sizes the SuperTransformer's size in every dimension with a limit; of head counts the
   *     qkv width, which they must divide
   * @throws ConfigurationException naming the dimension, the choice and its place
   */
  public static void checkFits(
      SearchSpace space, Settings settings, Map<Dimension, Integer> sizes) {
    sizes.forEach(
        (dimension, size) -> {
          boolean heads = dimension.countsHeads();
          int headDim = heads ? space.mostHeadDim(dimension.ofEncoder()) : 0;
          for (int choice : space.choices(dimension)) {
            if (headDim > 0 && (long) choice * headDim > size) {
              String need = "at most " + size / headDim + ", for heads of " + headDim;
              throw settings.error(dimension.choiceSetting(), choice, need + " in qkv-dim " + size);
            }
            if (heads ? headDim == 0 && size % choice != 0 : choice > size) {
              String need = heads ? "a divisor of qkv-dim " + size : "in 1.." + size;
              throw settings.error(dimension.choiceSetting(), choice, need);
            }
          }
        });
  }
}
