package mos.command;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mos.config.Setting;

/** Every setting of the program: what a configuration file may hold, whichever command reads it. */
public final class AllSettings {
  private AllSettings() {}

  /** All settings, each key once. */
  public static Collection<Setting<?>> known() {
    Map<String, Setting<?>> known = new LinkedHashMap<>();
    for (Command<?> task : SingleCommands.all()) {
      add(known, task.settings());
    }
    add(known, PipelineSettings.settings());
    add(known, List.of(Provenance.FROM));
    return known.values();
  }

  private static void add(Map<String, Setting<?>> known, List<Setting<?>> settings) {
    for (Setting<?> setting : settings) {
      Setting<?> other = known.putIfAbsent(setting.key(), setting);
      if (other != null && other != setting) {
        throw new IllegalStateException("two settings with the key " + setting.key());
      }
    }
  }
}
