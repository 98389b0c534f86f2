package mos.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import mos.base.ConfigurationException;
import mos.base.Limit;

/**
 * One setting: key in HAT's spelling (hyphens), type, default, legal range, unit and one line of
 * documentation. Immutable; the fluent methods return changed copies.
 *
 * @param <T> type of the value
 */
public final class Setting<T> {
  private final String key;
  private final SettingType<T> type;
  private final T defaultValue;
  private final Range range;
  private final String unit;
  private final String doc;
  private final SettingGroup group;
  private final boolean basic;
  private final Effect effect;

  private Setting(
      String key,
      SettingType<T> type,
      T defaultValue,
      Range range,
      String unit,
      String doc,
      SettingGroup group,
      boolean basic,
      Effect effect) {
    this.key = key;
    this.type = type;
    this.defaultValue = defaultValue;
    this.range = range;
    this.unit = unit;
    this.doc = doc;
    this.group = group;
    this.basic = basic;
    this.effect = effect;
  }

  private static <T> Setting<T> of(String key, SettingType<T> type) {
    if (!key.equals(fold(key))) {
      throw new IllegalArgumentException("a key is spelled with hyphens: " + key);
    }
    return new Setting<>(
        key, type, null, Range.ANY, "", "", SettingGroup.OTHER, false, Effect.RESULT);
  }

  /** A whole number of 32 bits. */
  public static Setting<Integer> ofInt(String key) {
    return of(key, SettingType.INT);
  }

  /** A whole number of 64 bits. */
  public static Setting<Long> ofLong(String key) {
    return of(key, SettingType.LONG);
  }

  /** A finite number. */
  public static Setting<Double> ofDouble(String key) {
    return of(key, SettingType.DOUBLE);
  }

  /** A number, or a share of what the largest SubTransformer takes: {@code 60%}. */
  public static Setting<Limit> ofLimit(String key) {
    return of(key, SettingType.LIMIT);
  }

  /** true or false; 1, 0, yes, no and any case are understood too. */
  public static Setting<Boolean> ofBoolean(String key) {
    return of(key, SettingType.BOOLEAN);
  }

  /** Any text that is not empty. */
  public static Setting<String> ofString(String key) {
    return of(key, SettingType.STRING);
  }

  /** One of the given words. */
  public static Setting<String> ofChoice(String key, String... choices) {
    return of(key, SettingType.choice(List.of(choices)));
  }

  /** A list of whole numbers; a single number is a list of one. */
  public static Setting<List<Integer>> ofInts(String key) {
    return of(key, SettingType.INTS);
  }

  /** Whole numbers, of which several may be joined by {@code _}: {@code 3072_1024, 2048}. */
  public static Setting<List<Integer>> ofJoinedInts(String key) {
    return of(key, SettingType.JOINED_INTS);
  }

  /** A list of some of {@code names}, each read as its place among them, from 1. */
  public static Setting<List<Integer>> ofNumbered(String key, List<String> names) {
    return of(key, SettingType.numbered(names));
  }

  /** A list of finite numbers; a single number is a list of one. */
  public static Setting<List<Double>> ofDoubles(String key) {
    return of(key, SettingType.DOUBLES);
  }

  /** A file or folder, relative to the working folder. */
  public static Setting<Path> ofPath(String key) {
    return of(key, SettingType.PATH);
  }

  /** The value used where none is given; it must be legal. */
  public Setting<T> defaultsTo(T value) {
    var changed = new Setting<>(key, type, value, range, unit, doc, group, basic, effect);
    type.numbers(value).filter(changed::outside).findAny().ifPresent(Setting::badDefault);
    return changed;
  }

  private static void badDefault(double value) {
    throw new IllegalArgumentException("default outside the range: " + value);
  }

  /** Legal values of a number, or of every number of a list, both ends included. */
  public Setting<T> range(double lo, double hi) {
    return new Setting<>(
        key, type, defaultValue, new Range(lo, hi), unit, doc, group, basic, effect);
  }

  /** Legal values from {@code lo}, included, without an upper limit. */
  public Setting<T> atLeast(double lo) {
    return range(lo, Double.POSITIVE_INFINITY);
  }

  /** The unit as shown in help and messages, e.g. "ms". */
  public Setting<T> unit(String word) {
    return new Setting<>(key, type, defaultValue, range, word, doc, group, basic, effect);
  }

  /** One line that says what the setting does. */
  public Setting<T> doc(String line) {
    return new Setting<>(key, type, defaultValue, range, unit, line, group, basic, effect);
  }

  /** Under which heading help lists the setting. */
  public Setting<T> in(SettingGroup heading) {
    return new Setting<>(key, type, defaultValue, range, unit, doc, heading, basic, effect);
  }

  /** One of the few that matter first: the short help of a command shows it. */
  public Setting<T> basic() {
    return new Setting<>(key, type, defaultValue, range, unit, doc, group, true, effect);
  }

  /** What it does to a result; without this it decides it. */
  public Setting<T> effect(Effect on) {
    return new Setting<>(key, type, defaultValue, range, unit, doc, group, basic, on);
  }

  /** Its name in files and, behind two hyphens, on the command line. */
  public String key() {
    return key;
  }

  /** Other names of the same setting, as published programs have them. */
  public List<String> otherNames() {
    return PublishedNames.others(key);
  }

  /** The value where none is given, if there is one. */
  public Optional<T> defaultValue() {
    return Optional.ofNullable(defaultValue);
  }

  /** The unit of a number; empty where there is none. */
  public String unit() {
    return unit;
  }

  /** One line that says what it does. */
  public String doc() {
    return doc;
  }

  /** Under which heading help lists it. */
  public SettingGroup group() {
    return group;
  }

  /** Whether the short help of a command shows it. */
  public boolean isBasic() {
    return basic;
  }

  /** What it does to the result of work that reads it. */
  public Effect effect() {
    return effect;
  }

  /** Whether the value is true or false. */
  public boolean isBoolean() {
    return type == (Object) SettingType.BOOLEAN;
  }

  /** What a legal value is, in words: "a whole number in 1..6, in ms". */
  public String need() {
    String words = type.words();
    String range = range(Double.POSITIVE_INFINITY);
    if (!range.isEmpty()) {
      words += (range.startsWith("at") ? " of " : " in ") + range;
    }
    return unit.isEmpty() ? words : words + ", in " + unit;
  }

  /** Legal values, see {@link Range#words}. */
  String range(double far) {
    return range.words(far);
  }

  /** The type as a placeholder in help texts: "int", "number,…", "relu|gelu|swish". */
  public String label() {
    return type.label();
  }

  /** A value as it is written in YAML and on the command line. */
  public String render(T value) {
    return type.render(value);
  }

  /**
   * Reads and checks a value.
   *
   * @throws ConfigurationException naming key, value, need and place
   */
  T parse(RawValue raw) {
    T value;
    try {
      value = type.parse(raw);
    } catch (IllegalArgumentException e) {
      throw error(raw.text(), need(), raw.where());
    }
    type.numbers(value)
        .filter(this::outside)
        .findFirst()
        .ifPresent(
            number -> {
              throw error(Range.number(number), need(), raw.where());
            });
    return value;
  }

  private boolean outside(double value) {
    return !range.contains(value);
  }

  ConfigurationException error(String got, String need, String where) {
    return new ConfigurationException(
        key + ": got " + got + ", must be " + need + " (" + where + ")");
  }

  /** A key with hyphens for underscores. */
  static String fold(String key) {
    return key.replace('_', '-');
  }

  @Override
  public String toString() {
    return key;
  }
}
