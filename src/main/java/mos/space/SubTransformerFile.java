package mos.space;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
 * Reads and writes one SubTransformer in HAT's two forms: the YAML file with keys ending in {@code
 * -subtransformer}, and the configuration dictionary with {@code encoder} and {@code decoder}
 * objects. Published files may list more per-layer values than the depth; the rest is inert and
 * ignored.
 *
 * <p>Source: the files published with Wang et al., HAT (ACL 2020).
 */
public final class SubTransformerFile {
  private static final String ENCODER = "encoder";
  private static final String DECODER = "decoder";

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
    if (dimension == Dimension.ARBITRARY_ATTENTION && values.contains(0)) {
      throw settings.error(setting, "a list of -1, 1 or 2");
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
  private static List<Integer> alike(Dimension dimension, Map<Dimension, List<Integer>> known) {
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < known.get(dimension.experts()).size(); i++) {
      int further = known.get(dimension.experts()).get(i) - 1;
      sizes.addAll(Collections.nCopies(further, known.get(dimension.ffn()).get(i)));
    }
    return sizes;
  }

  private static String need(Dimension dimension, int count) {
    return dimension.perLayer() ? "a list of " + count + " values, one per layer" : "one value";
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
      if (dimension.expertSizes()) {
        yaml.append(dimension.valueSetting().key())
            .append(": ")
            .append(
                experts(architecture, dimension).stream()
                    .map(
                        layer ->
                            layer.stream()
                                .map(String::valueOf)
                                .collect(Collectors.joining("_", "'", "'")))
                    .toList())
            .append('\n');
        continue;
      }
      List<String> values = architecture.values(dimension).stream().map(dimension::text).toList();
      yaml.append(dimension.valueSetting().key())
          .append(": ")
          .append(dimension.perLayer() ? values : values.get(0))
          .append('\n');
    }
    return yaml.toString();
  }

  /** The FFN sizes of all token experts, layer by layer. */
  private static List<List<Integer>> experts(SubTransformer a, Dimension dimension) {
    return dimension.ofEncoder()
        ? IntStream.range(0, a.encoderLayers()).mapToObj(a::encoderExperts).toList()
        : IntStream.range(0, a.decoderLayers()).mapToObj(a::decoderExperts).toList();
  }

  /** HAT's configuration dictionary. */
  public static ObjectNode toJson(SubTransformer architecture) {
    ObjectNode json = Json.object();
    json.putObject(ENCODER);
    json.putObject(DECODER);
    for (Dimension dimension : Dimension.values()) {
      ObjectNode side = (ObjectNode) json.get(side(dimension));
      if (!architecture.uses(dimension)) {
        continue;
      }
      if (dimension.expertSizes()) {
        side.set(dimension.jsonKey(), Json.tree(experts(architecture, dimension)));
        continue;
      }
      List<Integer> values = architecture.values(dimension);
      if (dimension.perLayer()) {
        ArrayNode array = side.putArray(dimension.jsonKey());
        for (int value : values) {
          if (dimension.named()) {
            array.add(dimension.text(value));
          } else {
            array.add(value);
          }
        }
      } else {
        side.put(dimension.jsonKey(), values.get(0));
      }
    }
    return json;
  }

  /**
   * Reads HAT's configuration dictionary; other keys in it are ignored.
   *
   * @param where names the source in messages
   * @throws ConfigurationException for missing or illegal values
   */
  public static SubTransformer fromJson(JsonNode json, String where) {
    return SubTransformer.of(
        (dimension, count, known) -> {
          if (!dimension.expertSizes()) {
            return listed(json, dimension, count, where);
          }
          JsonNode node = json.path(side(dimension)).path(dimension.jsonKey());
          return node.isMissingNode()
              ? alike(dimension, known)
              : sizes(node, dimension, known, where);
        });
  }

  private static List<Integer> sizes(
      JsonNode node, Dimension dimension, Map<Dimension, List<Integer>> known, String where) {
    List<Integer> numbers = known.get(dimension.experts());
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < numbers.size(); i++) {
      JsonNode layer = node.path(i);
      Integer first = known.get(dimension.ffn()).get(i);
      List<Integer> sizes = new ArrayList<>();
      layer.forEach(size -> sizes.add(size.isInt() ? size.intValue() : -1));
      if (sizes.size() != numbers.get(i)
          || !sizes.get(0).equals(first)
          || Collections.min(sizes) < 0) {
        String need = "a list of " + numbers.get(i) + " FFN sizes, the first " + first;
        throw error(dimension, layer, need, where);
      }
      all.addAll(sizes.subList(1, sizes.size()));
    }
    return all;
  }

  private static List<Integer> listed(JsonNode json, Dimension dimension, int count, String where) {
    JsonNode node = json.path(side(dimension)).path(dimension.jsonKey());
    if (dimension.optional() && node.isMissingNode()) {
      return Collections.nCopies(count, dimension.absent());
    }
    List<Integer> values = new ArrayList<>();
    if (dimension.perLayer() && node.isArray() && node.size() >= count) {
      IntStream.range(0, count).forEach(i -> values.add(whole(node.get(i), dimension, where)));
    } else if (!dimension.perLayer()) {
      values.add(whole(node, dimension, where));
    } else {
      throw error(dimension, node, need(dimension, count), where);
    }
    return values;
  }

  private static int whole(JsonNode node, Dimension dimension, String where) {
    if (dimension.named()) {
      int place = SubTransformer.ACTIVATIONS.indexOf(node.asText()) + 1;
      if (place == 0) {
        throw error(dimension, node, "one of " + SubTransformer.ACTIVATIONS, where);
      }
      return place;
    }
    boolean tooMany = dimension.ofTokenExperts() && node.intValue() > Dimension.MAX_TOKEN_EXPERTS;
    if (!node.canConvertToInt()
        || !node.isIntegralNumber()
        || !dimension.legal(node.intValue())
        || tooMany) {
      boolean attention = dimension == Dimension.ARBITRARY_ATTENTION;
      throw error(dimension, node, attention ? dimension.need() : "a whole number from 1", where);
    }
    return node.intValue();
  }

  private static ConfigurationException error(
      Dimension dimension, JsonNode node, String need, String where) {
    String got = node.isMissingNode() ? "nothing" : node.toString();
    got = got.length() > 100 ? got.substring(0, 100) + "…" : got;
    return new ConfigurationException(
        side(dimension)
            + "."
            + dimension.jsonKey()
            + ": got "
            + got
            + ", must be "
            + need
            + " ("
            + where
            + ")");
  }

  private static String side(Dimension dimension) {
    return dimension.ofEncoder() ? ENCODER : DECODER;
  }
}
