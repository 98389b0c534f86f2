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
    return Dimension.assemble(
        new Dimension.Source() {
          @Override
          public List<Integer> values(Dimension dimension, int count) {
            return listed(settings, dimension, count);
          }

          @Override
          public List<List<Integer>> experts(
              Dimension dimension, List<Integer> counts, List<Integer> ffn) {
            Setting<List<Integer>> setting = dimension.valueSetting();
            return settings
                .find(setting)
                .map(all -> listed(settings, setting, all, counts, ffn))
                .orElseGet(() -> alike(counts, ffn));
          }
        });
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

  /** Cuts the sizes of all experts of all layers into layers; the first of each is its FFN size. */
  private static List<List<Integer>> listed(
      Settings settings,
      Setting<List<Integer>> setting,
      List<Integer> all,
      List<Integer> counts,
      List<Integer> ffn) {
    int need = counts.stream().mapToInt(count -> count + 1).sum();
    if (all.size() < need) {
      throw settings.error(setting, need + " FFN sizes, one per token expert of every layer");
    }
    List<List<Integer>> others = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < counts.size(); i++) {
      if (!all.get(next).equals(ffn.get(i))) {
        throw settings.error(
            setting, "lists that each begin with the FFN size of the layer, here " + ffn.get(i));
      }
      others.add(all.subList(next + 1, next + 1 + counts.get(i)));
      next += counts.get(i) + 1;
    }
    return others;
  }

  /** Every layer's experts of the size of its first. */
  private static List<List<Integer>> alike(List<Integer> counts, List<Integer> ffn) {
    return IntStream.range(0, counts.size())
        .mapToObj(i -> Collections.nCopies(counts.get(i), ffn.get(i)))
        .toList();
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
      if (dimension.optional() && !given(architecture, dimension)) {
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
      List<String> values = dimension.values(architecture).stream().map(dimension::text).toList();
      yaml.append(dimension.valueSetting().key())
          .append(": ")
          .append(dimension.perLayer() ? values : values.get(0))
          .append('\n');
    }
    return yaml.toString();
  }

  /** Whether an architecture has anything of an optional dimension. */
  private static boolean given(SubTransformer a, Dimension dimension) {
    if (dimension.ofLayerOptions()) {
      return !dimension.values(a).contains(dimension.absent());
    }
    return !(dimension.ofEncoder() ? a.encoderOtherExperts() : a.decoderOtherExperts()).isEmpty();
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
      if (dimension.optional() && !given(architecture, dimension)) {
        continue;
      }
      if (dimension.expertSizes()) {
        side.set(dimension.jsonKey(), Json.tree(experts(architecture, dimension)));
        continue;
      }
      List<Integer> values = dimension.values(architecture);
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
    return Dimension.assemble(
        new Dimension.Source() {
          @Override
          public List<Integer> values(Dimension dimension, int count) {
            return listed(json, dimension, count, where);
          }

          @Override
          public List<List<Integer>> experts(
              Dimension dimension, List<Integer> counts, List<Integer> ffn) {
            JsonNode node = json.path(side(dimension)).path(dimension.jsonKey());
            return node.isMissingNode()
                ? alike(counts, ffn)
                : listed(node, dimension, counts, ffn, where);
          }
        });
  }

  private static List<List<Integer>> listed(
      JsonNode node, Dimension dimension, List<Integer> counts, List<Integer> ffn, String where) {
    List<List<Integer>> others = new ArrayList<>();
    for (int i = 0; i < counts.size(); i++) {
      JsonNode layer = node.path(i);
      List<Integer> sizes = new ArrayList<>();
      layer.forEach(size -> sizes.add(size.isInt() ? size.intValue() : -1));
      if (sizes.size() != counts.get(i) + 1
          || !sizes.get(0).equals(ffn.get(i))
          || Collections.min(sizes) < 0) {
        throw error(
            dimension,
            layer,
            "a list of " + (counts.get(i) + 1) + " FFN sizes, the first " + ffn.get(i),
            where);
      }
      others.add(sizes.subList(1, sizes.size()));
    }
    return others;
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
    boolean attention = dimension == Dimension.ARBITRARY_ATTENTION;
    if (dimension.named()) {
      int place = SubTransformer.ACTIVATIONS.indexOf(node.asText()) + 1;
      if (place == 0) {
        throw error(dimension, node, "one of " + SubTransformer.ACTIVATIONS, where);
      }
      return place;
    }
    if (!node.canConvertToInt()
        || !node.isIntegralNumber()
        || (attention
            ? node.intValue() == 0 || Math.abs(node.intValue() - 0.5) > 1.5
            : node.intValue() < 1
                || dimension.ofTokenExperts() && node.intValue() > Dimension.MAX_TOKEN_EXPERTS)) {
      throw error(dimension, node, attention ? "-1, 1 or 2" : "a whole number from 1", where);
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
