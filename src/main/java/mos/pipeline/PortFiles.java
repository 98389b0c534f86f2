package mos.pipeline;

import java.nio.file.Path;
import mos.config.Setting;

/** The settings that name what is read and what is written, shared by commands without a folder. */
final class PortFiles {
  static final Setting<Path> PATH = Setting.ofPath("path").doc("The file to read");
  static final Setting<Path> OUT = Setting.ofPath("out").doc("The file or folder to write");

  private PortFiles() {}
}
