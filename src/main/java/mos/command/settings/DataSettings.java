package mos.command.settings;

import java.nio.file.Path;
import java.util.List;
import mos.config.Setting;
import mos.config.SettingGroup;

/** Which data are read, and how large their batches are. */
public final class DataSettings {
  public static final Setting<Path> DATA =
      Setting.ofPath("data")
          .in(SettingGroup.DATA)
          .basic()
          .doc("Folder with the binarised data and its dictionaries");

  public static final Setting<String> SOURCE_LANG =
      Setting.ofString("source-lang")
          .in(SettingGroup.DATA)
          .basic()
          .doc("Source language, for example en; not given: that of the data folder");

  public static final Setting<String> TARGET_LANG =
      Setting.ofString("target-lang")
          .in(SettingGroup.DATA)
          .basic()
          .doc("Target language, for example de; not given: that of the data folder");

  /** How large a batch may be. */
  public static final Setting<Integer> MAX_TOKENS =
      Setting.ofInt("max-tokens")
          .in(SettingGroup.TRAINING)
          .basic()
          .defaultsTo(4096)
          .atLeast(1)
          .unit("tokens")
          .doc("Most tokens of a batch, padding counted, of its longer side");

  public static final Setting<String> SUBSET =
      Setting.ofString("gen-subset")
          .in(SettingGroup.DATA)
          .basic()
          .defaultsTo("test")
          .doc("Part of the data: valid or test");

  public static final Setting<String> VALID_SUBSET =
      Setting.ofString("valid-subset")
          .in(SettingGroup.DATA)
          .defaultsTo("valid")
          .doc("Part of the data to validate on");

  public static final Setting<Boolean> SKIP_INVALID =
      Setting.ofBoolean("skip-invalid-size-inputs")
          .in(SettingGroup.DECODING)
          .defaultsTo(false)
          .doc(
              "Go on without source sentences that are too long for a model, which otherwise are an"
                  + " error; scores are those of the others");

  public static final Setting<Integer> BPE_OPERATIONS =
      Setting.ofInt("sample-bpe-operations")
          .in(SettingGroup.DATA)
          .basic()
          .defaultsTo(2000)
          .atLeast(1)
          .doc("BPE merges of the embedded task");

  private DataSettings() {}

  /** Every setting above. */
  public static List<Setting<?>> settings() {
    return List.of(
        DATA,
        SOURCE_LANG,
        TARGET_LANG,
        MAX_TOKENS,
        SUBSET,
        VALID_SUBSET,
        SKIP_INVALID,
        BPE_OPERATIONS);
  }

  /** The settings of a data folder. */
  public static List<Setting<?>> ofFolder() {
    return List.of(DATA, SOURCE_LANG, TARGET_LANG);
  }
}
