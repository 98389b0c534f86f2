package mos.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.Locale;
import mos.base.Json;
import mos.base.Limit;
import mos.base.MosException;

/**
 * One limit and what was found of it.
 *
 * @param measured in the quantity's unit
 * @param largest what the largest SubTransformer takes, in that unit; NaN where it is not known
 */
record Verdict(Quantity quantity, Limit limit, double measured, double largest) {

  /** The limit in the quantity's unit. */
  double limitValue() {
    return limit.value(largest);
  }

  boolean met() {
    return measured <= limitValue();
  }

  /** Reads what {@link #json} wrote. */
  static Verdict fromJson(JsonNode json) {
    Quantity quantity =
        Arrays.stream(Quantity.values())
            .filter(one -> one.key().equals(json.path("quantity").asText()))
            .findFirst()
            .orElseThrow(() -> new MosException("constraints: no quantity in " + json));
    double measured = json.path("measured").asDouble();
    JsonNode share = json.path("share");
    return new Verdict(
        quantity,
        new Limit(json.path("limit").asDouble(), json.path("limit_unit").asText().equals("%")),
        measured,
        share.isNumber() ? measured / share.asDouble() : Double.NaN);
  }

  /** For people: "latency 58.3% of the largest's (11.2 of 19.2 ms), limit 60%". */
  String describe() {
    return quantity.word() + " " + measuredText() + ", limit " + limitText();
  }

  /** "58.3% of the largest's (11.2 of 19.2 ms)", "12.3 ms". */
  String measuredText() {
    String value = number(measured);
    return limit.relative()
        ? String.format(
            Locale.ROOT,
            "%.1f%% of the largest's (%s of %s %s)",
            100 * measured / largest,
            value,
            number(largest),
            quantity.words())
        : value + " " + quantity.words();
  }

  /** "60% of the largest's latency", "15 ms". */
  String limitText() {
    return limit.relative()
        ? limit + " of the largest's " + quantity.word()
        : number(limit.number()) + " " + quantity.words();
  }

  /** Four digits. */
  static String number(double value) {
    return Double.isFinite(value)
        ? new BigDecimal(value, new MathContext(4)).stripTrailingZeros().toPlainString()
        : "?";
  }

  ObjectNode json() {
    ObjectNode json = Json.object();
    json.put("quantity", quantity.key());
    json.put("limit", limit.number());
    json.put("limit_unit", limit.relative() ? "%" : quantity.unit());
    json.put("limit_value", limitValue());
    json.put("measured", measured);
    json.put("unit", quantity.unit());
    if (Double.isNaN(largest)) {
      json.putNull("share");
    } else {
      json.put("share", measured / largest);
    }
    json.put("met", met());
    return json;
  }
}
