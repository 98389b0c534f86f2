package mos.command.settings;

import java.nio.file.Path;
import java.util.List;
import mos.config.Effect;
import mos.config.Setting;
import mos.config.SettingGroup;

/** Where distilled data go. */
public final class DistillSettings {
  public static final Setting<Path> DIR =
      Setting.ofPath("distill-dir")
          .in(SettingGroup.FILES)
          .effect(Effect.NONE)
          .basic()
          .defaultsTo(Path.of("distilled"))
          .doc("Data folder to make, with a teacher's translations as training targets");

  public static final Setting<Integer> PART =
      Setting.ofInt("distill-part")
          .in(SettingGroup.DATA)
          .defaultsTo(20_000)
          .atLeast(1)
          .unit("sentences")
          .doc("Training sentences translated between two savings; a stop loses less than one");

  private DistillSettings() {}

  /** Every setting above. */
  public static List<Setting<?>> settings() {
    return List.of(DIR, PART);
  }
}
