package mos.command.settings;

import java.util.List;
import mos.base.CommandWords;
import mos.base.ConfigurationException;
import mos.config.Effect;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;
import mos.latency.CommandRunner;

/** A command of the user's that measures in place of this machine. */
public final class RunnerSettings {
  /** The command. */
  public static final Setting<String> RUNNER =
      Setting.ofString("runner")
          .in(SettingGroup.LATENCY)
          .basic()
          .doc(
              "Command that measures in place of this machine: gets an architecture's YAML file as"
                  + " its last argument, prints milliseconds, one number or encoder and decoder");

  /** Its time limit. */
  public static final Setting<Integer> TIMEOUT =
      Setting.ofInt("runner-timeout")
          .in(SettingGroup.LATENCY)
          .effect(Effect.NONE)
          .range(1, 1_000_000)
          .unit("seconds")
          .doc("How long the runner may take for one architecture")
          .defaultsTo(600);

  private RunnerSettings() {}

  /** Every setting above. */
  public static List<Setting<?>> settings() {
    return List.of(RUNNER, TIMEOUT);
  }

  /** Whether the settings name a command. */
  public static boolean given(Settings settings) {
    return settings.has(RUNNER);
  }

  /**
   * The settings' command, its words parted as by a shell ({@link CommandWords}).
   *
   * @throws ConfigurationException for quotes that are not closed
   */
  public static CommandRunner of(Settings settings) {
    try {
      return new CommandRunner(CommandWords.split(settings.get(RUNNER)), settings.get(TIMEOUT));
    } catch (IllegalArgumentException e) {
      throw settings.error(RUNNER, "a command as a shell reads it, without " + e.getMessage());
    }
  }
}
