package mos.command.settings;

import java.nio.file.Path;
import java.util.List;
import mos.config.Effect;
import mos.config.Setting;
import mos.config.SettingGroup;

/** What a server answers to whom, and how much of it. */
public final class ServeSettings {
  public static final Setting<Path> FOLDER =
      Setting.ofPath("folder")
          .in(SettingGroup.SERVER)
          .basic()
          .doc("Folder of an exported model, or output folder of a run");

  public static final Setting<String> HOST =
      Setting.ofString("host")
          .in(SettingGroup.SERVER)
          .effect(Effect.NONE)
          .basic()
          .defaultsTo("127.0.0.1")
          .doc(
              "Address to listen on; the default is reached by this machine alone, 0.0.0.0 by all"
                  + " that reach this machine, without password or encryption");

  public static final Setting<Integer> PORT =
      Setting.ofInt("port")
          .in(SettingGroup.SERVER)
          .effect(Effect.NONE)
          .basic()
          .defaultsTo(5000)
          .range(0, 65535)
          .doc("Port to listen on, 0 for any free one (the address is logged)");

  public static final Setting<Integer> MAX_BODY =
      Setting.ofInt("max-body")
          .in(SettingGroup.SERVER)
          .effect(Effect.NONE)
          .defaultsTo(1 << 18)
          .range(1, 1 << 26)
          .unit("bytes")
          .doc("Largest body of a request; a larger one is refused with 413");

  public static final Setting<Integer> MAX_TEXT =
      Setting.ofInt("max-text")
          .in(SettingGroup.SERVER)
          .effect(Effect.NONE)
          .defaultsTo(10_000)
          .atLeast(1)
          .unit("characters")
          .doc("Longest text of a request; a longer one is refused with 413");

  public static final Setting<Integer> MAX_REQUESTS =
      Setting.ofInt("max-requests")
          .in(SettingGroup.SERVER)
          .effect(Effect.NONE)
          .defaultsTo(256)
          .range(1, 10_000)
          .doc("Requests that wait or are translated at a time; more are refused with 429");

  public static final Setting<Integer> REQUEST_SECONDS =
      Setting.ofInt("request-seconds")
          .in(SettingGroup.SERVER)
          .effect(Effect.NONE)
          .defaultsTo(60)
          .range(1, 3600)
          .unit("s")
          .doc(
              "Longest time for a request to come in, and for its translation (then 503); who is"
                  + " slower is cut off");

  private ServeSettings() {}

  /** Every setting above. */
  public static List<Setting<?>> settings() {
    return List.of(FOLDER, HOST, PORT, MAX_BODY, MAX_TEXT, MAX_REQUESTS, REQUEST_SECONDS);
  }
}
