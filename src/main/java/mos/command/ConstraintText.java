package mos.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import mos.host.HostLoad;

/** What {@link Checked#put} wrote, for a terminal. */
final class ConstraintText {
  private ConstraintText() {}

  /** One line for each limit; those that are missed cannot be overlooked. */
  static String of(ObjectNode figures) {
    StringBuilder text = new StringBuilder();
    for (JsonNode one : figures.path("constraints")) {
      Verdict verdict = Verdict.fromJson(one);
      text.append(text.isEmpty() ? "" : System.lineSeparator());
      text.append(verdict.met() ? "constraint met: " : "*** CONSTRAINT NOT MET: ");
      text.append(verdict.describe());
      if (!verdict.met()) {
        text.append(disturbed(one) ? " ***" + others(one) : " ***");
      }
    }
    JsonNode speedUp = figures.path("speed_up");
    if (speedUp.isNumber() && !text.isEmpty()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%n%.2f times as fast as the largest SubTransformer",
              speedUp.asDouble()));
    }
    return text.toString();
  }

  private static String others(JsonNode constraint) {
    return System.lineSeparator()
        + "    not met now: "
        + machine(constraint).others()
        + " while it was measured, which makes times longer";
  }

  private static HostLoad machine(JsonNode constraint) {
    return new HostLoad(constraint.path("other_load").asDouble(Double.NaN), Double.NaN, Double.NaN);
  }

  private static boolean disturbed(JsonNode constraint) {
    return machine(constraint).disturbed();
  }

  /** Whether a limit was missed while other programs used the machine. */
  static boolean missedUnderLoad(ObjectNode figures) {
    for (JsonNode one : figures.path("constraints")) {
      if (!one.path("met").asBoolean() && disturbed(one)) {
        return true;
      }
    }
    return false;
  }
}
