package mos.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import mos.base.ConfigurationException;
import mos.base.Json;

/**
 * The settings that work was begun with and must be continued with.
 *
 * @param settings everything that decides the result, by key
 * @param same whether a saved value is the same as now
 */
public record BegunWith(JsonNode settings, Same same) {
  /** Nothing decides: whatever was saved is continued. */
  public static final BegunWith ANYTHING = of(Map.of());

  /** Of a value as text; null for what was not saved. */
  @FunctionalInterface
  public interface Same {
    /** Whether both are one. */
    boolean test(String key, String before, String now);
  }

  /** Values that are continued with nothing but themselves. */
  public static BegunWith of(Map<String, Object> settings) {
    return of(settings, (key, before, now) -> false);
  }

  /**
   * Values that decide the result, by key.
   *
   * @param same whether a saved value that is spelled otherwise is the same as now
   */
  public static BegunWith of(Map<String, Object> settings, Same same) {
    // As it is when read again, so that numbers compare equal.
    return new BegunWith(Json.parse(Json.line(new TreeMap<>(settings)), "settings"), same);
  }

  /** The same with one more. */
  public BegunWith and(String key, Object value) {
    ObjectNode more = settings.deepCopy();
    more.set(key, Json.tree(value));
    return new BegunWith(Json.parse(Json.line(more), "settings"), same);
  }

  private static String text(JsonNode value) {
    return value.isMissingNode() ? null : value.isTextual() ? value.textValue() : value.toString();
  }

  /**
   * Compares with what was saved.
   *
   * @param what was saved, for the message
   * @throws ConfigurationException naming the first setting that differs
   */
  public void check(JsonNode saved, String what, Path file) {
    for (Map.Entry<String, JsonNode> entry : settings.properties()) {
      JsonNode before = saved.path(entry.getKey());
      if (!before.equals(entry.getValue())
          && !same.test(entry.getKey(), text(before), text(entry.getValue()))) {
        throw new ConfigurationException(
            entry.getKey()
                + ": got "
                + entry.getValue()
                + ", but the "
                + what
                + " saved in "
                + file
                + " was begun with "
                + (before.isMissingNode() ? "nothing" : before)
                + "; continue it with that, or write to another folder");
      }
    }
  }
}
