package mos.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import mos.base.ConfigurationException;
import mos.base.Json;
import mos.config.Effect;
import mos.config.Setting;
import mos.config.Settings;

/**
 * The settings that work was begun with and must be continued with.
 *
 * @param settings everything that decides the result, by key
 * @param same whether a saved value is the same as now
 */
record BegunWith(JsonNode settings, Same same) {
  /** Of a value as text; null for what was not saved. */
  @FunctionalInterface
  interface Same {
    boolean test(String key, String before, String now);
  }

  /**
   * @param decisive of {@link Identity}, and more; what only says how much there is is left out
   */
  static BegunWith of(Command<?> task, Settings settings, Map<String, Object> decisive) {
    Map<String, Object> fixed = new TreeMap<>(decisive);
    for (Setting<?> setting : task.settings()) {
      if (setting.effect() == Effect.GROWS) {
        fixed.remove(setting.key());
      }
    }
    // As it is when read again, so that numbers compare equal.
    return new BegunWith(
        Json.parse(Json.line(fixed), "settings"),
        (key, before, now) -> Identity.ofCommand().same(task, settings, key, before, now));
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
  void check(JsonNode saved, String what, Path file) {
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
