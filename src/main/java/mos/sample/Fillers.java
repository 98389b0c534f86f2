package mos.sample;

import com.ibm.icu.text.RelativeDateTimeFormatter.Direction;
import com.ibm.icu.text.RelativeDateTimeFormatter.RelativeUnit;
import com.ibm.icu.util.ULocale;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Draws the fillers of every kind of slot. Only plural quantities are drawn, and only regions and
 * cities that German uses without an article, so that a frame is grammatical whatever fills it.
 */
final class Fillers {
  private static final int FIRST_YEAR = 1950;
  private static final int LAST_YEAR = 2025;
  private static final List<RelativeUnit> RELATIVE_UNITS =
      List.of(
          RelativeUnit.HOURS,
          RelativeUnit.DAYS,
          RelativeUnit.WEEKS,
          RelativeUnit.MONTHS,
          RelativeUnit.YEARS);

  private final Cldr english = new Cldr(ULocale.UK);
  private final Cldr german = new Cldr(ULocale.GERMANY);
  private final Map<String, Function<Dice, Filler>> kinds = new HashMap<>();

  /**
   * Prepares all kinds.
   *
   * @param lexicon the frames' own words by kind: {@code name}, {@code role}, {@code thing}, {@code
   *     item}
   */
  Fillers(Map<String, List<Filler>> lexicon) {
    lexicon.forEach((kind, words) -> kinds.put(kind, dice -> dice.oneOf(words)));
    kinds.put("who", dice -> draw(dice.chance(55) ? "name" : "role", dice));
    putNumbers();
    putTimes();
    for (Quantity quantity : Quantity.ALL) {
      kinds.put(quantity.kind(), dice -> measure(quantity, dice));
    }
    kinds.put("money", this::money);
    putNames();
  }

  /** The kinds there are. */
  Set<String> kinds() {
    return new TreeSet<>(kinds.keySet());
  }

  Filler draw(String kind, Dice dice) {
    return kinds.get(kind).apply(dice);
  }

  private void putNumbers() {
    kinds.put("n", dice -> number(wide(dice)));
    kinds.put("num", dice -> number(dice.between(2, 99)));
    kinds.put("few", dice -> number(dice.between(2, 20)));
    kinds.put("age", dice -> number(dice.between(21, 99)));
    kinds.put("count", dice -> number(dice.between(2, dice.chance(70) ? 20 : 99)));
    kinds.put("many", dice -> number(100 * dice.between(2, dice.chance(70) ? 99 : 9_999)));
    kinds.put("rank", dice -> ordinal(dice.between(2, 30)));
    kinds.put("ordinal", dice -> ordinal(dice.between(2, dice.chance(50) ? 19 : 99)));
    kinds.put("year", dice -> year(dice.between(FIRST_YEAR, LAST_YEAR)));
  }

  /** Mostly 0 to 100, now and then up to 999,999. */
  private static int wide(Dice dice) {
    int size = dice.between(1, 100);
    if (size <= 55) {
      return dice.between(0, 100);
    }
    if (size <= 85) {
      return dice.between(101, 999);
    }
    return size <= 95 ? dice.between(1_000, 9_999) : dice.between(10_000, 999_999);
  }

  private Filler number(int value) {
    return Filler.invariable(
        english.spelled(value, "%spellout-numbering-verbose"),
        german.spelled(value, "%spellout-numbering"));
  }

  private Filler year(int value) {
    return Filler.invariable(
        english.spelled(value, "%spellout-numbering-year"),
        german.spelled(value, "%spellout-numbering-year"));
  }

  private Filler ordinal(int value) {
    String nominative = german.spelled(value, "%spellout-ordinal");
    return new Filler(
        english.spelled(value, "%spellout-ordinal-verbose"),
        nominative,
        nominative,
        german.spelled(value, "%spellout-ordinal-n"));
  }

  private void putTimes() {
    Map<String, String> skeletons =
        Map.of(
            "date", "yMMMMd",
            "fulldate", "yMMMMEEEEd",
            "day", "MMMMd",
            "month", "yMMMM",
            "weekday", "EEEE",
            "time", "Hm");
    skeletons.forEach((kind, skeleton) -> kinds.put(kind, dice -> time(skeleton, dice)));
    kinds.put("past", dice -> relative(Direction.LAST, dice));
    kinds.put("future", dice -> relative(Direction.NEXT, dice));
    kinds.put(
        "span",
        dice -> {
          int hours = dice.between(2, 14);
          int minutes = 5 * dice.between(1, 11);
          return Filler.invariable(english.span(hours, minutes), german.span(hours, minutes));
        });
  }

  private Filler time(String skeleton, Dice dice) {
    LocalDateTime time =
        LocalDateTime.of(dice.between(FIRST_YEAR, LAST_YEAR), 1, 1, 0, 0)
            .plusDays(dice.between(0, 364))
            .plusMinutes(5L * dice.between(6 * 12, 23 * 12 - 1));
    return Filler.invariable(english.date(time, skeleton), german.date(time, skeleton));
  }

  private Filler relative(Direction direction, Dice dice) {
    int quantity = dice.between(2, 12);
    RelativeUnit unit = dice.oneOf(RELATIVE_UNITS);
    return Filler.invariable(
        english.relative(quantity, direction, unit), german.relative(quantity, direction, unit));
  }

  private Filler measure(Quantity quantity, Dice dice) {
    BigDecimal value = quantity.draw(dice);
    String unit = dice.oneOf(quantity.units());
    return new Filler(
        english.measure(value, unit, "nominative"),
        german.measure(value, unit, "nominative"),
        german.measure(value, unit, "accusative"),
        german.measure(value, unit, "dative"));
  }

  /** Round amounts of a size that suits the currency: few digits are left to chance. */
  private Filler money(Dice dice) {
    boolean small = dice.chance(30);
    String currency = dice.oneOf(small ? CldrCodes.SMALL_CURRENCIES : CldrCodes.CURRENCIES);
    BigDecimal amount =
        small
            ? BigDecimal.valueOf(100L * dice.between(2, 99))
            : BigDecimal.valueOf(10L * dice.between(20, 2_500), 2);
    return Filler.invariable(english.money(amount, currency), german.money(amount, currency));
  }

  private void putNames() {
    List<Filler> regions = named(CldrCodes.REGIONS, english::region, german::region);
    List<Filler> languages = named(CldrCodes.LANGUAGES, english::language, german::language);
    List<Filler> towns = named(CldrCodes.EUROPEAN_CITIES, english::city, german::city);
    List<Filler> cities = new ArrayList<>(towns);
    cities.addAll(named(CldrCodes.OTHER_CITIES, english::city, german::city));
    kinds.put("region", dice -> dice.oneOf(regions));
    kinds.put("language", dice -> dice.oneOf(languages));
    kinds.put("city", dice -> dice.oneOf(cities));
    kinds.put("town", dice -> dice.oneOf(towns));
    kinds.put("regions", dice -> list("region", dice));
    kinds.put("languages", dice -> list("language", dice));
    kinds.put("towns", dice -> list("town", dice));
    kinds.put("names", dice -> list("name", dice));
  }

  private static List<Filler> named(
      List<String> codes, Function<String, String> english, Function<String, String> german) {
    return codes.stream()
        .map(code -> Filler.invariable(english.apply(code), german.apply(code)))
        .toList();
  }

  private Filler list(String kind, Dice dice) {
    int size = dice.between(2, 4);
    List<Filler> items = new ArrayList<>();
    while (items.size() < size) {
      Filler item = draw(kind, dice);
      if (!items.contains(item)) {
        items.add(item);
      }
    }
    return Filler.invariable(
        english.list(items.stream().map(Filler::en).toList()),
        german.list(items.stream().map(Filler::nominative).toList()));
  }
}
