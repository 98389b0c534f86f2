package mos.sample;

import java.math.BigDecimal;
import java.util.List;

/**
 * A measured quantity.
 *
 * @param kind the slot's name
 * @param least the smallest whole value
 * @param most the largest whole value
 * @param decimals the percentage of values with one decimal place
 * @param units CLDR unit identifiers
 */
record Quantity(String kind, int least, int most, int decimals, List<String> units) {
  static final List<Quantity> ALL =
      List.of(
          of("length", 20, 200, 30, "centimeter inch"),
          of("distance", 100, 9_999, 0, "kilometer mile nautical-mile"),
          of("weight", 2, 90, 30, "kilogram pound"),
          of("mass", 20, 500, 0, "gram"),
          of("liquid", 20, 500, 0, "milliliter centiliter"),
          of("spoons", 2, 12, 0, "teaspoon tablespoon"),
          of("area", 2, 99, 30, "square-meter hectare acre"),
          of("speed", 5, 120, 30, "kilometer-per-hour meter-per-second mile-per-hour knot"),
          of("temperature", -10, 38, 30, "celsius"),
          of("power", 20, 500, 0, "kilowatt horsepower"),
          of("percent", 2, 95, 50, "percent"),
          of("data", 2, 900, 30, "megabyte gigabyte"),
          of("nutrition", 50, 900, 0, "kilocalorie kilojoule"),
          of("moment", 2, 59, 0, "second minute hour"),
          of("duration", 2, 20, 0, "hour day week month year"),
          of("period", 2, 20, 0, "week month year"));

  private static Quantity of(String kind, int least, int most, int decimals, String units) {
    return new Quantity(kind, least, most, decimals, List.of(units.split(" ")));
  }

  /** Draws a value; never exactly 1 or −1, which would want the singular. */
  BigDecimal draw(Dice dice) {
    int whole = dice.between(least, most);
    if (dice.chance(decimals)) {
      return BigDecimal.valueOf(10L * whole + dice.between(1, 9), 1);
    }
    return BigDecimal.valueOf(Math.abs(whole) == 1 ? 2L * whole : whole);
  }
}
