package mos.command.settings;

import java.nio.file.Path;
import java.util.List;
import mos.config.Setting;
import mos.config.SettingGroup;

/** Which data are fetched, and where they go. */
public final class DownloadSettings {
  public static final Setting<String> DATA_URL =
      Setting.ofString("data-url")
          .in(SettingGroup.DATA)
          .basic()
          .doc("Address of the task's archive of binarised data");

  public static final Setting<String> DATA_SHA256 =
      Setting.ofString("data-sha256")
          .in(SettingGroup.DATA)
          .doc("SHA-256 of the archive at data-url");

  public static final Setting<Long> DATA_SIZE =
      Setting.ofLong("data-size")
          .in(SettingGroup.DATA)
          .atLeast(0)
          .unit("bytes")
          .doc("Size of the archive at data-url");

  public static final Setting<String> URL =
      Setting.ofString("url")
          .in(SettingGroup.DATA)
          .basic()
          .doc("Another address of the archive; http, https or file");

  public static final Setting<String> SHA256 =
      Setting.ofString("sha256").in(SettingGroup.DATA).doc("SHA-256 that the archive must have");

  public static final Setting<Path> DATA_DIR =
      Setting.ofPath("data-dir")
          .in(SettingGroup.DATA)
          .basic()
          .doc("Folder to unpack to, in place of the task's (data)");

  private DownloadSettings() {}

  /** Every setting above. */
  public static List<Setting<?>> settings() {
    return List.of(DATA_URL, DATA_SHA256, DATA_SIZE, URL, SHA256, DATA_DIR);
  }
}
