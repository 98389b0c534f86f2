package mos.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import mos.base.ConfigurationException;
import mos.base.Json;

/**
 * The settings that work was begun with and must be continued with.
 *
 * @param settings everything that decides the result, by key
 */
record BegunWith(JsonNode settings) {

  static BegunWith of(Map<String, Object> settings) {
    // As it is when read again, so that numbers compare equal.
    return new BegunWith(Json.parse(Json.line(new TreeMap<>(settings)), "settings"));
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
      if (!before.equals(entry.getValue())) {
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
