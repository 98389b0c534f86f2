package mos.command;

import java.nio.file.Path;
import mos.config.Setting;
import mos.config.SettingGroup;

/** The setting that names what is written, shared by import, export and average-checkpoints. */
final class PortFiles {
  static final Setting<Path> OUT =
      Setting.ofPath("out").in(SettingGroup.FILES).basic().doc("The file or folder to write");

  private PortFiles() {}
}
