package mos.space;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import mos.base.AtomicFile;
import mos.base.ConfigurationException;
import mos.base.Json;
import mos.config.Setting;
import mos.config.Settings;

/**
 * Reads and writes one SubTransformer as HAT's YAML file with keys ending in {@code
 * -subtransformer}; {@link ConfigurationDictionary} is the other form. Published files may list
 * more per-layer values than the depth; the rest is inert and ignored.
 *
 * <p>Source: the files published with Wang et al., HAT (ACL 2020).
 */
public final class SubTransformerFile {
  private SubTransformerFile() {}

  /** The settings that describe a SubTransformer. */
  public static List<Setting<?>> settings() {
    return Arrays.stream(Dimension.values()).<Setting<?>>map(Dimension::valueSetting).toList();
  }

  /** Whether any of {@link #settings} was given. */
  public static boolean given(Settings settings) {
    return settings().stream().anyMatch(settings::has);
  }

  /**
   * Every SubTransformer among the settings' files, by file name without {@code .yml} (by path
   * where two names are alike); where the command line gives values or no file does, the single
   * {@code subtransformer} that all sources describe together.
   *
   * @param known every setting that the files may hold
   */
  public static Map<String, SubTransformer> all(Settings settings, Collection<Setting<?>> known) {
    Map<String, SubTransformer> all = new LinkedHashMap<>();
    boolean changed = settings().stream().anyMatch(s -> settings.overrides().containsKey(s.key()));
    for (Path file : changed ? List.<Path>of() : settings.files()) {
      Settings one = Settings.load(List.of(file), Map.of(), known);
      if (given(one)) {
        String name = file.getFileName().toString().replaceAll("\\.ya?ml$", "");
        all.put(all.containsKey(name) ? file.toString() : name, fromSettings(one));
      }
    }
    return all.isEmpty() ? Map.of("subtransformer", fromSettings(settings)) : all;
  }

  /** The file that the settings' SubTransformer comes from, for messages. */
  public static String where(Settings settings) {
    return settings.where(settings().get(0)).replaceAll(":\\d+$", "");
  }

  /** Reads a file that holds the keys of a SubTransformer and none that other settings own. */
  public static SubTransformer read(Path file) {
    return fromSettings(Settings.load(List.of(file), Map.of(), settings()));
  }

  /**
   * The SubTransformer of such keys and their values, as {@code summary.json} has them.
   *
   * @param name stands for the file in messages
   */
  public static SubTransformer of(Map<String, ?> keys, String name) {
    StringBuilder yaml = new StringBuilder();
    // JSON is YAML, too.
    keys.forEach((key, value) -> yaml.append(Json.line(key) + ": " + Json.line(value) + "\n"));
    return fromSettings(Settings.parse(yaml.toString(), name, settings()));
  }

  /**
   * The SubTransformer that configuration files and command line describe.
   *
   * @throws ConfigurationException for a missing dimension or too few layers, with its place
   */
  public static SubTransformer fromSettings(Settings settings) {
    return SubTransformer.of(
        (dimension, count, known) ->
            dimension.expertSizes()
                ? settings
                    .find(dimension.valueSetting())
                    .map(all -> sizes(settings, dimension, all, known))
                    .orElseGet(() -> alike(dimension, known))
                : listed(settings, dimension, count));
  }

  private static List<Integer> listed(Settings settings, Dimension dimension, int count) {
    Setting<List<Integer>> setting = dimension.valueSetting();
    if (dimension.optional() && !settings.has(setting)) {
      return Collections.nCopies(count, dimension.absent());
    }
    List<Integer> values = settings.get(setting);
    if (values.size() < count || (!dimension.perLayer() && values.size() > 1)) {
      throw settings.error(setting, need(dimension, count));
    }
    if (!values.stream().allMatch(dimension.kind()::legal)) {
      throw settings.error(setting, "a list of " + dimension.kind().need());
    }
    return values.subList(0, count);
  }

  /** Of the sizes of all experts of all layers those after each layer's first, its FFN size. */
  private static List<Integer> sizes(
      Settings settings,
      Dimension dimension,
      List<Integer> all,
      Map<Dimension, List<Integer>> known) {
    Setting<List<Integer>> setting = dimension.valueSetting();
    List<Integer> numbers = known.get(dimension.experts());
    int need = numbers.stream().mapToInt(Integer::intValue).sum();
    if (all.size() < need) {
      throw settings.error(setting, need + " FFN sizes, one per token expert of every layer");
    }
    List<Integer> sizes = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < numbers.size(); i++) {
      Integer first = known.get(dimension.ffn()).get(i);
      if (!all.get(next).equals(first)) {
        throw settings.error(
            setting, "lists that each begin with the FFN size of the layer, here " + first);
      }
      sizes.addAll(all.subList(next + 1, next + numbers.get(i)));
      next += numbers.get(i);
    }
    return sizes;
  }

  /** Every layer's experts of the size of its first. */
  static List<Integer> alike(Dimension dimension, Map<Dimension, List<Integer>> known) {
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < known.get(dimension.experts()).size(); i++) {
      int further = known.get(dimension.experts()).get(i) - 1;
      sizes.addAll(Collections.nCopies(further, known.get(dimension.ffn()).get(i)));
    }
    return sizes;
  }

  static String need(Dimension dimension, int count) {
    return dimension.perLayer() ? "a list of " + count + " values, one per layer" : "one value";
  }

  /** What {@link #settings} are given for an architecture, as text of a command line. */
  public static Map<Setting<?>, String> options(SubTransformer architecture) {
    Map<Setting<?>, String> options = new LinkedHashMap<>();
    for (Dimension dimension : Dimension.values()) {
      if (architecture.uses(dimension)) {
        options.put(dimension.valueSetting(), String.join(",", texts(architecture, dimension)));
      }
    }
    return options;
  }

  /** The values of one dimension as files have them; of token experts one for each layer. */
  private static List<String> texts(SubTransformer architecture, Dimension dimension) {
    return dimension.expertSizes()
        ? experts(architecture, dimension).stream()
            .map(layer -> layer.stream().map(String::valueOf).collect(Collectors.joining("_")))
            .toList()
        : architecture.values(dimension).stream().map(dimension::text).toList();
  }

  /** Writes the YAML form; {@code comment} lines go to the top. */
  public static void write(Path file, SubTransformer architecture, List<String> comment) {
    AtomicFile.writeString(file, toYaml(architecture, comment));
  }

  /** The YAML form, ending in a newline. */
  public static String toYaml(SubTransformer architecture, List<String> comment) {
    StringBuilder yaml = new StringBuilder();
    for (String line : comment) {
      yaml.append("# ").append(line.replaceAll("\\p{Cntrl}", " ")).append('\n');
    }
    for (Dimension dimension : Dimension.values()) {
      if (!architecture.uses(dimension)) {
        continue;
      }
      List<String> values = texts(architecture, dimension);
      if (dimension.expertSizes()) {
        values = values.stream().map(sizes -> "'" + sizes + "'").toList();
      }
      yaml.append(dimension.valueKey())
          .append(": ")
          .append(dimension.perLayer() || dimension.expertSizes() ? values : values.get(0))
          .append('\n');
    }
    return yaml.toString();
  }

  /** The FFN sizes of all token experts, layer by layer. */
  static List<List<Integer>> experts(SubTransformer a, Dimension dimension) {
    return IntStream.range(0, a.value(dimension.layers(), 0))
        .mapToObj(i -> a.experts(dimension.ofEncoder(), i))
        .toList();
  }
}
