package mos.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import mos.base.Limit;

/**
 * How the values of a setting are read, written and described.
 *
 * @param words what is needed, for messages: "a whole number"
 * @param label placeholder in help texts
 * @param reader throws IllegalArgumentException for text of another type
 * @param numbers what a legal range applies to
 */
record SettingType<T>(
    String words,
    String label,
    Function<RawValue, T> reader,
    Function<T, DoubleStream> numbers,
    Function<T, String> renderer) {
  private static final int MAX_LIST = 10_000;
  private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]{1,19}");
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?([0-9]{1,30}\\.?[0-9]{0,30}|\\.[0-9]{1,30})([eE][+-]?[0-9]{1,3})?");

  static final SettingType<Integer> INT =
      number("a whole number", "int", text -> Integer.valueOf(whole(text)));
  static final SettingType<Long> LONG =
      number("a whole number", "int", text -> Long.valueOf(whole(text)));
  static final SettingType<Double> DOUBLE = number("a number", "number", SettingType::finite);

  /** Only numbers have a range; a share has its own. */
  static final SettingType<Limit> LIMIT =
      new SettingType<>(
          "a share of the largest SubTransformer's, above 0% up to 100%, or a number",
          "number|share%",
          raw -> limit(single(raw)),
          value -> value.relative() ? DoubleStream.empty() : DoubleStream.of(value.number()),
          Limit::toString);

  static final SettingType<Boolean> BOOLEAN =
      scalar("true or false", "true|false", SettingType::truth);
  static final SettingType<String> STRING = scalar("text", "text", SettingType::notEmpty);
  static final SettingType<Path> PATH = scalar("a path", "path", text -> Path.of(notEmpty(text)));
  static final SettingType<List<Integer>> INTS = listOf(INT, "whole numbers");

  /** Whole numbers, of which several may be joined by {@code _} in one element. */
  static final SettingType<List<Integer>> JOINED_INTS =
      new SettingType<>(
          "a list of whole numbers joined by _",
          "int_int,…",
          raw -> INTS.parse(new RawValue(split(raw.elements()), true, raw.where())),
          INTS.numbers(),
          INTS.renderer());

  /** A list of names, each read as its place, from 1. */
  static SettingType<List<Integer>> numbered(List<String> names) {
    return new SettingType<>(
        "a list of " + String.join(", ", names),
        String.join("|", names) + ",…",
        raw -> {
          List<Integer> numbers =
              raw.elements().stream().map(name -> names.indexOf(name) + 1).toList();
          if (numbers.isEmpty() || numbers.size() > MAX_LIST || numbers.contains(0)) {
            throw new IllegalArgumentException("list of " + numbers.size());
          }
          return numbers;
        },
        values -> DoubleStream.empty(),
        values ->
            values.stream()
                .map(number -> names.get(number - 1))
                .collect(Collectors.joining(", ", "[", "]")));
  }

  static final SettingType<List<Double>> DOUBLES = listOf(DOUBLE, "numbers");

  T parse(RawValue raw) {
    return reader.apply(raw);
  }

  DoubleStream numbers(T value) {
    return numbers.apply(value);
  }

  String render(T value) {
    return renderer.apply(value);
  }

  static SettingType<String> choice(List<String> choices) {
    return scalar(
        "one of " + String.join(", ", choices),
        String.join("|", choices),
        text -> {
          if (!choices.contains(text)) {
            throw new IllegalArgumentException(text);
          }
          return text;
        });
  }

  private static <T> SettingType<T> scalar(
      String words, String label, Function<String, T> fromText) {
    return new SettingType<>(
        words,
        label,
        raw -> fromText.apply(single(raw)),
        value -> DoubleStream.empty(),
        String::valueOf);
  }

  private static <N extends Number> SettingType<N> number(
      String words, String label, Function<String, N> fromText) {
    return new SettingType<>(
        words,
        label,
        raw -> fromText.apply(single(raw)),
        value -> DoubleStream.of(value.doubleValue()),
        String::valueOf);
  }

  private static <N extends Number> SettingType<List<N>> listOf(
      SettingType<N> element, String plural) {
    return new SettingType<>(
        "a list of " + plural,
        element.label + ",…",
        raw -> {
          List<N> values = new ArrayList<>();
          for (String item : raw.elements()) {
            values.add(element.parse(RawValue.scalar(item, raw.where())));
          }
          if (values.isEmpty() || values.size() > MAX_LIST) {
            throw new IllegalArgumentException("list of " + values.size());
          }
          return List.copyOf(values);
        },
        values -> values.stream().mapToDouble(Number::doubleValue),
        values -> values.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]")));
  }

  /** A scalar, or the only element of a list of one. */
  private static String single(RawValue raw) {
    if (raw.items().size() != 1) {
      throw new IllegalArgumentException("list");
    }
    return raw.items().get(0);
  }

  private static String whole(String text) {
    if (!WHOLE.matcher(text).matches()) {
      throw new IllegalArgumentException(text);
    }
    return text;
  }

  private static Double finite(String text) {
    if (!NUMBER.matcher(text).matches() || Double.isInfinite(Double.parseDouble(text))) {
      throw new IllegalArgumentException(text);
    }
    return Double.valueOf(text);
  }

  private static Boolean truth(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on", "1" -> true;
      case "false", "no", "off", "0" -> false;
      default -> throw new IllegalArgumentException(text);
    };
  }

  private static Limit limit(String text) {
    return Limit.share(text).orElseGet(() -> Limit.of(finite(text)));
  }

  private static List<String> split(List<String> elements) {
    return elements.stream().flatMap(element -> Stream.of(element.split("_", -1))).toList();
  }

  private static String notEmpty(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("empty");
    }
    return text;
  }
}
