package mos.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import mos.base.ConfigurationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The settings of one run: what files and command line gave, and defaults for the rest. */
public final class Settings {
  private static final Logger LOG = LoggerFactory.getLogger(Settings.class);

  private final Map<String, Setting<?>> known;
  private final Map<String, Object> values;
  private final Map<String, String> places;
  private final List<Path> files;
  private final Map<String, String> overrides;
  private final Consumer<Setting<?>> asked;

  private Settings(
      Map<String, Setting<?>> known,
      Map<String, Object> values,
      Map<String, String> places,
      List<Path> files,
      Map<String, String> overrides,
      Consumer<Setting<?>> asked) {
    this.known = known;
    this.values = values;
    this.places = places;
    this.files = List.copyOf(files);
    this.overrides = Collections.unmodifiableMap(new LinkedHashMap<>(overrides));
    this.asked = asked;
  }

  /**
   * Reads YAML files (later ones win) and overrides from the command line (which win over all).
   * Keys may be spelled with hyphens or underscores.
   *
   * @param known every setting that may be given; a key that is none of them is an error unless it
   *     is known to HAT, MoS or fairseq and means nothing here
   * @throws ConfigurationException for an unknown key (naming the nearest one), a wrong type or a
   *     value outside its range, with file and line
   */
  public static Settings load(
      List<Path> yamlFiles, Map<String, String> overrides, Collection<Setting<?>> known) {
    Map<String, RawValue> raw = new LinkedHashMap<>();
    for (Path file : yamlFiles) {
      raw.putAll(PublishedNames.ofFile(YamlSource.read(file), keys(known)));
    }
    Map<String, String> options = new LinkedHashMap<>();
    overrides.forEach(
        (name, text) -> {
          String key = PublishedNames.ofOption(Setting.fold(name), keys(known));
          options.put(key, text);
          raw.put(key, RawValue.scalar(text, "--" + key + " on the command line"));
        });
    return of(raw, known, yamlFiles, options);
  }

  /** As {@link #load}, from YAML text; {@code name} stands for the file in messages. */
  public static Settings parse(String yaml, String name, Collection<Setting<?>> known) {
    return of(
        PublishedNames.ofFile(YamlSource.parse(yaml, name), keys(known)),
        known,
        List.of(),
        Map.of());
  }

  private static Set<String> keys(Collection<Setting<?>> known) {
    return known.stream().map(Setting::key).collect(Collectors.toSet());
  }

  private static Settings of(
      Map<String, RawValue> raw,
      Collection<Setting<?>> known,
      List<Path> files,
      Map<String, String> overrides) {
    Map<String, Setting<?>> byKey = new LinkedHashMap<>();
    for (Setting<?> setting : known) {
      Setting<?> other = byKey.put(setting.key(), setting);
      if (other != null && other != setting) {
        throw new IllegalArgumentException("two settings with the key " + setting.key());
      }
    }
    Map<String, Object> values = new LinkedHashMap<>();
    Map<String, String> places = new LinkedHashMap<>();
    List<String> ignored = new ArrayList<>();
    raw.forEach(
        (key, value) -> {
          Setting<?> setting = byKey.get(key);
          if (setting != null) {
            values.put(key, setting.parse(value));
            places.put(key, value.where());
          } else if (IgnoredKeys.contains(key)) {
            ignored.add(key);
          } else {
            throw unknown(key, value.where(), byKey);
          }
        });
    if (!ignored.isEmpty()) {
      LOG.info("keys without a meaning here, ignored: {}", String.join(", ", ignored));
    }
    return new Settings(byKey, values, places, files, overrides, setting -> {});
  }

  private static ConfigurationException unknown(
      String key, String where, Map<String, Setting<?>> known) {
    String shown = RawValue.scalar(key, where).text();
    String nearest =
        key.length() > 200
            ? ""
            : NearestKey.of(key, new TreeSet<>(known.keySet()))
                .map(name -> ", nearest known key: " + name)
                .orElse("");
    return new ConfigurationException("unknown key " + shown + nearest + " (" + where + ")");
  }

  /**
   * The given value, else the default.
   *
   * @throws ConfigurationException when there is neither
   */
  public <T> T get(Setting<T> setting) {
    return find(setting)
        .orElseThrow(
            () ->
                new ConfigurationException(
                    setting.key()
                        + ": not given, need "
                        + setting.need()
                        + " (in a configuration file or as --"
                        + setting.key()
                        + ")"));
  }

  /** The given value, else the default, else nothing. */
  public <T> Optional<T> find(Setting<T> setting) {
    asked.accept(setting);
    return value(setting);
  }

  @SuppressWarnings("unchecked") // values holds what this very setting parsed
  private <T> Optional<T> value(Setting<T> setting) {
    if (known.get(setting.key()) != setting) {
      throw new IllegalArgumentException("not among the known settings: " + setting.key());
    }
    Object value = values.get(setting.key());
    return value == null ? setting.defaultValue() : Optional.of((T) value);
  }

  /**
   * The same, with options under other names.
   *
   * @param names from the name of an option to the setting that it stands for
   */
  public Settings renamed(Map<String, Setting<?>> names, Collection<Setting<?>> known) {
    Map<String, String> renamed = new LinkedHashMap<>();
    overrides.forEach(
        (key, text) -> {
          String name = names.containsKey(key) ? names.get(key).key() : key;
          String other = renamed.put(name, text);
          if (other != null && !other.equals(text)) {
            throw new ConfigurationException(
                name
                    + " and "
                    + (names.containsKey(key) ? key : nameOf(name, names))
                    + ": got both on the command line, with different values");
          }
        });
    return load(files, renamed, known).noting(asked);
  }

  private static String nameOf(String key, Map<String, Setting<?>> names) {
    return names.entrySet().stream()
        .filter(entry -> entry.getValue().key().equals(key))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(key);
  }

  /**
   * Refuses options that are not among {@code read}.
   *
   * @param why not, for the message
   */
  public void refuseOthers(Collection<Setting<?>> read, String why) {
    Set<String> keys = keys(read);
    for (String key : overrides.keySet()) {
      if (!keys.contains(key)) {
        throw new ConfigurationException(
            "--"
                + key
                + ": "
                + why
                + NearestKey.of(key, new TreeSet<>(keys))
                    .map(name -> "; the nearest option is --" + name)
                    .orElse(""));
      }
    }
  }

  /** The files that were read, in order. */
  public List<Path> files() {
    return files;
  }

  /** What the command line gave, key to text. */
  public Map<String, String> overrides() {
    return overrides;
  }

  /** The same, telling of each setting that is asked for. */
  public Settings noting(Consumer<Setting<?>> noted) {
    return new Settings(known, values, places, files, overrides, asked.andThen(noted));
  }

  /**
   * The same for a command that may ask for no more than it declares: asking for another setting,
   * which help would not show, is an IllegalStateException.
   */
  public Settings only(Collection<Setting<?>> declared, String command) {
    Set<String> keys = keys(declared);
    return noting(
        setting -> {
          if (!keys.contains(setting.key())) {
            throw new IllegalStateException(
                command + " reads " + setting.key() + " and does not declare it");
          }
        });
  }

  /** Whether a value was given; a default does not count. */
  public boolean has(Setting<?> setting) {
    asked.accept(setting);
    return values.containsKey(setting.key());
  }

  /** Where the value comes from: file and line, the command line, or "default". */
  public String where(Setting<?> setting) {
    return places.getOrDefault(setting.key(), "default");
  }

  /** An error about the effective value of {@code setting}: "key: got …, must be … (where)". */
  public ConfigurationException error(Setting<?> setting, String need) {
    return errorOf(setting, need);
  }

  /** As {@link #error(Setting, String)}, about the part {@code got} of the value. */
  public ConfigurationException error(Setting<?> setting, Object got, String need) {
    return setting.error(String.valueOf(got), need, where(setting));
  }

  private <T> ConfigurationException errorOf(Setting<T> setting, String need) {
    String got = value(setting).map(setting::render).orElse("nothing");
    return setting.error(got, need, where(setting));
  }

  /** Key and effective value of every known setting that has one; for provenance. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    for (Setting<?> setting : known.values()) {
      value(setting)
          .ifPresent(
              value -> map.put(setting.key(), value instanceof Path ? value.toString() : value));
    }
    return map;
  }
}
